import type { Fault, ProviderId } from '@astrix/contract';
import type { Selectable } from 'kysely';
import { fail } from '../../kernel/errors.ts';
import { type AnyTx, type Schema, type SystemTx, type TenantTx, txActor } from '../../platform/db/index.ts';
import type { VaultRef } from '../../platform/vault/index.ts';
import type { Account, Manifest, Provider } from '../../providers/provider.ts';
import { PROVIDERS } from '../../providers/registry.ts';
import type { Settings } from './tables.ts';

export type ConnectionRow = Selectable<Schema['connections']>;

/** Not ended, whether it works at the moment or not. */
export const LIVE = ['active', 'broken'] as const;
export const isLive = ({ status }: Pick<ConnectionRow, 'status'>): boolean =>
  status === 'active' || status === 'broken';

export const providerOf = (id: string): Provider => PROVIDERS[id as ProviderId];
export const manifestOf = (row: { readonly provider: string }): Manifest => providerOf(row.provider).manifest;
export const settingsOf = (row: Pick<ConnectionRow, 'settings'>): Settings => row.settings as Settings;

export const vaultRefOf = (row: { agency_id: string; client_id: string | null; vault_id: string }): VaultRef => ({
  agencyId: row.agency_id,
  clientId: row.client_id,
  connectionId: row.vault_id,
});

export const accountOf = (row: ConnectionRow): Account => ({
  id: row.account_id,
  name: row.account_name,
  detail: row.account_detail,
  settings: settingsOf(row).account,
});

/** Names of the systems whose connections of this client have not ended. Those of the agency stay when a client goes. */
export async function namesOfLive(tx: TenantTx, clientId: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('connections')
    .select('provider')
    .distinct()
    .where('client_id', '=', clientId)
    .where('status', 'in', LIVE)
    .execute();
  return rows.map(row => manifestOf(row).name).sort();
}

/** One that the client can use: its own, or one of the agency. A foreign one answers like one that does not exist. */
export async function demandConnection(tx: TenantTx, clientId: string, id: string): Promise<ConnectionRow> {
  const row = await tx
    .selectFrom('connections')
    .selectAll()
    .where('agency_id', '=', txActor(tx).agencyId)
    .where('id', '=', id)
    .where(where => where.or([where('client_id', '=', clientId), where('client_id', 'is', null)]))
    .executeTakeFirst();
  return row ?? fail('not_found');
}

export const findConnection = (tx: AnyTx, agencyId: string, id: string): Promise<ConnectionRow | undefined> =>
  tx.selectFrom('connections').selectAll().where('agency_id', '=', agencyId).where('id', '=', id).executeTakeFirst();

/** The provider does not take the credential: nothing works until somebody mends it, or the provider takes it again. */
export async function markBroken(tx: SystemTx, agencyId: string, id: string, fault: Fault): Promise<void> {
  await tx
    .updateTable('connections')
    .set({ status: 'broken', fault: JSON.stringify(fault) })
    .where('agency_id', '=', agencyId)
    .where('id', '=', id)
    .where('status', 'in', LIVE)
    .execute();
}

export async function markWorking(tx: SystemTx, agencyId: string, id: string): Promise<void> {
  await tx
    .updateTable('connections')
    .set({ status: 'active', fault: null })
    .where('agency_id', '=', agencyId)
    .where('id', '=', id)
    .where('status', 'in', LIVE)
    .where(where => where.or([where('status', '=', 'broken'), where('fault', 'is not', null)]))
    .execute();
}
