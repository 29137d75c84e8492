import { sql } from 'kysely';
import { type Keyring, keyringFrom, newKey, SealBroken } from '../crypto/index.ts';
import { type SystemTx, txNow } from '../db/index.ts';
import { asking, type Kek, kekOf } from './kek.ts';
import type { Room } from './room.ts';
import { agencyKeyContext } from './vault-ref.ts';

export type AgencyKeyRow = {
  readonly agency_id: string;
  readonly version: number;
  readonly wrapped: string | null;
  readonly kek_fingerprint: string;
};

/** The key that wraps what is new, held until the transaction ends so that no rotation passes it by. */
export async function currentKek(room: Room, tx: SystemTx): Promise<Kek> {
  // A rotation that ended while this waited has made another one current: the second look sees it.
  for (let tries = 0; tries < 3; tries++) {
    const row = await tx
      .selectFrom('vault_keks')
      .select('fingerprint')
      .where('state', '=', 'current')
      .forShare()
      .executeTakeFirst();
    if (row) return kekOf(room.keks, row.fingerprint);
  }
  throw new Error('the vault has not been opened');
}

/**
 * The current key of the agency, made when there is none. `share` keeps it from being replaced until the transaction ends; `update` is
 * for whoever replaces it. Taken before any data key, so that nobody waits in a circle.
 */
export async function lockAgencyKey(
  room: Room,
  tx: SystemTx,
  agencyId: string,
  lock: 'share' | 'update',
): Promise<AgencyKeyRow> {
  for (let tries = 0; tries < 5; tries++) {
    const query = tx
      .selectFrom('vault_agency_keys')
      .select(['agency_id', 'version', 'wrapped', 'kek_fingerprint'])
      .where('agency_id', '=', agencyId)
      .where('state', '=', 'current');
    const row = await (lock === 'share' ? query.forShare() : query.forUpdate()).executeTakeFirst();
    if (row) return row;
    // None at the first look may mean that it was replaced while this waited; the second look sees the new one.
    if (tries > 0) await addAgencyKey(room, tx, agencyId);
  }
  throw new Error('the key of an agency can be neither made nor found');
}

/** A fresh key under the current key-encryption key. Does nothing when another transaction was quicker. */
export async function addAgencyKey(room: Room, tx: SystemTx, agencyId: string): Promise<void> {
  const kek = await currentKek(room, tx);
  const { last } = await tx
    .selectFrom('vault_agency_keys')
    .select(sql<number>`coalesce(max(version), 0)`.as('last'))
    .where('agency_id', '=', agencyId)
    .executeTakeFirstOrThrow();
  const version = last + 1;
  const key = newKey();
  const context = agencyKeyContext(agencyId, version, kek.fingerprint);
  const wrapped = await asking(kek.wrap(key, context));
  const again = await asking(kek.unwrap(wrapped, context));
  if (!again.equals(key)) throw new Error('a new agency key does not open');
  key.fill(0);
  again.fill(0);
  await tx
    .insertInto('vault_agency_keys')
    .values({
      agency_id: agencyId,
      version,
      wrapped,
      kek_fingerprint: kek.fingerprint,
      state: 'current',
      created_at: txNow(tx),
    })
    .onConflict(conflict => conflict.doNothing())
    .execute();
}

/** Opens an agency key without asking the cache: what is verified must be what is stored. */
export async function unwrapAgencyKey(room: Room, row: AgencyKeyRow): Promise<Buffer> {
  if (row.wrapped === null) throw new SealBroken();
  const kek = kekOf(room.keks, row.kek_fingerprint);
  return asking(kek.unwrap(row.wrapped, agencyKeyContext(row.agency_id, row.version, row.kek_fingerprint)));
}

/** Runs `work` with the key as a keyring of its version, and wipes it. */
export async function withAgencyKey<T>(room: Room, row: AgencyKeyRow, work: (ring: Keyring) => T): Promise<T> {
  if (row.wrapped === null) throw new SealBroken();
  // The fingerprint of the row is part of what unwraps it: a key that is no longer given is of no use out of the cache either.
  kekOf(room.keks, row.kek_fingerprint);
  const id = `${row.agency_id}/${row.version}/${row.kek_fingerprint}/${row.wrapped}`;
  const key = await room.cache.get(id, () => unwrapAgencyKey(room, row));
  try {
    return work(keyringFrom(key, row.version));
  } finally {
    key.fill(0);
  }
}

/** Makes the next version current. The old one opens what is still under it, until `wipeOldAgencyKeys`. */
export async function replaceAgencyKey(room: Room, tx: SystemTx, agencyId: string): Promise<void> {
  const before = await lockAgencyKey(room, tx, agencyId, 'update');
  await tx
    .updateTable('vault_agency_keys')
    .set({ state: 'old' })
    .where('agency_id', '=', agencyId)
    .where('version', '=', before.version)
    .execute();
  await addAgencyKey(room, tx, agencyId);
}

/** Destroys the old versions that no data key needs any more. Those who were putting one under them have finished: they held a lock. */
export async function wipeOldAgencyKeys(tx: SystemTx, agencyId: string): Promise<number> {
  const old = await tx
    .selectFrom('vault_agency_keys')
    .select('version')
    .where('agency_id', '=', agencyId)
    .where('state', '=', 'old')
    .forUpdate()
    .execute();
  if (old.length === 0) return 0;
  const { numUpdatedRows } = await tx
    .updateTable('vault_agency_keys as a')
    .set({ state: 'destroyed', wrapped: null })
    .where('agency_id', '=', agencyId)
    .where('state', '=', 'old')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('vault_data_keys as d')
            .select('d.version')
            .whereRef('d.agency_id', '=', 'a.agency_id')
            .whereRef('d.agency_key_version', '=', 'a.version')
            .where('d.wrapped', 'is not', null),
        ),
      ),
    )
    .executeTakeFirstOrThrow();
  return Number(numUpdatedRows);
}
