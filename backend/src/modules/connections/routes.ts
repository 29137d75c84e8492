import { type CatalogueEntry, type ConnectionView, PROVIDER_IDS, roleMay } from '@astrix/contract';
import type { HandlersOf } from '../../composition/index.ts';
import { fail } from '../../kernel/errors.ts';
import { txActor, txNow, withSystem } from '../../platform/db/index.ts';
import { readCalls } from '../../platform/egress/index.ts';
import type { Ctx } from '../../platform/http/index.ts';
import { catalogueEntry, readOf } from '../../providers/provider.ts';
import { BUNDLED_WITH, PROVIDERS } from '../../providers/registry.ts';
import { demandProvider, deniedHere } from './access.ts';
import { createCheck } from './check.ts';
import { connectHandlers } from './connect.routes.ts';
import type { Use } from './connection-api.ts';
import type { Data } from './data.ts';
import { appOf, type ConnectionsDeps } from './deps.ts';
import { canRevoke, endConnection, receiptView } from './disconnect.ts';
import { rotateEndpoint } from './endpoints.ts';
import { emitClosed } from './events.ts';
import { policyHandlers } from './policy.routes.ts';
import { type ConnectionRow, demandConnection, findConnection, isLive, manifestOf } from './repo.ts';
import { listSwitches } from './switches.ts';
import { isGated, viewOf } from './view.ts';

export type HandlerDeps = { readonly deps: ConnectionsDeps; readonly use: Use; readonly data: Data };

type Reached = Pick<Ctx<'connections.check'>, 'within' | 'params'>;

/** One of this client or of the agency, of a provider that the person may use (A10). */
const demandAllowed = ({ within, params }: Reached): Promise<ConnectionRow> =>
  within(async tx => {
    const found = await demandConnection(tx, params.clientId, params.connectionId);
    await demandProvider(tx, found.provider);
    return found;
  });

/** What all clients share is changed by those alone who may share. */
async function demandManaged(
  at: Pick<Ctx<'connections.check'>, 'within' | 'params' | 'actor'>,
): Promise<ConnectionRow> {
  const row = await demandAllowed(at);
  if (row.client_id === null && !roleMay(at.actor.role, 'connection.share')) fail('forbidden');
  return row;
}

/** The routes of connections. What may be seen is decided in the tenant's transaction; what touches secrets happens outside of it. */
export function connectionHandlers({ deps, use, data }: HandlerDeps): HandlersOf<'connections'> {
  const check = createCheck(deps, use, data);

  async function isOff(row: ConnectionRow, clientId: string): Promise<boolean> {
    const connection = { agencyId: row.agency_id, clientId, connectionId: row.id, actorId: null };
    return !(await deps.switches.allowed(connection, row.provider));
  }

  /** For routes that take the right to manage it. */
  async function show(row: ConnectionRow, clientId: string): Promise<ConnectionView> {
    const off = await isOff(row, clientId);
    return withSystem(deps.db, 'connections', async tx =>
      viewOf((await findConnection(tx, row.agency_id, row.id)) ?? row, { tx, deps, isOff: off }),
    );
  }

  /** A connection that the person may use for this client, and that is switched on. */
  async function demandUsable(at: Reached): Promise<ConnectionRow> {
    const row = await demandAllowed(at);
    if (!isLive(row)) fail('connection_unusable');
    if (await isOff(row, at.params.clientId)) fail('switched_off');
    return row;
  }

  return {
    async 'connections.catalogue'({ tx, actor }) {
      const denied = await deniedHere(tx);
      const off = new Set(
        (await listSwitches(tx)).filter(({ scope }) => scope === 'provider').map(({ subject }) => subject),
      );
      const entries = PROVIDER_IDS.map((id): CatalogueEntry => {
        const { manifest } = PROVIDERS[id];
        const ready = manifest.auth.kind === 'oauth2' ? appOf(deps, manifest) !== null : true;
        return catalogueEntry(manifest, {
          bundledWith: BUNDLED_WITH[id] ?? null,
          ready,
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
      for (const row of rows) off.set(row.id, await isOff(row, params.clientId));
      return withSystem(deps.db, 'connections', async tx => {
        const connections: ConnectionView[] = [];
        for (const row of rows) connections.push(await viewOf(row, { tx, deps, isOff: off.get(row.id) ?? false }));
        return { connections };
      });
    },
    ...connectHandlers(deps, show),
    ...policyHandlers(),

    async 'connections.check'({ within, params, actor }) {
      const row = await demandUsable({ within, params });
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
        await emitClosed(deps.emit, tx, row);
        await audit({
          subjectType: 'connection',
          subjectId: row.id,
          detail: { provider: row.provider, account: row.account_id },
        });
        return receiptView(receipt);
      });
    },

    async 'connections.data'({ within, params, query, actor }) {
      const row = await demandUsable({ within, params });
      const manifest = manifestOf(row);
      const known = readOf(manifest, params.capability) ?? fail('not_found');
      const text = query.text ? query.text : null;
      if (known.input?.required && text === null)
        fail('invalid_request', { fields: [{ path: 'query.text', message: `needs ${known.input.label}` }] });
      if (isGated(manifest, params.capability, row.granted as string[] | null))
        fail('connection_unusable', {
          detail: 'It was connected without the permission that this takes. Reconnect it and leave the box ticked.',
        });
      return data.read(
        row,
        params.capability,
        { text, refresh: query.refresh === '1' },
        { clientId: params.clientId, actorId: actor.personId },
      );
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
