import type { Capability, ConnectionView, DisconnectReceipt, Preview, ProviderId, Role } from '@astrix/contract';
import type { LightMyRequestResponse as Response } from 'fastify';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/server.ts';
import type { Clock } from '../../src/kernel/clock.ts';
import { type Kit, kitOver, type Person, type Where } from '../kit/index.ts';
import { APP_SECRET, createWorld, START, type WorldParts } from '../world.ts';

export const PORT = 45_454;

export type Started = { readonly attemptId: string; readonly authorizeUrl: string; readonly expiresAt: string };
export type Returned = { readonly status: number; readonly location: URL | null; readonly body: string };

/** A signed-in person with the verbs of connections. */
export type Colleague = Person & {
  readonly start: (
    provider: ProviderId,
    about?: { shared?: boolean; connectionId?: string | null },
  ) => Promise<Started>;
  /** From the first click to the confirmation, as a person does it; null takes the first account. */
  readonly connect: (
    provider: ProviderId,
    account: string | null,
    about?: { shared?: boolean; connectionId?: string | null; scopes?: readonly string[] },
  ) => Promise<ConnectionView>;
  readonly byKey: (
    provider: ProviderId,
    fields: Readonly<Record<string, string>>,
    connectionId?: string | null,
  ) => Promise<Response>;
  /** Without the numbers that every world begins with. */
  readonly list: () => Promise<ConnectionView[]>;
  readonly one: (id: string) => Promise<ConnectionView>;
  readonly read: (
    connection: ConnectionView,
    capability: Capability,
    about?: { text?: string; refresh?: boolean },
  ) => Promise<Preview>;
  readonly disconnect: (connection: ConnectionView) => Promise<DisconnectReceipt>;
};

/** The kit with its real egress over the sandbox, and people who connect. */
export type ConnectRig = Omit<Kit, 'as'> & {
  /** Connections of the numbers that every world begins with. */
  readonly seeded: readonly string[];
  readonly sandbox: Sandbox;
  readonly as: (role: Role, where?: Where) => Promise<Colleague>;
  /** The consent page, answered: where the browser is sent. */
  readonly consent: (
    authorizeUrl: string,
    about?: { decision?: 'allow' | 'deny'; scopes?: readonly string[] },
  ) => Promise<URL>;
  /** The browser follows: what the backend says, and where it sends it on to. */
  readonly follow: (url: URL) => Promise<Returned>;
};

/** Starts the sandbox and a backend that calls it. */
export async function connectRig(
  parts: WorldParts & { readonly env?: Record<string, string>; readonly providers?: SandboxOptions['providers'] } = {},
): Promise<ConnectRig> {
  let clock: Clock = { now: () => START };
  const sandbox = await startSandbox(
    // Both sides share one clock: a time in the future is not believed.
    {
      webhookUrl: 'http://127.0.0.1:9/',
      appSecret: APP_SECRET,
      numbers: [],
      providers: { now: () => clock.now(), ...parts.providers },
    },
    0,
  );
  const world = await createWorld({ ASTRIX_SANDBOX_URL: sandbox.url, ...parts.env }, parts);
  clock = world.clock;
  const kit = kitOver(world);
  const seeded = world.agencies.flatMap(({ clients }) => clients.map(({ connectionId }) => connectionId));

  async function consent(
    authorizeUrl: string,
    { decision = 'allow', scopes }: { decision?: 'allow' | 'deny'; scopes?: readonly string[] } = {},
  ): Promise<URL> {
    const page = new URL(authorizeUrl);
    const shown = await (await fetch(page)).text();
    const form = new URLSearchParams();
    for (const [, name, value] of shown.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g))
      form.append(name!, decoded(value!));
    const offered = [...shown.matchAll(/name="scope" value="([^"]+)"/g)].map(([, value]) => decoded(value!));
    for (const scope of scopes ?? offered) form.append('scope', scope);
    form.append('decision', decision);
    const reply = await fetch(`${page.origin}${page.pathname}`, { method: 'POST', body: form, redirect: 'manual' });
    return new URL(reply.headers.get('location') ?? '');
  }

  async function follow(url: URL): Promise<Returned> {
    const reply = await world.inject({ method: 'GET', url: `${url.pathname}${url.search}` });
    const { location } = reply.headers;
    return {
      status: reply.statusCode,
      location: typeof location === 'string' ? new URL(location) : null,
      body: reply.body,
    };
  }

  async function as(role: Role, where: Where = {}): Promise<Colleague> {
    const person = await kit.as(role, where);
    const { get, post } = person;
    const must = async (reply: Promise<Response>, status: number) => {
      const answered = await reply;
      if (answered.statusCode !== status)
        throw new Error(`expected ${status}, and got ${answered.statusCode}: ${answered.body}`);
      return answered.json();
    };
    const all = async (): Promise<ConnectionView[]> => (await must(get('connections'), 200)).connections;
    const me: Colleague = {
      ...person,
      start: (provider, { shared = false, connectionId = null } = {}) =>
        must(post('connect', { provider, shared, connectionId, loopbackPort: PORT }), 201),
      async connect(provider, account, about = {}) {
        const started = await me.start(provider, about);
        const back = await consent(started.authorizeUrl, about.scopes ? { scopes: about.scopes } : {});
        const { location } = await follow(back);
        const receipt = location?.searchParams.get('receipt') ?? '';
        const claimed = await must(post(`connect/${started.attemptId}/claim`, { receipt }), 200);
        const chosen = claimed.accounts.find((one: { name: string }) => account === null || one.name === account);
        if (!chosen)
          throw new Error(
            `no account is called ${account}: ${claimed.accounts.map((one: { name: string }) => one.name)}`,
          );
        return must(post(`connect/${started.attemptId}/confirm`, { receipt, accountId: chosen.id }), 200);
      },
      byKey: (provider, fields, connectionId = null) =>
        post('connect-key', { provider, shared: false, connectionId, fields }),
      list: async () => (await all()).filter(({ id }) => !seeded.includes(id)),
      one: async id => (await all()).find(one => one.id === id) ?? Promise.reject(new Error('it is not there')),
      read: (connection, capability, { text, refresh } = {}) =>
        must(
          get(
            `connections/${connection.id}/data/${capability}?${new URLSearchParams({ ...(text ? { text } : {}), ...(refresh ? { refresh: '1' } : {}) })}`,
          ),
          200,
        ),
      disconnect: connection => must(post(`connections/${connection.id}/disconnect`), 200),
    };
    return me;
  }

  return {
    ...kit,
    sandbox,
    seeded,
    as,
    consent,
    follow,
    async close() {
      await world.close();
      await sandbox.close();
    },
  };
}

const decoded = (text: string) => text.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
