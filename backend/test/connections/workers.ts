import type { ProviderId } from '@astrix/contract';
import Fastify from 'fastify';
import { SANDBOX_APP } from '../../sandbox/oauth.ts';
import { type Providers, serveProviders } from '../../sandbox/providers.ts';
import { type ManualClock, manualClock } from '../../src/kernel/clock.ts';
import { newId } from '../../src/kernel/ids.ts';
import { secret } from '../../src/kernel/secret.ts';
import { createClient } from '../../src/modules/clients/index.ts';
import { GRANT, packGrant } from '../../src/modules/connections/grants.ts';
import { createHousekeeping } from '../../src/modules/connections/housekeep.ts';
import {
  addConnection,
  type ConnectionsDeps,
  createRefresh,
  createSwitches,
} from '../../src/modules/connections/index.ts';
import type { ConnectionRow } from '../../src/modules/connections/repo.ts';
import { createAgency } from '../../src/modules/identity/index.ts';
import { createAuditTrail } from '../../src/platform/audit/index.ts';
import { type Db, openDb, withSystem } from '../../src/platform/db/index.ts';
import { createCallLedger, createEgress, type Egress } from '../../src/platform/egress/index.ts';
import { createMetrics, silentLog } from '../../src/platform/telemetry/index.ts';
import { createVault, keksFrom, type Vault } from '../../src/platform/vault/index.ts';
import { PROVIDERS } from '../../src/providers/registry.ts';
import { openTestDb, START, testConfig } from '../world.ts';

export type Worker = {
  readonly deps: ConnectionsDeps;
  readonly refresh: ReturnType<typeof createRefresh>;
  readonly housekeep: () => Promise<void>;
};

export type Workers = {
  readonly clock: ManualClock;
  readonly sandbox: Providers;
  readonly db: Db;
  readonly vault: Vault;
  readonly agencyId: string;
  /** A process of its own as far as the database can tell: connections, keys, egress and leases are not shared. */
  readonly worker: (about?: {
    egress?: (real: Egress) => Egress;
    wait?: (ms: number) => Promise<void>;
  }) => Promise<Worker>;
  /** Connections whose token ends in `left` seconds, each with a consent of its own at the sandbox. */
  readonly connections: (provider: ProviderId, count: number, left?: number) => Promise<string[]>;
  readonly row: (id: string) => Promise<ConnectionRow>;
  readonly close: () => Promise<void>;
};

const same = (real: Egress) => real;
const pause = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms));

/** Workers over one database, on PostgreSQL each with a pool of its own, and a sandbox whose clock is theirs. */
export async function createWorkers(): Promise<Workers> {
  const clock = manualClock(START);
  const { db, drop, url } = await openTestDb(clock);
  const app = Fastify({ logger: false });
  const sandbox = await serveProviders(app, { now: clock.now });
  const sandboxUrl = await app.listen({ host: '127.0.0.1', port: 0 });
  const vaultOver = async (over: Db) => {
    const vault = createVault({ db: over, keks: keksFrom(testConfig()) });
    await vault.open();
    return vault;
  };
  const vault = await vaultOver(db);
  const agencyId = newId();
  const clientId = await withSystem(db, 'demo-seed', async tx => {
    await createAgency(tx, { id: agencyId, name: 'Storm' });
    return createClient(tx, agencyId, { name: 'Chai Katha', initials: 'CK', hue: 'teal', replyAs: 'Chai Katha' });
  });
  const closing: (() => Promise<unknown>)[] = [];

  async function grantFor(provider: ProviderId, left: number) {
    const { auth } = PROVIDERS[provider].manifest;
    const scopes = auth.kind === 'oauth2' ? auth.scopes.map(({ scope }) => scope) : [];
    const issued = sandbox.book.issue({ provider, family: newId(), scopes, extras: {} });
    return {
      accessToken: secret(issued.accessToken),
      refreshToken: secret(issued.refreshToken),
      expiresAt: new Date(clock.now().getTime() + left * 1000),
      endsAt: null,
      scopes,
      extras: {},
    };
  }

  return {
    clock,
    sandbox,
    db,
    vault,
    agencyId,
    async worker({ egress: over = same, wait = pause } = {}) {
      const own = url === null ? db : await openDb({ url, poolSize: 4, clock });
      const metrics = createMetrics();
      const switches = createSwitches(own);
      const ledger = createCallLedger({ db: own, log: silentLog, metrics });
      const egress = createEgress({
        rules: {
          production: false,
          providers: Object.values(PROVIDERS)
            .map(({ manifest }) => manifest)
            .filter(({ hosts }) => hosts.length > 0)
            .map(({ id, hosts, budget }) => ({ id, hosts, budget, sandbox: sandboxUrl })),
        },
        clock,
        metrics,
        log: silentLog,
        ledger,
        allowed: switches.allowed,
      });
      closing.unshift(async () => {
        await egress.close();
        if (own !== db) await own.close();
      });
      const itsVault = await vaultOver(own);
      const deps: ConnectionsDeps = {
        db: own,
        clock,
        vault: itsVault,
        egress: over(egress),
        audit: createAuditTrail(itsVault.namedKey('audit/v1')),
        log: silentLog,
        switches,
        appFor: () => ({ id: SANDBOX_APP.id, secret: secret(SANDBOX_APP.secret) }),
        sandboxUrl,
        publicUrl: () => 'http://127.0.0.1:4700',
        hasPublicUrl: true,
        emit: async () => undefined,
        wait,
      };
      const refresh = createRefresh(deps);
      return { deps, refresh, housekeep: createHousekeeping(deps, refresh).run };
    },
    connections: (provider, count, left = 30) =>
      withSystem(db, 'demo-seed', async tx => {
        const ids: string[] = [];
        for (let n = 0; n < count; n += 1) {
          const id = newId();
          const grant = await grantFor(provider, left);
          const about = { accountId: `${provider}-${id}`, accountName: `Site ${n}`, accountDetail: null, form: {} };
          await addConnection(tx, vault, { id, agencyId, clientId, provider, secrets: {}, ...about });
          await vault.put(tx, { agencyId, clientId, connectionId: id }, GRANT, packGrant(grant));
          ids.push(id);
        }
        const ends = new Date(clock.now().getTime() + left * 1000);
        await tx.updateTable('connections').set({ token_ends_at: ends }).where('token_ends_at', 'is', null).execute();
        return ids;
      }),
    row: id =>
      withSystem(db, 'telemetry', tx =>
        tx.selectFrom('connections').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
      ),
    async close() {
      for (const step of closing) await step();
      await drop();
      app.server.closeAllConnections();
      await app.close();
    },
  };
}
