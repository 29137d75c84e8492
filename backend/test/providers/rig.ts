import type { Capability, FactOf, ProviderId } from '@astrix/contract';
import Fastify, { type FastifyRequest } from 'fastify';
import type { FaultKind } from '../../sandbox/faults.ts';
import type { Granted } from '../../sandbox/imitation.ts';
import { SANDBOX_APP } from '../../sandbox/oauth.ts';
import { type Providers, serveProviders } from '../../sandbox/providers.ts';
import { type ManualClock, manualClock } from '../../src/kernel/clock.ts';
import { newId } from '../../src/kernel/ids.ts';
import { secret } from '../../src/kernel/secret.ts';
import { createEgress, type Egress, type Failed } from '../../src/platform/egress/index.ts';
import { createMetrics, silentLog } from '../../src/platform/telemetry/index.ts';
import { apiOver, tokenApiOver } from '../../src/providers/api.ts';
import { oauth2Flow } from '../../src/providers/oauth2.ts';
import {
  type Account,
  type Api,
  type CodeExchange,
  type Credential,
  type Grant,
  readOf,
  type TokenApi,
} from '../../src/providers/provider.ts';
import { type Collected, collect, previewSince, type Read } from '../../src/providers/read.ts';
import { PROVIDERS } from '../../src/providers/registry.ts';

export type { FaultKind };

/** One request as it reached the sandbox, and what it answered: for a check against the official document. */
export type Seen = {
  readonly method: string;
  readonly host: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly status: number;
  readonly reply: string;
};

export type ProviderRig = {
  readonly clock: ManualClock;
  readonly sandbox: Providers;
  readonly egress: Egress;
  readonly seen: Seen[];
  /** Tokens of a person who has consented to `scopes` (all of the manifest without them). */
  readonly granted: (
    provider: ProviderId,
    scopes?: readonly string[],
  ) => { granted: Granted; credential: Credential; grant: Grant };
  /** What a connector works with, over the real egress and the sandbox. */
  readonly api: (
    provider: ProviderId,
    credential: Credential,
    about?: { account?: Account; settings?: Readonly<Record<string, string>>; capability?: Capability },
  ) => Api;
  readonly tokenApi: (provider: ProviderId) => TokenApi;
  /** Code, refresh and revoke of the connector, or by the book. */
  readonly flow: (provider: ProviderId) => ReturnType<typeof oauth2Flow>;
  readonly code: (provider: ProviderId, scopes?: readonly string[]) => CodeExchange;
  readonly close: () => Promise<void>;
};

/** A read from its first page to its last: the days that the page of a connection shows, or everything since a moment. */
export function readAll<C extends Capability>(
  provider: ProviderId,
  capability: C,
  api: Api,
  { text = null, since }: { readonly text?: string | null; readonly since?: Date | null } = {},
): Promise<Collected<FactOf<C>> | Failed> {
  const { manifest, connector } = PROVIDERS[provider];
  const read = connector?.reads[capability] as Read<C> | undefined;
  const declared = readOf(manifest, capability);
  if (!read || !declared) throw new Error(`${provider} does not read ${capability}`);
  const until = api.clock.now();
  return collect(capability, read, api, {
    text,
    since: since === undefined ? previewSince(declared.range, until) : since,
    until,
    rows: null,
  });
}

/** Every read of a provider: what a page of a connection shows, with words as well, the last day, and the beginning of everything. */
export async function readEverything(provider: ProviderId, api: Api, words: string | null = null): Promise<void> {
  const dayAgo = new Date(api.clock.now().getTime() - 86_400_000);
  for (const capability of Object.keys(PROVIDERS[provider].connector?.reads ?? {}) as Capability[]) {
    await readAll(provider, capability, api);
    if (words !== null) await readAll(provider, capability, api, { text: words });
    await readAll(provider, capability, api, { since: dayAgo });
    await firstPages(provider, capability, api);
  }
}

/** The first two pages of everything since the beginning. */
async function firstPages(provider: ProviderId, capability: Capability, api: Api): Promise<void> {
  const read = PROVIDERS[provider].connector?.reads[capability] as Read<Capability>;
  const asked = { text: null, since: null, until: api.clock.now(), limit: 20 };
  const first = await read(api, { ...asked, cursor: null });
  if (first.kind === 'ok' && first.next !== null) await read(api, { ...asked, cursor: first.next });
}

