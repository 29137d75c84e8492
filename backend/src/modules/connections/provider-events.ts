import type { Capability, Fault } from '@astrix/contract';
import type { AuditTrail } from '../../platform/audit/index.ts';
import type { SystemTx } from '../../platform/db/index.ts';
import type { Vault } from '../../platform/vault/index.ts';
import type { HookEvent } from '../../providers/provider.ts';
import { markOutdated } from './data.ts';
import { noteWorked } from './health.ts';
import { type ConnectionRow, LIVE, manifestOf, markBroken, placeOf } from './repo.ts';

/** About whom an event is: the connection whose address it came to, or the account that an app's event names. */
export type Hooked = {
  readonly provider: string;
  readonly connectionId: string | null;
  readonly accountId: string | null;
};

/** The connections that an event concerns; several where an account is connected more than once, none where it is nobody's (WH-12). */
export async function findHooked(tx: SystemTx, hooked: Hooked): Promise<ConnectionRow[]> {
  const { provider, connectionId, accountId } = hooked;
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

/** Marks what the manifest says is received through it. */
export async function recordReceived(tx: SystemTx, row: Pick<ConnectionRow, 'id' | 'provider'>): Promise<void> {
  for (const { capability, kind } of manifestOf(row).capabilities)
    if (kind === 'receive') await noteWorked(tx, row.id, capability as Capability, kind);
}

const ended = (name: string): Fault => ({
  code: 'revoked',
  reason: `Access was ended at ${name}.`,
  next: 'Reconnect it, if that was not meant.',
});

/**
 * What one event does: never more than to have the next reader ask the provider, and, where the provider itself vouches for it, to say that
 * access has ended. A connection that works after all heals with that read, so that an event which comes late does no harm (WH-06, WH-10).
 */
export async function applyChange(
  tx: SystemTx,
  row: ConnectionRow,
  change: Pick<HookEvent['change'], 'kind'> & { readonly capability?: Capability },
  verified: boolean,
): Promise<void> {
  if (change.kind === 'nothing') return;
  await markOutdated(tx, row, change.kind === 'changed' ? (change.capability ?? null) : null);
  if (change.kind === 'revoked' && verified) await markBroken(tx, row.agency_id, row.id, ended(manifestOf(row).name));
}

/** Somebody at a provider, as its callbacks name them, and when they did it there. */
export type Owner = { readonly app: string; readonly ownerId: string; readonly at: Date };

/** What stands on the consent of that person. What they consented to later is not what they took back (WH-10). */
async function findOwned(tx: SystemTx, { app, ownerId, at }: Owner): Promise<ConnectionRow[]> {
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

type Told = { readonly audit: AuditTrail; readonly requestId: string };

async function note(tx: SystemTx, { audit, requestId }: Told, event: string, row: ConnectionRow, detail: object) {
  await audit.write(tx, {
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

/** The person took the app away: nothing of theirs works any more, and people see why (WH-14). */
export async function deauthorize(tx: SystemTx, told: Told, owner: Owner): Promise<void> {
  for (const row of await findOwned(tx, owner)) {
    await markOutdated(tx, row, null);
    await markBroken(tx, row.agency_id, row.id, ended(manifestOf(row).name));
    await note(tx, told, 'connection.deauthorized', row, {});
  }
}

/** The person wants their data gone: what was read through their consent, and the consent itself with its key (WH-14). */
export async function deleteData(tx: SystemTx, told: Told & { readonly vault: Vault }, owner: Owner): Promise<void> {
  for (const row of await findOwned(tx, owner)) {
    const gone = await tx
      .deleteFrom('connection_data')
      .where('agency_id', '=', row.agency_id)
      .where('connection_id', '=', row.id)
      .returning('capability')
      .execute();
    const { secrets } = await told.vault.destroy(tx, placeOf(row));
    const { name } = manifestOf(row);
    await markBroken(tx, row.agency_id, row.id, {
      code: 'data-deleted',
      reason: `Whoever connected it asked ${name} to have their data deleted.`,
      next: 'Disconnect it, or reconnect it with a sign-in that may be used.',
    });
    await tx
      .updateTable('connections')
      .set({ owner_id: null })
      .where('agency_id', '=', row.agency_id)
      .where('id', '=', row.id)
      .execute();
    await note(tx, told, 'connection.data-deleted', row, { purged: gone.length, secrets: secrets.length });
  }
}
