import { sql } from 'kysely';
import { KEY_BYTES, keyringFrom, newKey, openBytes, SealBroken, sealBytes } from '../crypto/index.ts';
import { type SystemTx, txNow } from '../db/index.ts';
import { type AgencyKeyRow, lockAgencyKey, withAgencyKey } from './agency-keys.ts';
import type { Room } from './room.ts';
import { dataKeyContext, type VaultRef } from './vault-ref.ts';

export type DataKey = { readonly version: number; readonly key: Buffer };

/** The key that seals for this connection, with this use counted. The caller wipes it. Made when there is none, or when it is worn. */
export async function dataKeyForSealing(room: Room, tx: SystemTx, ref: VaultRef): Promise<DataKey> {
  const agencyKey = await lockAgencyKey(room, tx, ref.agencyId, 'share');
  for (let tries = 0; tries < 5; tries++) {
    const row = await tx
      .selectFrom('vault_data_keys')
      .selectAll()
      .where('agency_id', '=', ref.agencyId)
      .where('connection_id', '=', ref.connectionId)
      .where('wrapped', 'is not', null)
      .orderBy('version', 'desc')
      .limit(1)
      .forUpdate()
      .executeTakeFirst();
    if (!row || row.worn || row.seals >= room.sealsLimit) {
      await addDataKey(room, tx, ref, agencyKey);
      continue;
    }
    const wrapping = await agencyKeyOf(tx, ref.agencyId, row.agency_key_version);
    const key = await unwrapDataKey(room, wrapping, ref, row.version, row.wrapped);
    await tx
      .updateTable('vault_data_keys')
      .set({ seals: row.seals + 1 })
      .where('agency_id', '=', ref.agencyId)
      .where('connection_id', '=', ref.connectionId)
      .where('version', '=', row.version)
      .execute();
    return { version: row.version, key };
  }
  throw new Error('the key of a connection can be neither made nor found');
}

async function addDataKey(room: Room, tx: SystemTx, ref: VaultRef, agencyKey: AgencyKeyRow): Promise<void> {
  const { last } = await tx
    .selectFrom('vault_data_keys')
    .select(sql<number>`coalesce(max(version), 0)`.as('last'))
    .where('agency_id', '=', ref.agencyId)
    .where('connection_id', '=', ref.connectionId)
    .executeTakeFirstOrThrow();
  const version = last + 1;
  const key = newKey();
  const wrapped = await withAgencyKey(room, agencyKey, ring => sealBytes(ring, key, dataKeyContext(ref, version)));
  key.fill(0);
  await tx
    .insertInto('vault_data_keys')
    .values({
      agency_id: ref.agencyId,
      client_id: ref.clientId,
      connection_id: ref.connectionId,
      version,
      wrapped,
      agency_key_version: agencyKey.version,
      seals: 0,
      worn: false,
      created_at: txNow(tx),
      destroyed_at: null,
    })
    .onConflict(conflict => conflict.doNothing())
    .execute();
}

async function agencyKeyOf(tx: SystemTx, agencyId: string, version: number): Promise<AgencyKeyRow> {
  return tx
    .selectFrom('vault_agency_keys')
    .select(['agency_id', 'version', 'wrapped', 'kek_fingerprint'])
    .where('agency_id', '=', agencyId)
    .where('version', '=', version)
    .executeTakeFirstOrThrow();
}

/** Throws SealBroken for a destroyed key and for the key of another connection. The caller wipes it. */
export async function unwrapDataKey(
  room: Room,
  agencyKey: AgencyKeyRow,
  ref: VaultRef,
  version: number,
  wrapped: string | null,
): Promise<Buffer> {
  if (wrapped === null) throw new SealBroken();
  const key = await withAgencyKey(room, agencyKey, ring => openBytes(ring, wrapped, dataKeyContext(ref, version)));
  if (key.length !== KEY_BYTES) throw new SealBroken();
  return key;
}

/** Destroys the versions that no secret of the connection needs any more. */
export async function wipeWornDataKeys(tx: SystemTx, ref: VaultRef, current: number): Promise<void> {
  if (current === 1) return;
  await tx
    .updateTable('vault_data_keys as d')
    .set({ wrapped: null, destroyed_at: txNow(tx) })
    .where('agency_id', '=', ref.agencyId)
    .where('connection_id', '=', ref.connectionId)
    .where('version', '<', current)
    .where('wrapped', 'is not', null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('vault_secrets as s')
            .select('s.name')
            .whereRef('s.agency_id', '=', 'd.agency_id')
            .whereRef('s.connection_id', '=', 'd.connection_id')
            .whereRef('s.key_version', '=', 'd.version'),
        ),
      ),
    )
    .execute();
}

export type DataKeyName = { readonly connectionId: string; readonly version: number };

/**
 * Re-wraps up to `limit` data keys of an agency under its current key, and answers how many and which did not open. Those are left as they
 * are: nothing is written over what cannot be read. The moved ones open what they sealed; what is written next gets a key of its own.
 */
export async function moveDataKeys(
  room: Room,
  tx: SystemTx,
  agencyId: string,
  limit: number,
  except: readonly DataKeyName[] = [],
): Promise<{ moved: number; broken: DataKeyName[] }> {
  const current = await tx
    .selectFrom('vault_agency_keys')
    .select(['agency_id', 'version', 'wrapped', 'kek_fingerprint'])
    .where('agency_id', '=', agencyId)
    .where('state', '=', 'current')
    // Before any data key, like everybody: nobody waits in a circle.
    .forShare()
    .executeTakeFirst();
  if (!current) return { moved: 0, broken: [] };
  const found = await tx
    .selectFrom('vault_data_keys')
    .selectAll()
    .where('agency_id', '=', agencyId)
    .where('wrapped', 'is not', null)
    .where('agency_key_version', '<', current.version)
    .where(({ and, not, eb }) =>
      and(
        except.map(({ connectionId, version }) =>
          not(and([eb('connection_id', '=', connectionId), eb('version', '=', version)])),
        ),
      ),
    )
    .orderBy('connection_id')
    .orderBy('version')
    .limit(limit)
    .forUpdate()
    .execute();
  const broken: DataKeyName[] = [];
  for (const row of found) {
    const ref: VaultRef = { agencyId, clientId: row.client_id, connectionId: row.connection_id };
    const old = await agencyKeyOf(tx, agencyId, row.agency_key_version);
    let key: Buffer;
    try {
      key = await unwrapDataKey(room, old, ref, row.version, row.wrapped);
    } catch (error) {
      if (!(error instanceof SealBroken)) throw error;
      broken.push({ connectionId: row.connection_id, version: row.version });
      continue;
    }
    const wrapped = await withAgencyKey(room, current, ring => sealBytes(ring, key, dataKeyContext(ref, row.version)));
    const again = await unwrapDataKey(room, current, ref, row.version, wrapped);
    if (!again.equals(key)) throw new Error('a data key did not survive the move');
    key.fill(0);
    again.fill(0);
    await tx
      .updateTable('vault_data_keys')
      .set({ wrapped, agency_key_version: current.version, worn: true })
      .where('agency_id', '=', agencyId)
      .where('connection_id', '=', row.connection_id)
      .where('version', '=', row.version)
      .execute();
  }
  return { moved: found.length - broken.length, broken };
}

export const dataKeyring = ({ key, version }: DataKey) => keyringFrom(key, version);
