import type { FastifyInstance } from 'fastify';
import type { Config } from './config.ts';
import type { Clock } from './kernel/clock.ts';
import { secret } from './kernel/secret.ts';
import { agenciesCollections, agenciesModule } from './modules/agencies/index.ts';
import { clientsCollections, clientsModule } from './modules/clients/index.ts';
import { connectionsModule, createSwitches } from './modules/connections/index.ts';
import { contactsCollections, contactsModule } from './modules/contacts/index.ts';
import { conversationsCollections, conversationsModule } from './modules/conversations/index.ts';
import { type DemoPeople, type Identity, identityModule } from './modules/identity/index.ts';
import { notificationsCollections, notificationsModule } from './modules/notifications/index.ts';
import { syncModule } from './modules/sync/index.ts';
import { webhooksModule } from './modules/webhooks/index.ts';
import { type AuditTrail, createAuditTrail } from './platform/audit/index.ts';
import { keyringFrom, type PasswordCost, type verifyPassword } from './platform/crypto/index.ts';
import { type Db, declaredTables } from './platform/db/index.ts';
import { createCallLedger, createEgress, type EgressParts } from './platform/egress/index.ts';
import { createEventBus } from './platform/events/index.ts';
import type { CollectionReaders } from './platform/feed/index.ts';
import { createServer, type Module, probeHandlers, registerRoutes } from './platform/http/index.ts';
import { type Jobs, startJobs } from './platform/jobs/index.ts';
import { startSweeper } from './platform/retention/index.ts';
import type { Log, Metrics } from './platform/telemetry/index.ts';
import { createVault, keksFrom } from './platform/vault/index.ts';
import { PROVIDERS } from './providers/registry.ts';
import { createWhatsappClient, type WhatsappClient } from './providers/whatsapp/client.ts';

export type AppParts = {
  readonly config: Config;
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly version: string;
  readonly demoPeople: DemoPeople | null;
  /** Tests only: cheaper passwords, counted verifications, another provider client. */
  readonly passwordCost?: PasswordCost;
  readonly verifyPassword?: typeof verifyPassword;
  readonly whatsapp?: WhatsappClient;
  readonly egress?: Pick<EgressParts, 'wait' | 'random' | 'patienceMs'>;
};

export type App = {
  readonly http: FastifyInstance;
  readonly identity: Identity;
  readonly audit: AuditTrail;
  /** Webhook events that wait are applied before this resolves; tests use it instead of waiting. */
  readonly processWebhooks: () => Promise<void>;
  readonly housekeep: () => Promise<void>;
  /** What connections do beside the requests: renewing, revoking, ending. Tests use it instead of waiting. */
  readonly tendConnections: () => Promise<void>;
  /** Begins what goes on beside the requests: streams for an api, jobs and sweeps for a worker. */
  readonly start: () => Promise<void>;
  /** Stops taking work, finishes what is under way, ends the streams. */
  readonly stop: () => Promise<void>;
};

