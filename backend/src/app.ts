import { COLLECTIONS, type Collection, FEATURES, type Feature, type ProviderId } from '@astrix/contract';
import type { FastifyInstance } from 'fastify';
import {
  assemble,
  createPortBoard,
  type DemoCast,
  type Installation,
  type ModuleDefinition,
  type Ports,
} from './composition/index.ts';
import type { Config } from './config.ts';
import type { Clock } from './kernel/clock.ts';
import { fail } from './kernel/errors.ts';
import * as modules from './modules.ts';
import { type AuditTrail, createAuditTrail } from './platform/audit/index.ts';
import { deriveKey, keyringFrom, PASSWORD_COST, type PasswordCost, verifyPassword } from './platform/crypto/index.ts';
import { type Db, declaredTables } from './platform/db/index.ts';
import {
  createCallLedger,
  createEgress,
  createFetchTyped,
  createSmtpSender,
  type EgressParts,
} from './platform/egress/index.ts';
import { demandFed, refuseDemoDatabase } from './platform/feed/index.ts';
import { createServer, registerRoutes } from './platform/http/index.ts';
import { createJobs } from './platform/jobs/index.ts';
import { createLoops } from './platform/loops/index.ts';
import { createMail } from './platform/mail/index.ts';
import { type PageDefinition, registerPages } from './platform/pages/index.ts';
import { sweepLoop } from './platform/retention/index.ts';
import type { Log, Metrics } from './platform/telemetry/index.ts';
import { createVault, keksFrom, type Vault } from './platform/vault/index.ts';
import type { Messaging } from './providers/messaging.ts';
import { PROVIDERS } from './providers/registry.ts';

export type AppParts = {
  readonly config: Config;
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly version: string;
  /** Who appears in the demo, which fills an empty database; null outside of it. */
  readonly demo: DemoCast | null;
  /** Tests only: cheaper passwords, counted verifications, a stand-in for a provider that messages are sent through. */
  readonly passwordCost?: PasswordCost;
  readonly verifyPassword?: typeof verifyPassword;
  readonly messagingOf?: (provider: ProviderId) => Messaging | null;
  /** Tests only: modules beside those of the product, with the features that they belong to. */
  readonly extra?: { readonly modules: readonly ModuleDefinition[]; readonly features: readonly Feature[] };
  readonly egress?: Pick<EgressParts, 'wait' | 'random' | 'patienceMs'>;
};

export type App = {
  readonly http: FastifyInstance;
  readonly audit: AuditTrail;
  /** The public pages, as they are declared. */
  readonly pages: readonly PageDefinition[];
  /** Runs one loop of a module now and resolves when it has run, such as `webhooks.process`. Tests call it instead of waiting. */
  readonly runNow: (loop: string) => Promise<void>;
  /** Begins what runs beside the requests: streams for an api, jobs and loops for a worker. */
  readonly start: () => Promise<void>;
  /** Stops taking work, finishes what is under way, ends the streams. */
  readonly stop: () => Promise<void>;
};

