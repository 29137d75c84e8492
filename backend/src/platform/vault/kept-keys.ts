import { newKey } from '../crypto/index.ts';
import { type SystemTx, txNow } from '../db/index.ts';
import { currentKek } from './agency-keys.ts';
import { asking, kekOf } from './kek.ts';
import type { Room } from './room.ts';
import { keptKeyContext } from './vault-ref.ts';

/** What the installation keeps a key for, besides the credentials of connections. */
export const KEPT = [
  'envelope/v1',
  'audit/v1',
  'refresh-token/v1',
  'secret-fingerprint/v1',
  'connect/v1',
  'webhook/v1',
  'pages/v1',
] as const;
export type KeptPurpose = (typeof KEPT)[number];

/**
 * Keys that used to be derived from the key-encryption key, and would change with it: kept wrapped instead, with the bytes they always
 * had, so that a rotation leaves the audit chain, second factors and sessions as they are.
 */
export async function loadKeptKey(room: Room, tx: SystemTx, purpose: KeptPurpose): Promise<Buffer> {
  for (let tries = 0; tries < 3; tries++) {
    const row = await tx.selectFrom('vault_kept_keys').selectAll().where('purpose', '=', purpose).executeTakeFirst();
    if (row) {
      const kek = kekOf(room.keks, row.kek_fingerprint);
      return await asking(kek.unwrap(row.wrapped, keptKeyContext(purpose, kek.fingerprint)));
    }
    const kek = await currentKek(room, tx);
    const key = room.keks.current.derive?.(purpose) ?? newKey();
    const wrapped = await asking(kek.wrap(key, keptKeyContext(purpose, kek.fingerprint)));
    await tx
      .insertInto('vault_kept_keys')
      .values({ purpose, wrapped, kek_fingerprint: kek.fingerprint, created_at: txNow(tx) })
      .onConflict(conflict => conflict.doNothing())
      .execute();
  }
  throw new Error(`the key for ${purpose} can be neither made nor found`);
}

/** True when the key was moved; false when it already was under `to`. */
export async function moveKeptKey(room: Room, tx: SystemTx, purpose: string, to: string): Promise<boolean> {
  const row = await tx
    .selectFrom('vault_kept_keys')
    .selectAll()
    .where('purpose', '=', purpose)
    .forUpdate()
    .executeTakeFirstOrThrow();
  if (row.kek_fingerprint === to) return false;
  const [from, target] = [kekOf(room.keks, row.kek_fingerprint), kekOf(room.keks, to)];
  const key = await asking(from.unwrap(row.wrapped, keptKeyContext(purpose, from.fingerprint)));
  const wrapped = await asking(target.wrap(key, keptKeyContext(purpose, to)));
  const again = await asking(target.unwrap(wrapped, keptKeyContext(purpose, to)));
  if (!again.equals(key)) throw new Error(`the key for ${purpose} did not survive the move`);
  key.fill(0);
  again.fill(0);
  await tx
    .updateTable('vault_kept_keys')
    .set({ wrapped, kek_fingerprint: to })
    .where('purpose', '=', purpose)
    .execute();
  return true;
}
