import type { Capability, Fault } from '@astrix/contract';
import type { Services } from '../../composition/index.ts';
import type { SystemTx } from '../../platform/db/index.ts';
import type { Emit, Events, Hears } from '../../platform/events/index.ts';
import type { Account } from '../../providers/provider.ts';
import { APPLIED, dead } from '../webhooks/index.ts';
import { emitChanged, emitDataDeleted } from './events.ts';
import { recordSuccess } from './health.ts';
import { type ConnectionRow, LIVE, manifestOf, markBroken, settingsOf, vaultRefOf } from './repo.ts';

type Change = Events['webhook.changed'];
type Deps = Pick<Services, 'audit' | 'vault' | 'emit'>;

/**
 * The connections that an event concerns: the one whose address it came to, or each that is connected to the account it names. None for an
 * account that no client has connected (WH-12).
 */
async function findConcerned(tx: SystemTx, { provider, connectionId, accountId }: Change): Promise<ConnectionRow[]> {
  if (connectionId === null && accountId === null) return [];
  return tx
    .selectFrom('connections')
    .selectAll()
    .where('provider', '=', provider)
    .where('status', 'in', LIVE)
    .$if(connectionId !== null, query => query.where('id', '=', connectionId))
    .$if(connectionId === null, query => query.where('account_id', '=', accountId ?? ''))
    .orderBy('id')
    .execute();
}

/** Records that what the manifest says is received through a connection has arrived. */
export async function recordReceived(tx: SystemTx, row: Pick<ConnectionRow, 'id' | 'provider'>): Promise<void> {
  for (const { capability, kind } of manifestOf(row).capabilities)
    if (kind === 'receive') await recordSuccess(tx, row.id, capability as Capability, kind);
}

const ended = (name: string): Fault => ({
  code: 'revoked',
  reason: `Access was revoked at ${name}.`,
  next: 'Reconnect it if this was not intended.',
});

const ENDED = 'a connection that has ended';
const UNKNOWN_ACCOUNT = 'an account that no client has connected';
const OTHER_ACCOUNT = 'an account other than the connected one';

async function hearChange({ emit }: Deps, tx: SystemTx, change: Change): Promise<void> {
  const rows = await findConcerned(tx, change);
  const [row] = rows;
  // An account that several clients have connected belongs to none of them alone.
  if (row && rows.length === 1) change.claim({ agencyId: row.agency_id, clientId: row.client_id });
  const { event, connectionId, accountId, verified } = change;
  if (event.kind === 'unknown') return change.settle(dead(event.why));
  if (!row) return change.settle(dead(connectionId === null ? UNKNOWN_ACCOUNT : ENDED));
  // The address says whose it is; an event about another account changes nothing, at either connection (WH-12).
  if (accountId !== null && rows.some(one => one.account_id !== accountId)) return change.settle(dead(OTHER_ACCOUNT));
  for (const one of rows) {
    if (verified) await recordReceived(tx, one);
    await applyChange(emit, tx, one, event, verified);
  }
  change.settle(APPLIED);
}

/**
 * An event makes the next reader ask the provider. Where the provider itself vouches for it, it can also say that access has ended. A
 * connection that works after all becomes active with that read, so an event that arrives late does no harm (WH-06, WH-10).
 */
export async function applyChange(
  emit: Emit,
  tx: SystemTx,
  row: ConnectionRow,
  event: Exclude<Change['event'], { readonly kind: 'unknown' }>,
  verified: boolean,
): Promise<void> {
  if (event.kind === 'nothing') return;
  await emitChanged(emit, tx, row, event.kind === 'changed' ? event.capability : null);
  if (event.kind === 'revoked' && verified) await markBroken(tx, row.agency_id, row.id, ended(manifestOf(row).name));
}

type OwnerEvent = Events['webhook.deauthorized'];

/** The connections that rest on the consent of a person. A consent that they gave later was not taken back (WH-10). */
async function findOwned(tx: SystemTx, { app, ownerId, at }: OwnerEvent): Promise<ConnectionRow[]> {
  const rows = await tx
    .selectFrom('connections')
    .selectAll('connections')
    .leftJoin('connect_attempts as attempt', join =>
      join.onRef('attempt.agency_id', '=', 'connections.agency_id').onRef('attempt.id', '=', 'connections.vault_id'),
    )
    .where('connections.owner_id', '=', ownerId)
    .where('connections.status', 'in', LIVE)
    .where(where =>
      // Meta counts in whole seconds.
      where(where.fn.coalesce('attempt.created_at', 'connections.connected_at'), '<', new Date(at.getTime() + 1000)),
    )
    .orderBy('connections.id')
    .execute();
  return rows.filter(row => {
    const { auth } = manifestOf(row);
    return auth.kind === 'oauth2' && auth.app === app;
  });
}

type Note = { readonly event: string; readonly requestId: string; readonly detail?: Readonly<Record<string, unknown>> };

function note({ audit }: Deps, tx: SystemTx, row: ConnectionRow, { event, requestId, detail }: Note): Promise<void> {
  return audit.write(tx, {
    event,
    agencyId: row.agency_id,
    actorId: null,
    sessionId: null,
    clientId: row.client_id,
    subjectType: 'connection',
    subjectId: row.id,
    requestId,
    detail: { provider: row.provider, ...detail },
  });
}

/** The person removed the app: nothing of theirs works any more, and people see why (WH-14). */
async function deauthorize(deps: Deps, tx: SystemTx, by: OwnerEvent): Promise<void> {
  for (const row of await findOwned(tx, by)) {
    await emitChanged(deps.emit, tx, row, null);
    await markBroken(tx, row.agency_id, row.id, ended(manifestOf(row).name));
    await note(deps, tx, row, { event: 'connection.deauthorized', requestId: by.requestId });
  }
}

/** The person wants their data deleted: what was read through their consent, and the consent itself with its key (WH-14). */
async function deleteData(deps: Deps, tx: SystemTx, by: OwnerEvent): Promise<void> {
  for (const row of await findOwned(tx, by)) {
    const purged = await emitDataDeleted(deps.emit, tx, row);
    const { secrets } = await deps.vault.destroy(tx, vaultRefOf(row));
    const { name } = manifestOf(row);
    await markBroken(tx, row.agency_id, row.id, {
      code: 'data-deleted',
      reason: `Whoever connected it asked ${name} to have their data deleted.`,
      next: 'Disconnect it, or reconnect it with another user.',
    });
    await tx
      .updateTable('connections')
      .set({ owner_id: null })
      .where('agency_id', '=', row.agency_id)
      .where('id', '=', row.id)
      .execute();
    const detail = { purged, secrets: secrets.length };
    await note(deps, tx, row, { event: 'connection.data-deleted', requestId: by.requestId, detail });
  }
}

/** What connections do with the events of providers. */
export const providerEventHears = (deps: Deps): Hears => ({
  'webhook.changed': (tx, change) => hearChange(deps, tx, change),
  'webhook.deauthorized': (tx, event) => deauthorize(deps, tx, event),
  'webhook.deletion-requested': (tx, event) => deleteData(deps, tx, event),
});

/** The port `connectedAccount`. */
export async function findConnectedAccount(tx: SystemTx, id: string): Promise<Pick<Account, 'settings'> | null> {
  const row = await tx
    .selectFrom('connections')
    .selectAll()
    .where('id', '=', id)
    .where('status', 'in', LIVE)
    .executeTakeFirst();
  return row ? { settings: settingsOf(row).account } : null;
}
