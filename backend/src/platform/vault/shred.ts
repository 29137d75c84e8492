import { type SystemTx, txNow } from '../db/index.ts';
import { lockAgencyKey, replaceAgencyKey, wipeOldAgencyKeys } from './agency-keys.ts';
import { moveDataKeys } from './data-keys.ts';
import type { Place } from './places.ts';
import type { Room } from './room.ts';

/** What was destroyed, for the record that somebody asks for later. */
export type ShredReceipt = {
  readonly agencyId: string;
  readonly connectionId: string;
  readonly destroyedAt: Date;
  /** Versions of the data key that are gone. */
  readonly keyVersions: readonly number[];
  readonly secrets: readonly string[];
  /** Secrets whose envelope the store did not let go of. They are sealed by a key that no longer exists; asking again is tidiness. */
  readonly leftInStore: readonly string[];
  /** The data keys of the agency's other connections are under a new agency key, so that a copy of this one's row opens nothing. */
  readonly agencyKeyReplaced: boolean;
};

const ALL = 2 ** 31 - 1;

/**
 * Crypto-shreds a connection (CR-03): its data keys are destroyed, its envelopes deleted, and the agency key that could have opened an old
 * copy of the data key is replaced and destroyed as well. Needs no key of the connection itself: a broken one can be shredded too.
 */
export async function destroyConnection(room: Room, tx: SystemTx, place: Place): Promise<ShredReceipt> {
  const known = await tx
    .selectFrom('vault_data_keys')
    .select('version')
    .where('agency_id', '=', place.agencyId)
    .where('connection_id', '=', place.connectionId)
    .executeTakeFirst();
  if (known) await lockAgencyKey(room, tx, place.agencyId, 'update');
  const keys = await tx
    .selectFrom('vault_data_keys')
    .select('version')
    .where('agency_id', '=', place.agencyId)
    .where('connection_id', '=', place.connectionId)
    .where('wrapped', 'is not', null)
    .orderBy('version')
    .forUpdate()
    .execute();
  const secrets = await tx
    .deleteFrom('vault_secrets')
    .where('agency_id', '=', place.agencyId)
    .where('connection_id', '=', place.connectionId)
    .returning('name')
    .execute();
  const destroyedAt = txNow(tx);
  await tx
    .updateTable('vault_data_keys')
    .set({ wrapped: null, destroyed_at: destroyedAt })
    .where('agency_id', '=', place.agencyId)
    .where('connection_id', '=', place.connectionId)
    .where('wrapped', 'is not', null)
    .execute();
  const leftInStore: string[] = [];
  for (const { name } of secrets) {
    try {
      await room.store.remove({ ...place, name });
    } catch {
      leftInStore.push(name);
    }
  }
  let agencyKeyReplaced = keys.length > 0;
  if (agencyKeyReplaced) {
    await replaceAgencyKey(room, tx, place.agencyId);
    const { broken } = await moveDataKeys(room, tx, place.agencyId, ALL);
    await wipeOldAgencyKeys(tx, place.agencyId);
    agencyKeyReplaced = broken.length === 0;
    room.cache.clear();
  }
  return {
    agencyId: place.agencyId,
    connectionId: place.connectionId,
    destroyedAt,
    keyVersions: keys.map(({ version }) => version),
    secrets: secrets.map(({ name }) => name).sort(),
    leftInStore,
    agencyKeyReplaced,
  };
}
