import { type CatalogueEntry, type ConnectionView, PROVIDER_IDS, roleMay } from '@astrix/contract';
import { fail } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import {
  type Actor,
  notify,
  type SystemTx,
  type TenantTx,
  txActor,
  txNow,
  withSystem,
} from '../../platform/db/index.ts';
import type { Ctx, Handlers } from '../../platform/http/index.ts';
import { catalogueEntry } from '../../providers/provider.ts';
import { PROVIDERS, THROUGH } from '../../providers/registry.ts';
import { demandProvider, deniedHere, listDenials, setDenials } from './access.ts';
import {
  cancelAttempt,
  claimAttempt,
  confirmAttempt,
  demandConnectable,
  demandSame,
  startAttempt,
} from './attempts.ts';
import { takeCallback } from './callback.ts';
import type { Data } from './data.ts';
import { appOf, type ConnectionsDeps } from './deps.ts';
import { canRevoke, endConnection, receiptView, WORK_CHANNEL } from './disconnect.ts';
import { rotateEndpoint } from './endpoints.ts';
import { forgetTroubles } from './health.ts';
import { readForm, storeKey, tryKey } from './key.ts';
import {
  type ConnectionRow,
  demandConnection,
  findConnection,
  isSender,
  manifestOf,
  markBroken,
  markWorking,
  providerOf,
} from './rows.ts';
import { listSwitches, setSwitch } from './switches.ts';
import type { Use } from './use.ts';
import { isGated, viewOf } from './view.ts';
import { troubleOf } from './words.ts';

export type HandlerDeps = { readonly deps: ConnectionsDeps; readonly use: Use; readonly data: Data };

