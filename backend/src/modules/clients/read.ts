import type { ClientDirectoryRow, ClientProfileRow, ClientRow, ProfileFields } from '@astrix/contract';
import type { Selectable } from 'kysely';
import { fail } from '../../kernel/errors.ts';
import type { AnyTx, Schema, TenantTx } from '../../platform/db/index.ts';

type Client = Selectable<Schema['clients']>;

export const clientRow = (row: Client): ClientRow => ({
  id: row.id,
  name: row.name,
  initials: row.initials,
  hue: row.hue,
  shade: row.shade,
  shape: row.shape,
  replyAs: row.reply_as,
  status: row.status,
  logo: row.logo,
  featuresOff: row.features_off,
  retention: row.retention,
  createdAt: row.created_at.toISOString(),
});

export const directoryRow = (row: Client): ClientDirectoryRow => ({
  ...clientRow(row),
  status: row.archived_at === null ? row.status : 'archived',
  archivedAt: row.archived_at?.toISOString() ?? null,
  deleteAt: row.delete_at?.toISOString() ?? null,
});

/** The clients that the tenant sees, by name; archived ones are not among them. */
export async function readClients(tx: TenantTx, ids: readonly string[] | null): Promise<ClientRow[]> {
  let query = tx.selectFrom('clients').selectAll().where('archived_at', 'is', null).orderBy('name').orderBy('id');
  if (ids !== null) query = query.where('id', 'in', ids);
  return (await query.execute()).map(clientRow);
}

export async function readDirectory(tx: TenantTx): Promise<ClientDirectoryRow[]> {
  const rows = await tx.selectFrom('clients').selectAll().orderBy('name').orderBy('id').execute();
  return rows.map(directoryRow);
}

/** Names by id, of those that the tenant sees; archived clients are among them. */
export async function clientNames(tx: TenantTx, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.selectFrom('clients').select(['id', 'name']).where('id', 'in', ids).execute();
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** Locked until the end of the transaction. */
export async function lockClient(tx: TenantTx, clientId: string): Promise<Client> {
  const row = await tx.selectFrom('clients').selectAll().where('id', '=', clientId).forUpdate().executeTakeFirst();
  return row ?? fail('not_found');
}

const profileRow = (row: Selectable<Schema['client_profiles']>): ClientProfileRow => ({
  id: row.id,
  clientId: row.client_id,
  contacts: row.contacts as ProfileFields['contacts'],
  hours: row.hours as ProfileFields['hours'],
  holidays: row.holidays as ProfileFields['holidays'],
  languages: row.languages,
  version: row.version,
  updatedAt: row.updated_at.toISOString(),
});

export async function readProfiles(tx: TenantTx, ids: readonly string[] | null): Promise<ClientProfileRow[]> {
  let query = tx.selectFrom('client_profiles').selectAll().orderBy('id');
  if (ids !== null) query = query.where('id', 'in', ids);
  return (await query.execute()).map(profileRow);
}

/** What decides about requests for a client; null for an unknown and for an archived one. Row-level security decides who sees which. */
export async function findClient(
  tx: TenantTx,
  clientId: string,
): Promise<{ readonly featuresOff: readonly string[] } | null> {
  const row = await tx
    .selectFrom('clients')
    .select('features_off')
    .where('id', '=', clientId)
    .where('archived_at', 'is', null)
    .executeTakeFirst();
  return row ? { featuresOff: row.features_off } : null;
}

/** Whether nobody may write for the client at the moment: it is paused or archived. */
export async function isPaused(tx: AnyTx, agencyId: string, clientId: string): Promise<boolean> {
  const row = await tx
    .selectFrom('clients')
    .select(['status', 'archived_at'])
    .where('agency_id', '=', agencyId)
    .where('id', '=', clientId)
    .executeTakeFirst();
  return row === undefined || row.status === 'paused' || row.archived_at !== null;
}

/** Row-level security decides which clients a person sees: an unknown id and one of another agency are answered alike. */
export const clientExists = async (tx: TenantTx, clientId: string): Promise<boolean> =>
  (await findClient(tx, clientId)) !== null;

/** The clients that the tenant of this transaction sees, by id. */
export async function visibleClientIds(tx: TenantTx): Promise<string[]> {
  const clients = await tx.selectFrom('clients').select('id').where('archived_at', 'is', null).orderBy('id').execute();
  return clients.map(client => client.id);
}
