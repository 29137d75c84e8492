import { fail } from '../../kernel/errors.ts';
import { sha256 } from '../../platform/crypto/index.ts';
import { type Db, type SystemTx, txNow, withSystem } from '../../platform/db/index.ts';

const MAX_FAILURES = 10;
const LOCK_SECONDS = 15 * 60;
const FORGET_SECONDS = 60 * 60;

/** By account and source, whether the account exists or not, so that a lock reveals nothing (AU-14). */
export const lockKey = (email: string, ip: string): Buffer => sha256(`${email}\n${ip}`);

export async function demandUnlocked(db: Db, key: Buffer): Promise<void> {
  const locked = await withSystem(db, 'sign-in', async tx => {
    const row = await tx
      .selectFrom('sign_in_failures')
      .select('locked_until')
      .where('key', '=', key)
      .executeTakeFirst();
    return secondsLeft(row?.locked_until ?? null, txNow(tx));
  });
  if (locked > 0) fail('locked_out', { retryAfterSeconds: locked });
}

/** Counts one more failure; the tenth in a row shuts the door for 15 minutes. */
export async function countFailure(db: Db, key: Buffer): Promise<void> {
  await withSystem(db, 'sign-in', async tx => {
    const now = txNow(tx);
    const row = await tx
      .selectFrom('sign_in_failures')
      .selectAll()
      .where('key', '=', key)
      .forUpdate()
      .executeTakeFirst();
    const fresh = !row || row.expires_at <= now || (row.locked_until !== null && row.locked_until <= now);
    const failures = fresh ? 1 : row.failures + 1;
    const values = {
      failures,
      locked_until: failures >= MAX_FAILURES ? later(now, LOCK_SECONDS) : null,
      expires_at: later(now, FORGET_SECONDS),
    };
    await tx
      .insertInto('sign_in_failures')
      .values({ key, ...values })
      .onConflict(conflict => conflict.column('key').doUpdateSet(values))
      .execute();
  });
}

export async function forgetFailures(tx: SystemTx, key: Buffer): Promise<void> {
  await tx.deleteFrom('sign_in_failures').where('key', '=', key).execute();
}

export const later = (from: Date, seconds: number): Date => new Date(from.getTime() + seconds * 1000);

const secondsLeft = (until: Date | null, now: Date) =>
  until === null ? 0 : Math.max(0, Math.ceil((until.getTime() - now.getTime()) / 1000));
