import { type CatalogueEntry, type ConnectionView, PROVIDER_IDS, roleMay } from '@astrix/contract';
import type { HandlersOf } from '../../composition/index.ts';
import { fail } from '../../kernel/errors.ts';
import { txActor, txNow, withSystem } from '../../platform/db/index.ts';
import { readCalls } from '../../platform/egress/index.ts';
import type { Ctx } from '../../platform/http/index.ts';
import { catalogueEntry } from '../../providers/provider.ts';
import { BUNDLED_WITH, PROVIDERS } from '../../providers/registry.ts';
import { demandProvider, deniedHere } from './access.ts';
import { createCheck } from './check.ts';
import { connectHandlers } from './connect.routes.ts';
import type { Use } from './connection-api.ts';
import { type ConnectionsDeps, missingFor } from './deps.ts';
import { canRevoke, confirmRemoved, endConnection, receiptView } from './disconnect.ts';
import { rotateEndpoint } from './endpoints.ts';
import { emitClosed } from './events.ts';
import { policyHandlers } from './policy.routes.ts';
import type { ReadRow } from './read.ts';
import { type ConnectionRow, demandConnection, findConnection } from './repo.ts';
import { listSwitches } from './switches.ts';
import { demandAllowed, demandUsable, isOff } from './usable.ts';
import { viewOf } from './view.ts';

export type HandlerDeps = { readonly deps: ConnectionsDeps; readonly use: Use; readonly readRow: ReadRow };

/** What all clients share is changed by those alone who may share. */
async function demandManaged(
  at: Pick<Ctx<'connections.check'>, 'within' | 'params' | 'actor'>,
): Promise<ConnectionRow> {
  const row = await demandAllowed(at);
  if (row.client_id === null && !roleMay(at.actor.role, 'connection.share')) fail('forbidden');
  return row;
}

/** The routes of connections. What may be seen is decided in the tenant's transaction; what touches secrets happens outside of it. */
export function connectionHandlers({ deps, use, readRow }: HandlerDeps): HandlersOf<'connections'> {
  const check = createCheck(deps, use, readRow);

  /** For routes that take the right to manage it. */
  async function show(row: ConnectionRow, clientId: string): Promise<ConnectionView> {
    const off = await isOff(deps, row, clientId);
    return withSystem(deps.db, 'connections', async tx =>
      viewOf((await findConnection(tx, row.agency_id, row.id)) ?? row, { tx, deps, isOff: off }),
    );
  }

  return {
    async 'connections.catalogue'({ tx, actor }) {
      const denied = await deniedHere(tx);
      const off = new Set(
        (await listSwitches(tx)).filter(({ scope }) => scope === 'provider').map(({ subject }) => subject),
      );
      const entries = PROVIDER_IDS.map((id): CatalogueEntry => {
        const { manifest } = PROVIDERS[id];
        const missing = missingFor(deps, manifest);
        return catalogueEntry(manifest, {
          bundledWith: BUNDLED_WITH[id] ?? null,
          ready: missing === undefined,
          missing,
          off: off.has(id),
          denied: denied.has(id),
          revocable: canRevoke(PROVIDERS[id]),
          shareable: manifest.shareable && roleMay(actor.role, 'connection.share'),
        });
      });
      return { entries };
    },

    'connections.list': async ({ within, params }) => {
      const rows = await within(async tx => {
        const denied = await deniedHere(tx);
        const found = await tx
          .selectFrom('connections')
          .selectAll()
          .where('status', '!=', 'disconnected')
          .where(where => where.or([where('client_id', '=', params.clientId), where('client_id', 'is', null)]))
          .orderBy('connected_at')
          .orderBy('id')
          .execute();
        return found.filter(row => !denied.has(row.provider));
      });
      const off = new Map<string, boolean>();
      for (const row of rows) off.set(row.id, await isOff(deps, row, params.clientId));
      return withSystem(deps.db, 'connections', async tx => {
        const connections: ConnectionView[] = [];
        for (const row of rows) connections.push(await viewOf(row, { tx, deps, isOff: off.get(row.id) ?? false }));
        return { connections };
      });
    },
    ...connectHandlers(deps, show),
    ...policyHandlers(),

    async 'connections.check'({ within, params, actor }) {
      const row = await demandUsable(deps, { within, params });
      await check(row, params.clientId, actor.personId);
      await within((_, audit) =>
        audit({
          subjectType: 'connection',
          subjectId: row.id,
          detail: { provider: row.provider },
        }),
      );
      return show(row, params.clientId);
    },

    async 'connections.rotate-webhook'({ within, across, params, actor }) {
      const row = await demandManaged({ within, params, actor });
      return across('connections', async (tx, audit) => {
        const address = await rotateEndpoint(tx, deps, row);
        await audit({
          subjectType: 'connection',
          subjectId: row.id,
          detail: { provider: row.provider },
        });
        return address;
      });
    },

    async 'connections.disconnect'({ within, across, params, actor }) {
      const row = await demandManaged({ within, params, actor });
      return across('connections', async (tx, audit) => {
        const receipt = await endConnection(tx, row, actor.personId);
        // From this commit on nothing is sent through it, including messages that are queued already.
        await emitClosed(deps.emit, tx, row, false);
        await audit({
          subjectType: 'connection',
          subjectId: row.id,
          detail: { provider: row.provider, account: row.account_id },
        });
        return receiptView(receipt);
      });
    },

    async 'connections.confirm-removed'({ tx, params, actor, audit }) {
      const row = await demandConnection(tx, params.clientId, params.connectionId);
      await demandProvider(tx, row.provider);
      if (row.client_id === null && !roleMay(actor.role, 'connection.share')) fail('forbidden');
      const receipt = await confirmRemoved(tx, row);
      await audit({ subjectType: 'connection', subjectId: row.id, detail: { provider: row.provider } });
      return receiptView(receipt);
    },

    async 'connections.calls'({ tx, params }) {
      const row = await demandConnection(tx, params.clientId, params.connectionId);
      const calls = await readCalls(tx, row.id);
      return {
        calls: calls.map(call => ({
          id: call.id,
          at: call.at.toISOString(),
          actorId: call.actor_id,
          capability: call.capability,
          method: call.method,
          path: call.path,
          attempt: call.attempt,
          status: call.status,
          outcome: call.outcome,
          reason: call.reason,
          durationMs: call.duration_ms,
        })),
      };
    },

    async 'connections.receipts'({ tx, params }) {
      const rows = await tx
        .selectFrom('connection_receipts')
        .selectAll()
        .where('agency_id', '=', txActor(tx).agencyId)
        .where('expires_at', '>', txNow(tx))
        .where(where => where.or([where('client_id', '=', params.clientId), where('client_id', 'is', null)]))
        .orderBy('local_ended_at', 'desc')
        .orderBy('id')
        .limit(200)
        .execute();
      return { receipts: rows.map(receiptView) };
    },
  };
}
