import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type App, buildApp } from './app.ts';
import { type Config, readConfig } from './config.ts';
import { explain, usageOf } from './explain.ts';
import { systemClock } from './kernel/clock.ts';
import { type Db, demandServer, migrate, openDb } from './platform/db/index.ts';
import { createLog, createMetrics, type Log, measureProcess, nameOf } from './platform/telemetry/index.ts';
import { keksFrom } from './platform/vault/index.ts';

const HELP = `Astrix backend

Usage: npm run backend -- [--help]

astrix-admin (npm run admin -- --help) makes the agency, checks the configuration, migrates and changes keys.

Configuration comes from the environment:
  DATABASE_URL                    postgres://… ; without it an embedded database in ASTRIX_DATA_DIR
  ASTRIX_ENV                      production | development | test        (development); production where NODE_ENV is
  ASTRIX_ROLE                     api | worker | all                     (all)
  ASTRIX_HOST, ASTRIX_PORT        where to listen; outside production on this machine only  (127.0.0.1, 4700)
  ASTRIX_DATA_DIR                 embedded database and development key  (data/backend)
  ASTRIX_KEK                      key-encryption key, 32 bytes in base64; required in production
  ASTRIX_KEK_NEXT                 the one to change to during a rotation (docs/guides/keys.md)
  ASTRIX_DEMO                     1 fills an empty database with the demo agency
  ASTRIX_METRICS_TOKEN            bearer token of /metrics
  ASTRIX_TRUSTED_PROXIES          addresses whose X-Forwarded-* headers count, separated by commas
  ASTRIX_WHATSAPP_APP_SECRET      the same as ASTRIX_APP_META_SECRET, for an app at Meta that has WhatsApp alone
  ASTRIX_WHATSAPP_APP_SECRET_NEXT the second secret during a rotation
  ASTRIX_WHATSAPP_VERIFY_TOKEN    answers the handshake when the webhook address of that app is registered
  ASTRIX_SANDBOX_URL              the provider sandbox in place of all providers, outside production only
  ASTRIX_PUBLIC_URL               where providers send people back to     (this backend's own address)
  ASTRIX_SMTP_URL                 smtps://user:password@host:465, or smtp://…:587 for STARTTLS; without it nothing is mailed
  ASTRIX_MAIL_FROM                the sender of mails, such as Astrix <console@agency.example>
  ASTRIX_REGION                   where the data lies, as owners and admins read it, such as AWS ap-south-1 (Mumbai)
  ASTRIX_APP_<NAME>_ID, _SECRET   app credentials: GOOGLE, META, ATLASSIAN, AMAZON (docs/providers); the secret also signs webhooks,
                                  which are answered with 503 without one
  ASTRIX_APP_<NAME>_SECRET_NEXT   the second secret during a rotation
  ASTRIX_APP_<NAME>_VERIFY_TOKEN  answers the handshake when a webhook address is registered
  ASTRIX_LOG_LEVEL                debug | info | warn | error | silent   (info)
`;

/** How long a stop may take before it is forced. */
const DRAIN_MS = 15_000;

const version = (
  JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8')) as { version: string }
).version;

async function main(): Promise<void> {
  // Whatever is written from here on, by the embedded database as well, is for this user alone.
  process.umask(0o077);
  const { values } = readArgs();
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const config = readConfig(process.env);
  const log = createLog(config.logLevel);
  const db = await openDb({ url: config.databaseUrl, dataDir: config.dataDir, clock: systemClock });
  await readServer(db, config, log);
  const applied = await migrate(db);
  for (const migration of applied) log.info('migration applied', { migration });
  const metrics = createMetrics();
  measureProcess(metrics);
  const app = await buildApp({
    config,
    db,
    clock: systemClock,
    log,
    metrics,
    version,
    // Loaded for the demo alone: a production process holds no published password.
    demo: config.demo ? (await import('./demo/index.ts')).DEMO : null,
  });
  await app.start();
  const url = await listenOn(app, config);
  stopOnSignal(app, db, log);
  log.info('ready', { url, role: config.role, engine: db.engine, version, ...fingerprintsOf(config) });
  process.stdout.write(`${JSON.stringify({ ready: true, url, role: config.role, engine: db.engine })}\n`);
}

function readArgs() {
  try {
    return parseArgs({ options: { help: { type: 'boolean' } } });
  } catch (error) {
    throw usageOf(error, HELP);
  }
}

/** A database that starts together with the backend takes a while. */
const DATABASE_PATIENCE_MS = 60_000;
/** A second factor is refused when the clocks differ by more than half a minute. */
const SKEW_SECONDS = 10;

/** Waits for the database, and says what works and should not stay as it is. */
async function readServer(db: Db, config: Config, log: Log): Promise<void> {
  const server = await demandServer(db, {
    url: config.databaseUrl,
    patienceMs: DATABASE_PATIENCE_MS,
    waiting: reason => log.warn('waiting for the database', { reason }),
  });
  if (server.isSuperuser)
    log.warn('the role of the database is a superuser', {
      reason: `Row-level security does not hold ${server.user} back. Make a role of its own: create role astrix login createrole, and give it the database.`,
    });
  if (Math.abs(server.clockAhead) > SKEW_SECONDS)
    log.warn('the clocks differ', {
      seconds: Math.round(server.clockAhead),
      reason:
        'The clock of the database is ahead of this machine by so many seconds. Codes of authenticators fail when the clock of this machine is wrong: turn on NTP.',
    });
  if (config.environment === 'production' && config.publicUrl === null)
    log.warn('production without a public address', {
      reason:
        'Nobody can join, recover, sign in by the browser or connect a provider. Set ASTRIX_PUBLIC_URL to https://<host>.',
    });
  if (config.environment === 'production' && db.engine === 'pglite')
    log.warn('production on the embedded database', {
      reason: `Everything is in ${config.dataDir}, for this process alone. Back it up as docs/guides/install.md says: stop, copy the folder, start.`,
    });
}

/** Which key-encryption keys these are, for whoever compares them with the ones written down. */
function fingerprintsOf(config: Config) {
  const { current, next } = keksFrom(config);
  return { kek: current.fingerprint, ...(next ? { kekNext: next.fingerprint } : {}) };
}

/** A worker listens as well: its probes and metrics are asked like everybody's. */
async function listenOn(app: App, config: Config): Promise<string> {
  const url = await app.http.listen({ host: config.host, port: config.port });
  return url.replace('[::1]', '127.0.0.1');
}

function stopOnSignal(app: App, db: Db, log: Log): void {
  let stopping = false;
  const stop = (signal: string) => {
    if (stopping) process.exit(1);
    stopping = true;
    log.info('draining', { reason: signal });
    setTimeout(() => process.exit(1), DRAIN_MS).unref();
    app
      .stop()
      .then(() => db.close())
      .then(
        () => process.exit(0),
        error => {
          log.error('stop failed', { error: nameOf(error) });
          process.exit(1);
        },
      );
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
}

main().catch(error => {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(1);
});
