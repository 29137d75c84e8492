import type { Capability, FactOf, ProviderId } from '@astrix/contract';
import Fastify from 'fastify';
import { type ManualClock, manualClock } from '../../src/kernel/clock.ts';
import { newId } from '../../src/kernel/ids.ts';
import { secret } from '../../src/kernel/secret.ts';
import { createEgress, type Failed } from '../../src/platform/egress/index.ts';
import { createMetrics, silentLog } from '../../src/platform/telemetry/index.ts';
import { apiOver } from '../../src/providers/api.ts';
import type { Account, Api, Credential } from '../../src/providers/provider.ts';
import type { Collected } from '../../src/providers/read.ts';
import { PROVIDERS } from '../../src/providers/registry.ts';
import { readAll } from './rig.ts';

/** What a provider answers to the addresses that contain `to`: the first that fits counts. */
export type Reply = { readonly to: string; readonly status?: number; readonly body: unknown };

export type Canned = {
  readonly clock: ManualClock;
  readonly api: (provider: ProviderId, replies: readonly Reply[], account?: Account) => Api;
  readonly read: <C extends Capability>(
    provider: ProviderId,
    capability: C,
    replies: readonly Reply[],
    about: { readonly account: Account; readonly text?: string },
  ) => Promise<Collected<FactOf<C>> | Failed>;
  readonly identify: (provider: ProviderId, replies: readonly Reply[]) => Promise<unknown>;
  readonly close: () => Promise<void>;
};

/** Adapters over the real egress, against replies that a test writes down word by word, as providers have sent them. */
export async function cannedReplies(now: Date): Promise<Canned> {
  const clock = manualClock(now);
  let replies: readonly Reply[] = [];
  const app = Fastify({ logger: false });
  app.addContentTypeParser('*', (_request, body, done) => {
    body.resume();
    done(null, null);
  });
  app.all('/*', (request, reply) => {
    const address = decodeURIComponent(request.url);
    const found = replies.find(({ to }) => address.includes(to));
    return reply.code(found ? (found.status ?? 200) : 404).send(found?.body ?? {});
  });
  const sandbox = await app.listen({ host: '127.0.0.1', port: 0 });
  const manifests = Object.values(PROVIDERS).map(({ manifest }) => manifest);
  const egress = createEgress({
    rules: {
      production: false,
      providers: manifests
        .filter(({ hosts }) => hosts.length > 0)
        .map(({ id, hosts, budget }) => ({ id, hosts, budget, sandbox })),
    },
    clock: { now: () => new Date() },
    metrics: createMetrics(),
    log: silentLog,
    ledger: { record: () => undefined, isFull: () => false, flush: async () => undefined, stop: async () => undefined },
    random: () => 0,
  });

  const api: Canned['api'] = (provider, told, account) => {
    replies = told;
    const { manifest, connector } = PROVIDERS[provider];
    if (!connector) throw new Error(`${provider} has no connector`);
    const credential: Credential =
      manifest.auth.kind === 'key'
        ? {
            kind: 'key',
            fields: Object.fromEntries(manifest.auth.fields.map(({ name }) => [name, secret('a'.repeat(40))])),
          }
        : { kind: 'grant', accessToken: secret('access'), extras: {} };
    const connection = { agencyId: newId(), clientId: newId(), connectionId: newId(), actorId: null };
    return apiOver(
      { egress, clock, manifest, connector, connection, app: { id: 'app', secret: secret('secret') } },
      {
        capability: 'credentials',
        credential: async () => ({ kind: 'ok', credential, version: 1 }),
        account: account ?? null,
        settings: account?.settings ?? {},
        extras: {},
      },
    );
  };

  return {
    clock,
    api,
    read: (provider, capability, told, { account, text }) =>
      readAll(provider, capability, api(provider, told, account), { text: text ?? null }),
    identify: (provider, told) => PROVIDERS[provider].connector!.identify(api(provider, told)),
    async close() {
      await egress.close();
      app.server.closeAllConnections();
      await app.close();
    },
  };
}