/** The routes of connections. What may be seen is decided in the tenant's transaction; what touches secrets happens outside of it. */
export function connectionHandlers({ deps, use, data }: HandlerDeps): Handlers {
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
  async function demandUsable(
    { within, params }: Pick<Ctx<'checkConnection'>, 'within' | 'params'>,
    statuses: readonly string[],
  ): Promise<ConnectionRow> {
    const row = await within(async tx => {
      const found = await demandConnection(tx, params.clientId, params.connectionId);
      await demandProvider(tx, found.provider);
      return found;
    });
    if (!statuses.includes(row.status)) fail('connection_unusable');
    if (await isOff(row, params.clientId)) fail('switched_off');
    return row;
  }

  return {
    async listCatalogue({ tx, actor }) {
      const denied = await deniedHere(tx);
      const off = new Set(
        (await listSwitches(tx)).filter(({ scope }) => scope === 'provider').map(({ subject }) => subject),
      );
      const entries = PROVIDER_IDS.map((id): CatalogueEntry => {
        const { manifest } = PROVIDERS[id];
        const ready = manifest.auth.kind === 'oauth2' ? appOf(deps, manifest) !== null : true;
        return catalogueEntry(manifest, {
          through: THROUGH[id] ?? null,
          ready,
          off: off.has(id),
          denied: denied.has(id),
          revocable: canRevoke(PROVIDERS[id]),
          shareable: manifest.shareable && roleMay(actor.role, 'connection.share'),
        });
      });
      return { entries };
    },

    listConnections: async ({ within, params }) => {
      const rows = await within(async tx => {
        const denied = await deniedHere(tx);
        const found = await tx
          .selectFrom('connections')
          .selectAll()
          .where('status', '!=', 'disconnected')
          .where(where => where.or([where('client_id', '=', params.clientId), where('client_id', 'is', null)]))
          .orderBy('connected_at')
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

    async startConnect({ tx, params, body, audit }) {
      const started = await startAttempt(tx, deps, { ...body, clientId: params.clientId });
      await audit({
        subjectType: 'connect-attempt',
        subjectId: started.attemptId,
        clientId: params.clientId,
        detail: { provider: body.provider, shared: body.shared },
      });
      return started;
    },

    oauthCallback: async ({ params, query }) => ({ location: await takeCallback(deps, params.provider, query) }),

    async claimConnect({ tx, params, body, audit }) {
      const view = await claimAttempt(tx, { ...params, ...body });
      await audit({ subjectType: 'connect-attempt', subjectId: params.attemptId, clientId: params.clientId });
      return view;
    },

    async confirmConnect({ within, params, body }) {
      const row = await within(async (tx, audit) => {
        const confirmed = await confirmAttempt(tx, { ...params, ...body });
        await audit({
          subjectType: 'connection',
          subjectId: confirmed.id,
          clientId: params.clientId,
          detail: { provider: confirmed.provider, account: confirmed.account_id },
        });
        return confirmed;
      });
      await withSystem(deps.db, 'connections', tx => forgetTroubles(tx, row.agency_id, row.id));
      return show(row, params.clientId);
    },

    async cancelConnect({ tx, params, audit }) {
      await cancelAttempt(tx, params.clientId, params.attemptId);
      await notify(tx, WORK_CHANNEL, '');
      await audit({ subjectType: 'connect-attempt', subjectId: params.attemptId, clientId: params.clientId });
      return null;
    },

    async connectByKey({ within, across, actor, params, body }) {
      const given = { ...body, clientId: params.clientId };
      const { provider, before } = await within(async tx => ({
        provider: await demandConnectable(tx, given),
        before: await demandSame(tx, params.clientId, body.connectionId, body),
      }));
      const { auth } = provider.manifest;
      if (auth.kind !== 'key')
        fail('provider_unavailable', {
          detail: `${provider.manifest.name} is connected by signing in there, not by a form.`,
        });
      const form = readForm(auth.fields, body.fields);
      const id = before?.id ?? newId(deps.clock.now());
      const who = { agencyId: actor.agencyId, personId: actor.personId };
      const account = await tryKey(deps, provider, form, { ...who, clientId: params.clientId, connectionId: id });
      const row = await across('connections', async (tx, audit) => {
        const clientId = body.shared ? null : params.clientId;
        const place = { ...who, clientId, id, provider, before };
        const stored = await storeKey(tx, deps, place, form, account);
        await forgetTroubles(tx, stored.agency_id, stored.id);
        await audit({
          subjectType: 'connection',
          subjectId: stored.id,
          clientId: params.clientId,
          detail: { provider: body.provider, account: account.id, rotated: before !== null },
        });
        return stored;
      });
      return show(row, params.clientId);
    },

    async checkConnection({ within, params, actor }) {
      const row = await demandUsable({ within, params }, ['active', 'broken']);
      await check(row, params.clientId, actor);
      await within((_, audit) =>
        audit({
          subjectType: 'connection',
          subjectId: row.id,
          clientId: params.clientId,
          detail: { provider: row.provider },
        }),
      );
      return show(row, params.clientId);
    },

    async rotateWebhook({ within, across, params, actor }) {
      const row = await within(async tx => {
        const found = await demandConnection(tx, params.clientId, params.connectionId);
        await demandProvider(tx, found.provider);
        return found;
      });
      if (row.client_id === null && !roleMay(actor.role, 'connection.share')) fail('forbidden');
      return across('connections', async (tx, audit) => {
        const address = await rotateEndpoint(tx, deps, row);
        await audit({
          subjectType: 'connection',
          subjectId: row.id,
          clientId: params.clientId,
          detail: { provider: row.provider },
        });
        return address;
      });
    },

    async disconnect({ within, across, params, actor }) {
      const row = await within(async tx => {
        const found = await demandConnection(tx, params.clientId, params.connectionId);
        await demandProvider(tx, found.provider);
        return found;
      });
      if (row.client_id === null && !roleMay(actor.role, 'connection.share')) fail('forbidden');
      return across('connections', async (tx, audit) => {
        const receipt = await endConnection(tx, row, actor.personId);
        // Nothing more goes out from here on, also of what was queued before.
        if (isSender(manifestOf(row))) await deps.senders.close(tx, row.agency_id, row.id);
        await audit({
          subjectType: 'connection',
          subjectId: row.id,
          clientId: params.clientId,
          detail: { provider: row.provider, account: row.account_id },
        });
        return receiptView(receipt);
      });
    },

    async readConnectionData({ within, params, query, actor }) {
      const row = await demandUsable({ within, params }, ['active', 'broken']);
      const manifest = manifestOf(row);
      const known = manifest.capabilities.find(one => one.capability === params.capability && one.kind === 'read');
      if (!known) fail('not_found');
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
        query.refresh === '1',
      );
    },

    async listConnectionCalls({ tx, params }) {
      const row = await demandConnection(tx, params.clientId, params.connectionId);
      const calls = await tx
        .selectFrom('provider_calls')
        .selectAll()
        .where('agency_id', '=', row.agency_id)
        .where('connection_id', '=', row.id)
        .where('expires_at', '>', txNow(tx))
        .orderBy('at', 'desc')
        .limit(200)
        .execute();
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

    async listReceipts({ tx, params }) {
      const rows = await tx
        .selectFrom('connection_receipts')
        .selectAll()
        .where('agency_id', '=', txActor(tx).agencyId)
        .where('expires_at', '>', txNow(tx))
        .where(where => where.or([where('client_id', '=', params.clientId), where('client_id', 'is', null)]))
        .orderBy('local_ended_at', 'desc')
        .limit(200)
        .execute();
      return { receipts: rows.map(receiptView) };
    },

    listSwitches: async ({ tx }) => ({ switches: await listSwitches(tx) }),

    async setSwitch({ tx, body, audit }) {
      await setSwitch(tx, body);
      const ended = body.off && body.revoke ? await endAll(tx, body) : 0;
      await audit({
        subjectType: body.scope,
        subjectId: body.subject,
        clientId: body.scope === 'client' ? body.subject : null,
        detail: { off: body.off, revoked: ended },
      });
      return { switches: await listSwitches(tx), disconnected: ended };
    },

    listProviderAccess: async ({ tx }) => ({ denied: await listDenials(tx) }),

    async setProviderAccess({ tx, params, body, audit }) {
      await setDenials(tx, params.personId, body.denied);
      await audit({ subjectType: 'person', subjectId: params.personId, detail: { denied: body.denied.join(',') } });
      return null;
    },
  };

  /** The provider is asked who this is, and everything that can be read without being told what. */
  async function check(row: ConnectionRow, clientId: string, actor: Actor): Promise<void> {
    const user = { clientId, actorId: actor.personId };
    const { api, connector } = use(row, 'check', user, true);
    const accounts = await connector.identify(api);
    const { manifest } = providerOf(row.provider);
    const there = accounts.kind === 'ok' && accounts.rows.some(({ id }) => id === row.account_id);
    await withSystem(deps.db, 'connections', tx => recordCheck(tx, row, accounts, there));
    if (!there) return;
    for (const { capability, kind, input } of manifest.capabilities)
      if (kind === 'read' && !input?.required && !isGated(manifest, capability, row.granted as string[] | null))
        await data.read(row, capability, { text: null, refresh: true }, user, true);
  }

  async function recordCheck(
    tx: SystemTx,
    row: ConnectionRow,
    accounts: Awaited<ReturnType<ReturnType<Use>['connector']['identify']>>,
    there: boolean,
  ): Promise<void> {
    const { name } = manifestOf(row);
    if (there) await markWorking(tx, row.agency_id, row.id);
    else if (accounts.kind === 'ok')
      await markBroken(tx, row.agency_id, row.id, {
        code: 'account-gone',
        reason: `${name} does not show ${row.account_name} to this sign-in any more.`.slice(0, 400),
        next: 'Reconnect with a sign-in that reaches the account.',
      });
    else if (accounts.kind === 'reauth')
      await markBroken(tx, row.agency_id, row.id, troubleOf(accounts, manifestOf(row)));
    else
      await tx
        .updateTable('connections')
        .set({ trouble: JSON.stringify(troubleOf(accounts, manifestOf(row))) })
        .where('agency_id', '=', row.agency_id)
        .where('id', '=', row.id)
        .execute();
    await tx
      .updateTable('connections')
      .set({ checked_at: txNow(tx) })
      .where('agency_id', '=', row.agency_id)
      .where('id', '=', row.id)
      .execute();
  }
}

/** Ends every connection that a switch concerns. */
async function endAll(
  tx: TenantTx,
  { scope, subject }: { readonly scope: string; readonly subject: string },
): Promise<number> {
  const column = scope === 'provider' ? 'provider' : scope === 'client' ? 'client_id' : 'id';
  const rows = await tx
    .selectFrom('connections')
    .selectAll()
    .where(column, '=', subject)
    .where('status', 'in', ['active', 'broken'])
    .execute();
  for (const row of rows) await endConnection(tx, row, txActor(tx).personId);
  return rows.length;
}
