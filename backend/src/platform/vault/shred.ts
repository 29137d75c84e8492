import { type SystemTx, txNow } from '../db/index.ts';
import { lockAgencyKey, replaceAgencyKey, wipeOldAgencyKeys } from './agency-keys.ts';
import { moveDataKeys } from './data-keys.ts';
import type { Room } from './room.ts';
import type { VaultRef } from './vault-ref.ts';

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
export async function destroyConnection(room: Room, tx: SystemTx, ref: VaultRef): Promise<ShredReceipt> {
  const known = await tx
    .selectFrom('vault_data_keys')
    .select('version')
    .where('agency_id', '=', ref.agencyId)
    .where('connection_id', '=', ref.connectionId)
    .executeTakeFirst();
  if (known) await lockAgencyKey(room, tx, ref.agencyId, 'update');
  const keys = await tx
    .selectFrom('vault_data_keys')
    .select('version')
    .where('agency_id', '=', ref.agencyId)
    .where('connection_id', '=', ref.connectionId)
    .where('wrapped', 'is not', null)
    .orderBy('version')
    .forUpdate()
    .execute();
  const secrets = await tx
    .deleteFrom('vault_secrets')
    .where('agency_id', '=', ref.agencyId)
    .where('connection_id', '=', ref.connectionId)
    .returning('name')
    .execute();
  const destroyedAt = txNow(tx);
  await tx
    .updateTable('vault_data_keys')
    .set({ wrapped: null, destroyed_at: destroyedAt })
    .where('agency_id', '=', ref.agencyId)
    .where('connection_id', '=', ref.connectionId)
    .where('wrapped', 'is not', null)
    .execute();
  const leftInStore: string[] = [];
  for (const { name } of secrets) {
    try {
      await room.store.remove({ ...ref, name });
    } catch {
      leftInStore.push(name);
    }
  }
  let agencyKeyReplaced = keys.length > 0;
  if (agencyKeyReplaced) {
    await replaceAgencyKey(room, tx, ref.agencyId);
    const { broken } = await moveDataKeys(room, tx, ref.agencyId, ALL);
    await wipeOldAgencyKeys(tx, ref.agencyId);
    agencyKeyReplaced = broken.length === 0;
    room.cache.clear();
  }
  return {
    agencyId: ref.agencyId,
    connectionId: ref.connectionId,
    destroyedAt,
    keyVersions: keys.map(({ version }) => version),
    secrets: secrets.map(({ name }) => name).sort(),
    leftInStore,
    agencyKeyReplaced,
  };
}