/** The backend from its parts: services, modules, routes. Tests build the same one. The database must be migrated. */
export async function buildApp(parts: AppParts): Promise<App> {
  const { config, db, clock, log, metrics, demo } = parts;
  if (config.environment === 'production') await refuseDemoDatabase(db);
  db.onSystem = reason => metrics.systemUses.inc({ reason });
  await demandFed(db, await declaredTables(db), COLLECTIONS as unknown as Readonly<Record<string, Collection>>);
  const draining = new AbortController();
  const http = createServer({ log, metrics, trustedProxies: config.trustedProxies, onlyThisMachine: config.demo });
  const vault = await openVault(parts);
  const audit = createAuditTrail(vault.namedKey('audit/v1'));
  const board = createPortBoard();
  const egress = egressOf(parts, board.ports);
  const { mail, sender } = mailOf({ config, db, log, metrics, vault });
  const typed = createFetchTyped(config.environment === 'production');
  const jobs = createJobs(db, log);
  const installation = installationOf(parts, http);
  const { handlers, every, pages, ...assembly } = await assemble(
    [...Object.values(modules), ...(parts.extra?.modules ?? [])],
    [...FEATURES, ...(parts.extra?.features ?? [])],
    {
      db,
      clock,
      log,
      metrics,
      vault,
      keyring: keyringFrom(vault.namedKey('envelope/v1')),
      egress,
      fetchTyped: typed.fetch,
      audit,
      jobs,
      mail,
      installation,
      messagingOf: parts.messagingOf ?? (provider => PROVIDERS[provider].messaging ?? null),
      passwords: { cost: parts.passwordCost ?? PASSWORD_COST, verify: parts.verifyPassword ?? verifyPassword },
      demo,
      draining: draining.signal,
    },
    board,
  );
  const { authenticate, findClient } = board.ports;
  const operatorToken = config.metricsToken?.reveal() ?? null;
  registerRoutes(
    http,
    { db, clock, log, audit, authenticate, findClient, operatorToken, draining: draining.signal },
    handlers,
  );
  const { publicUrl } = installation;
  registerPages(http, { db, clock, log, audit, key: vault.namedKey('pages/v1'), publicUrl }, pages);
  await jobs.start(assembly.jobs);
  if (demo !== null) await assembly.seed(demo);
  const loops = createLoops({ db, log, metrics }, [...every, mail.loop, sweepLoop(db, metrics)]);

  return {
    http,
    audit,
    pages,
    runNow: loops.runNow,
    async start() {
      await assembly.listen(config.role);
      if (config.role === 'api') return;
      await jobs.work({ db, clock, log });
      await loops.start();
    },
    async stop() {
      draining.abort();
      // A connection that falls idle after the close has begun would hold it up until its keep-alive ends.
      const idle = setInterval(() => http.server.closeIdleConnections(), 50);
      await http.close().finally(() => clearInterval(idle));
      await loops.stop();
      await assembly.unlisten();
      await jobs.stop();
      sender?.close();
      await egress.close();
      await typed.close();
    },
  };
}

/** Mail of this installation. `sender` is to be closed at the end; null where no mail server is configured. */
export function mailOf({
  config,
  db,
  log,
  metrics,
  vault,
}: Pick<AppParts, 'config' | 'db' | 'log' | 'metrics'> & { readonly vault: Vault }) {
  const sealingKey = vault.namedKey('envelope/v1');
  const sender = config.mail && createSmtpSender(config.mail.server);
  const mail = createMail({
    db,
    log,
    metrics,
    keyring: keyringFrom(sealingKey),
    digestKey: deriveKey(sealingKey, 'mail-address/v1'),
    outlet: config.mail && sender ? { sender, from: config.mail.from } : null,
  });
  return { mail, sender };
}

async function openVault({ config, db, log, metrics }: AppParts) {
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
  return vault;
}

function egressOf({ config, db, clock, log, metrics, egress }: AppParts, { mayCall }: Ports) {
  const manifests = Object.values(PROVIDERS).map(({ manifest }) => manifest);
  return createEgress({
    rules: {
      production: config.environment === 'production',
      providers: manifests
        .filter(({ hosts }) => hosts.length > 0)
        .map(({ id, hosts, budget }) => ({ id, hosts, budget, sandbox: config.sandboxUrl })),
    },
    clock,
    metrics,
    log,
    ledger: createCallLedger({ db, log, metrics }),
    allowed: mayCall,
    ...egress,
  });
}

function installationOf({ config, version }: AppParts, http: FastifyInstance): Installation {
  const { appFor, appSecretsFor, verifyTokenFor, sandboxUrl, region } = config;
  const production = config.environment === 'production';
  const hasPublicUrl = config.publicUrl !== null || !production;
  const publicUrl = () => {
    if (!hasPublicUrl) fail('no_public_address');
    return config.publicUrl ?? ownUrl(http, config.port);
  };
  return {
    appFor,
    appSecretsFor,
    verifyTokenFor,
    sandboxUrl,
    region,
    version,
    publicUrl,
    hasPublicUrl,
    production,
  };
}

function ownUrl({ server }: FastifyInstance, port: number): string {
  const at = server.address();
  return `http://127.0.0.1:${typeof at === 'object' && at !== null ? at.port : port}`;
}