/** A body as it was sent; the sandbox has read forms and JSON already. */
function textOf({ body, headers }: FastifyRequest): string {
  if (body === undefined || body === null) return '';
  if (typeof body === 'string') return body;
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  return isForm ? new URLSearchParams(body as Record<string, string>).toString() : JSON.stringify(body);
}

export const REDIRECT = 'http://127.0.0.1:4700/oauth/callback/test';

/** The sandbox on loopback, egress as in production but for its sandbox, and no database: enough for a connector. */
export async function providerRig(): Promise<ProviderRig> {
  const clock = manualClock(new Date());
  const app = Fastify({ logger: false });
  const seen: Seen[] = [];
  app.addHook('preHandler', async request => {
    (request as { sent?: string }).sent = textOf(request);
  });
  app.addHook('onSend', async (request, reply, payload) => {
    seen.push({
      method: request.method,
      host: request.headers.host ?? '',
      url: request.url,
      headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
      body: (request as { sent?: string }).sent ?? '',
      status: reply.statusCode,
      reply: typeof payload === 'string' ? payload : Buffer.isBuffer(payload) ? payload.toString('base64') : '',
    });
    return payload;
  });
  const sandbox = await serveProviders(app, { now: clock.now });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const egress = createEgress({
    rules: {
      production: false,
      providers: Object.values(PROVIDERS)
        .map(({ manifest }) => manifest)
        .filter(({ hosts }) => hosts.length > 0)
        .map(({ id, hosts, budget }) => ({ id, hosts, budget, sandbox: url })),
    },
    clock: { now: () => new Date() },
    metrics: createMetrics(),
    log: silentLog,
    ledger: { record: () => undefined, isFull: () => false, flush: async () => undefined, stop: async () => undefined },
    random: () => 0,
  });
  const connection = { agencyId: newId(), clientId: newId(), connectionId: newId(), actorId: null };
  const sandboxApp = { id: SANDBOX_APP.id, secret: secret(SANDBOX_APP.secret) };
  const scopesOf = (provider: ProviderId) => {
    const { auth } = PROVIDERS[provider].manifest;
    return auth.kind === 'none' ? [] : auth.scopes.map(({ scope }) => scope);
  };
  const connectorOf = (provider: ProviderId) => {
    const { connector } = PROVIDERS[provider];
    if (!connector) throw new Error(`${provider} has no connector`);
    return connector;
  };

  return {
    clock,
    sandbox,
    egress,
    seen,
    granted(provider, scopes = scopesOf(provider)) {
      const granted: Granted = { provider, family: newId(), scopes, extras: {} };
      const issued = sandbox.book.issue(granted);
      const grant: Grant = {
        accessToken: secret(issued.accessToken),
        refreshToken: secret(issued.refreshToken),
        expiresAt: new Date(clock.now().getTime() + issued.expiresIn * 1000),
        endsAt: null,
        scopes,
        extras: {},
      };
      return { granted, grant, credential: { kind: 'grant', accessToken: grant.accessToken, extras: {} } };
    },
    api: (provider, credential, about = {}) =>
      apiOver(
        {
          egress,
          clock,
          manifest: PROVIDERS[provider].manifest,
          connector: connectorOf(provider),
          connection,
          app: sandboxApp,
        },
        {
          capability: about.capability ?? 'credentials',
          credential: async () => ({ kind: 'ok', credential, version: 1 }),
          account: about.account ?? null,
          settings: about.settings ?? {},
          extras: credential.kind === 'grant' ? credential.extras : {},
        },
      ),
    tokenApi: provider =>
      tokenApiOver({ egress, clock, manifest: PROVIDERS[provider].manifest, connection, app: sandboxApp }),
    flow(provider) {
      const { manifest, connector } = PROVIDERS[provider];
      if (manifest.auth.kind !== 'oauth2') throw new Error(`${provider} does not connect by OAuth`);
      return { ...oauth2Flow(manifest.auth), ...connector };
    },
    code(provider, scopes = scopesOf(provider)) {
      const code = sandbox.book.grantCode({ provider, scopes, extras: {}, redirectUri: REDIRECT, challenge: null });
      return { code: secret(code), verifier: null, redirectUri: REDIRECT, extras: {} };
    },
    async close() {
      await egress.close();
      app.server.closeAllConnections();
      await app.close();
    },
  };
}