/** The backend out of its parts, in one visible order. Tests build the same one. The database must be migrated. */
export async function buildApp(parts: AppParts): Promise<App> {
  const { config, db, clock, log, metrics } = parts;
  db.onSystem = reason => metrics.systemUses.inc({ reason });
  await declaredTables(db);

  const vault = createVault({
    db,
    keks: keksFrom(config),
    production: config.environment === 'production',
    onBroken: ({ agencyId, connectionId }, name) => {
      metrics.sealsBroken.inc();
      log.error('a sealed credential does not open', { agency: agencyId, connection: connectionId, field: name });
    },
  });
  await vault.open();
  const keyring = keyringFrom(vault.kept('envelope/v1'));
  const audit = createAuditTrail(vault.kept('audit/v1'));
  const events = createEventBus();
  const switches = createSwitches(db);
  const egress = createEgress({
    rules: {
      production: config.environment === 'production',
      providers: Object.values(PROVIDERS)
        .map(({ manifest }) => manifest)
        .filter(({ hosts }) => hosts.length > 0)
        .map(({ id, hosts, budget }) => ({ id, hosts, budget, sandbox: config.sandboxUrl })),
    },
    clock,
    metrics,
    log,
    ledger: createCallLedger({ db, log, metrics }),
    allowed: switches.allowed,
    ...parts.egress,
  });
  const whatsapp = parts.whatsapp ?? createWhatsappClient(egress);

  const ownUrl = () => {
    const at = http.server.address();
    return `http://127.0.0.1:${typeof at === 'object' && at !== null ? at.port : config.port}`;
  };
  let jobs: Jobs | null = null;
  const theJobs = () => jobs ?? throwNotStarted();
  const identity = identityModule({
    db,
    refreshKey: secret(vault.kept('refresh-token/v1')),
    keyring,
    audit,
    demoPeople: parts.demoPeople,
    ...(parts.passwordCost ? { passwordCost: parts.passwordCost } : {}),
    ...(parts.verifyPassword ? { verify: parts.verifyPassword } : {}),
  });
  const conversations = conversationsModule({
    db,
    clock,
    vault,
    client: whatsapp,
    jobs: theJobs,
    metrics,
    log,
    keyring,
  });
  const connections = connectionsModule({
    db,
    clock,
    vault,
    egress,
    audit,
    log,
    metrics,
    switches,
    appFor: config.appFor,
    sandboxUrl: config.sandboxUrl,
    publicUrl: () => config.publicUrl ?? ownUrl(),
    emit: events.emit,
    wait: ms => new Promise(resolve => setTimeout(resolve, ms)),
  });
  const webhooks = webhooksModule({
    db,
    log,
    metrics,
    vault,
    audit,
    appFor: config.appFor,
    appSecretsFor: config.appSecretsFor,
    publicUrl: () => config.publicUrl ?? ownUrl(),
    appSecrets: config.whatsapp.appSecrets,
    verifyToken: config.whatsapp.verifyToken,
  });
  const readers: CollectionReaders = {
    ...clientsCollections,
    ...agenciesCollections,
    ...contactsCollections,
    ...conversationsCollections,
    ...notificationsCollections,
  };
  const sync = syncModule({ db, clock, sessions: identity.sessions, metrics, readers });
  const modules: readonly Module[] = [
    identity,
    agenciesModule(),
    clientsModule(),
    contactsModule(),
    conversations,
    connections,
    notificationsModule(),
    webhooks,
    sync,
  ];
  events.connect(modules);
  for (const module of modules) await module.prepare?.();
  const definitions = modules.flatMap(module => module.jobs ?? []);

  const draining = new AbortController();
  const http = createServer({ log, metrics, trustedProxies: config.trustedProxies });
  const probes = probeHandlers({ db, metrics, version: parts.version, demo: config.demo, draining: draining.signal });
  const operatorToken = config.metricsToken?.reveal() ?? null;
  registerRoutes(
    http,
    { db, clock, log, audit, authenticate: identity.authenticate, operatorToken, draining: draining.signal },
    [probes, ...modules.map(module => module.handlers)],
  );
  jobs = await startJobs(
    db,
    definitions.map(job => job.name),
    log,
  );
  let sweeper: { stop: () => void } | null = null;

  return {
    http,
    identity,
    audit,
    processWebhooks: webhooks.processNow,
    housekeep: conversations.housekeep,
    tendConnections: connections.housekeep,
    async start() {
      await switches.start();
      if (config.role !== 'worker') for (const module of modules) await module.startApi?.();
      if (config.role === 'api') return;
      await theJobs().work(definitions, { db, clock, log });
      for (const module of modules) await module.startWorker?.();
      sweeper = startSweeper(db, log, metrics);
    },
    async stop() {
      draining.abort();
      sweeper?.stop();
      // A connection that falls idle after the close has begun would hold it up until its keep-alive ends.
      const idle = setInterval(() => http.server.closeIdleConnections(), 50);
      await http.close().finally(() => clearInterval(idle));
      for (const module of modules) await module.stop?.();
      await jobs?.stop();
      await switches.stop();
      await egress.close();
    },
  };
}

function throwNotStarted(): never {
  throw new Error('the job queue has not been started');
}
