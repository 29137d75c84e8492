import { SealBroken } from '../crypto/index.ts';
import { type SystemTx, withSystem } from '../db/index.ts';
import { unwrapAgencyKey } from './agency-keys.ts';
import { type DataKeyName, unwrapDataKey } from './data-keys.ts';
import { asking, kekOf } from './kek.ts';
import type { Room } from './room.ts';
import { keptKeyContext } from './vault-ref.ts';

/** Opens every key as it is stored, page by page. Those that do not open join `broken`. */
export async function verifyKeys(room: Room, to: string, batch: number, broken: DataKeyName[]): Promise<number> {
  let verified = 0;
  let after: { agency: string; connection: string; version: number } | null = null;
  for (;;) {
    const rows = await withSystem(room.db, 'vault-keys', tx => pageOfKeys(tx, after, batch));
    for (const row of rows) {
      const ref = { agencyId: row.agency_id, clientId: row.client_id, connectionId: row.connection_id };
      const agencyKey = { ...row, version: row.agency_key_version, wrapped: row.agency_wrapped };
      try {
        (await unwrapAgencyKey(room, agencyKey)).fill(0);
        (await unwrapDataKey(room, agencyKey, ref, row.version, row.wrapped)).fill(0);
        verified += 1;
      } catch (error) {
        if (!(error instanceof SealBroken)) throw error;
        if (!broken.some(one => one.connectionId === row.connection_id && one.version === row.version))
          broken.push({ connectionId: row.connection_id, version: row.version });
      }
    }
    const last = rows.at(-1);
    if (!last) break;
    after = { agency: last.agency_id, connection: last.connection_id, version: last.version };
  }
  const kept = await withSystem(room.db, 'vault-keys', tx => tx.selectFrom('vault_kept_keys').selectAll().execute());
  for (const row of kept) {
    const kek = kekOf(room.keks, to);
    (await asking(kek.unwrap(row.wrapped, keptKeyContext(row.purpose, to)))).fill(0);
    verified += 1;
  }
  return verified;
}

function pageOfKeys(
  tx: SystemTx,
  after: { agency: string; connection: string; version: number } | null,
  limit: number,
) {
  return tx
    .selectFrom('vault_data_keys as d')
    .innerJoin('vault_agency_keys as a', join =>
      join.onRef('a.agency_id', '=', 'd.agency_id').onRef('a.version', '=', 'd.agency_key_version'),
    )
    .select(['d.agency_id', 'd.client_id', 'd.connection_id', 'd.version', 'd.wrapped', 'd.agency_key_version'])
    .select(['a.wrapped as agency_wrapped', 'a.kek_fingerprint'])
    .where('d.wrapped', 'is not', null)
    .where(({ eb, refTuple, tuple, lit }) =>
      after
        ? eb(
            refTuple('d.agency_id', 'd.connection_id', 'd.version'),
            '>',
            tuple(after.agency, after.connection, after.version),
          )
        : lit(true),
    )
    .orderBy('d.agency_id')
    .orderBy('d.connection_id')
    .orderBy('d.version')
    .limit(limit)
    .execute();
}
