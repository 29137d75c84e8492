import { sql } from 'kysely';
import { fail } from '../../../kernel/errors.ts';
import { sha256 } from '../../../platform/crypto/index.ts';
import { type Db, type SystemTx, txNow, withSystem } from '../../../platform/db/index.ts';

const FORGET_SECONDS = 60 * 60;

/** What failures are counted by, how many lock, and for how long. */
export type Limit = { readonly key: Buffer; readonly failures: number; readonly lockSeconds: number };

/** Passwords by account and network, whether the account exists or not, so that a lock reveals nothing (AU-14). */
export const networkLimit = (email: string, network: string): Limit => ({
  key: sha256(`${email}\n${network}`),
  failures: 10,
  lockSeconds: 15 * 60,
});

/**
 * Passwords by account, over all networks: 100 an hour for an attacker who has many. A network on which the person has signed in before is
 * not counted here, so that this lock does not keep the person out.
 */
export const accountLimit = (email: string): Limit => ({
  key: sha256(`account\n${email}`),
  failures: 50,
  lockSeconds: 30 * 60,
});

/** Codes by person, over all challenges and networks: only somebody with the password gets this far. */
export const codeLimit = (personId: string): Limit => ({
  key: sha256(`code\n${personId}`),
  failures: 10,
  lockSeconds: 60 * 60,
});

/**
 * Counts an attempt before anybody looks whether it is right, in one statement: many at once cannot all be looked at before the first
 * is counted. The last failure of the limit locks; an attempt that turns out right is forgotten or given back.
 */
export async function takeAttempt(db: Db, { key, failures, lockSeconds }: Limit): Promise<void> {
  const locked = await withSystem(db, 'sign-in', async tx => {
    const now = txNow(tx);
    const taken = await sql`
      insert into sign_in_failures as f (key, failures, locked_until, expires_at)
      values (${key}, 1, null, ${later(now, FORGET_SECONDS)})
      on conflict (key) do update set
        failures = case when f.expires_at <= ${now} or f.locked_until is not null then 1 else f.failures + 1 end,
        locked_until = case when f.expires_at > ${now} and f.locked_until is null and f.failures + 1 >= ${failures}
          then ${later(now, lockSeconds)}::timestamptz end,
        expires_at = excluded.expires_at
      where f.locked_until is null or f.locked_until <= ${now}
      returning 1`.execute(tx);
    if (taken.rows.length > 0) return 0;
    const row = await tx
      .selectFrom('sign_in_failures')
      .select('locked_until')
      .where('key', '=', key)
      .executeTakeFirst();
    return Math.max(1, secondsLeft(row?.locked_until ?? null, now));
  });
  if (locked > 0) fail('locked_out', { retryAfterSeconds: locked });
}

/** The password was right and a code is still to come: neither a failure nor a reason to forget earlier ones. */
export async function giveBackAttempt(tx: SystemTx, { key }: Limit): Promise<void> {
  await tx
    .updateTable('sign_in_failures')
    .set(row => ({ failures: row('failures', '-', 1), locked_until: null }))
    .where('key', '=', key)
    .where('failures', '>', 0)
    .execute();
}

export async function forgetFailures(tx: SystemTx, { key }: Limit): Promise<void> {
  await tx.deleteFrom('sign_in_failures').where('key', '=', key).execute();
}

export const later = (from: Date, seconds: number): Date => new Date(from.getTime() + seconds * 1000);

const secondsLeft = (until: Date | null, now: Date) =>
  until === null ? 0 : Math.max(0, Math.ceil((until.getTime() - now.getTime()) / 1000));
