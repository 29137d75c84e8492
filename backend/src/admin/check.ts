import { APP_NAMES } from '../config/names.ts';
import { type Config, ConfigError, readConfig } from '../config.ts';
import { explain } from '../explain.ts';
import { systemClock } from '../kernel/clock.ts';
import { listAgencies } from '../modules/identity/index.ts';
import { type Db, demandServer, openDb, pendingMigrations, withSystem } from '../platform/db/index.ts';
import { createSmtpSender } from '../platform/egress/index.ts';
import { refuseDemoDatabase } from '../platform/feed/index.ts';
import { createVault, hasKek, keksFrom } from '../platform/vault/index.ts';
import { PROVIDERS } from '../providers/registry.ts';
import { type Command, DONE, type Env, FEATURES_OFF, REFUSED } from './command.ts';

/** `off`: it runs without this, and `says` names what people then cannot do. `fault`: it does not run, or must not run like this. */
type Line = { readonly what: string; readonly state: 'ok' | 'note' | 'off' | 'fault'; readonly says: string };

const SKEW_SECONDS = 10;

const line = (what: string, state: Line['state'], says: string): Line => ({ what, state, says });

/** What a mail server said, in words for whoever configured it. */
const MAIL_FAULTS: Readonly<Record<string, string>> = {
  unreached:
    'The server in ASTRIX_SMTP_URL does not answer. Check its host and port, and that no firewall is in between.',
  tls: 'The server in ASTRIX_SMTP_URL speaks no TLS that can be trusted. Use smtps:// for port 465 and smtp:// for 587, and the host name of its certificate.',
  'sign-in-refused':
    'The server refuses the user or password in ASTRIX_SMTP_URL. Percent-encode what is special in it.',
};

async function mailLine(config: Config): Promise<Line> {
  if (config.mail === null)
    return line(
      'Mail',
      'off',
      'Invitations and recovery are shown as a link to copy, and nobody gets security alerts. Set ASTRIX_SMTP_URL and ASTRIX_MAIL_FROM.',
    );
  const sender = createSmtpSender(config.mail.server);
  const reason = await sender.check();
  sender.close();
  if (reason === null)
    return line('Mail', 'ok', `${config.mail.server.host} takes mail from ${config.mail.from.address}.`);
  return line('Mail', 'fault', MAIL_FAULTS[reason] ?? `The server in ASTRIX_SMTP_URL answers with ${reason}.`);
}

/** Names of the providers that an app at this family connects. */
const providersOf = (app: string): string =>
  Object.values(PROVIDERS)
    .filter(({ manifest }) => JSON.stringify(manifest).includes(`"app":"${app}"`))
    .map(({ manifest }) => manifest.name)
    .join(', ');

function appLines(config: Config): Line[] {
  return APP_NAMES.map(name => {
    const app = name.toLowerCase();
    const found = config.appFor(app);
    if (found === null)
      return line(
        `App ${name}`,
        'off',
        `${providersOf(app)}: cannot be connected. Set ASTRIX_APP_${name}_ID and _SECRET (docs/providers).`,
      );
    if (name === 'AMAZON' && !config.sandboxUrl && !found.secret.reveal().includes(':'))
      return line(
        `App ${name}`,
        'fault',
        'ASTRIX_APP_AMAZON_SECRET must be <client id>:<client secret> of Login with Amazon (docs/providers/amazon-sp-api.md).',
      );
    return line(`App ${name}`, 'ok', `${providersOf(app)}.`);
  });
}

function addressLines(config: Config): Line[] {
  const production = config.environment === 'production';
  const lines = [
    config.publicUrl !== null || !production
      ? line('Public address', 'ok', config.publicUrl ?? 'this machine, outside of production')
      : line(
          'Public address',
          'off',
          'Nobody can join, recover or sign in by the browser, connecting by a sign-in at a provider is refused, and webhooks have no address. Set ASTRIX_PUBLIC_URL to https://<host>.',
        ),
  ];
  if (production && config.trustedProxies.length === 0)
    lines.push(
      line(
        'Proxy',
        'off',
        'Behind a proxy all people share its address, and one who guesses passwords locks all of them out. Set ASTRIX_TRUSTED_PROXIES to the address of the proxy.',
      ),
    );
  const secrets = config.appSecretsFor('whatsapp').length > 0;
  lines.push(
    secrets
      ? line('WhatsApp webhooks', 'ok', 'Deliveries are verified with the secret of the app.')
      : line('WhatsApp webhooks', 'off', 'Deliveries are answered with 503. Set ASTRIX_APP_META_SECRET.'),
  );
  lines.push(
    config.region === null
      ? line(
          'Region',
          'off',
          'Agencies are not told where their data lies. Set ASTRIX_REGION, such as: AWS ap-south-1 (Mumbai)',
        )
      : line('Region', 'ok', config.region),
  );
  if (config.metricsToken === null)
    lines.push(line('Monitoring', 'off', '/metrics answers nobody. Set ASTRIX_METRICS_TOKEN.'));
  return lines;
}

async function keyLine(db: Db, config: Config): Promise<Line> {
  const keks = keksFrom(config);
  const production = config.environment === 'production';
  if (!(await hasKek(db)))
    return line(
      'Key',
      'ok',
      `ASTRIX_KEK is ${keks.current.fingerprint}. The first start seals with it; keep a copy elsewhere.`,
    );
  await createVault({ db, keks, production }).open();
  const development = config.kek.development ? ' It is a key for development.' : '';
  return line('Key', 'ok', `ASTRIX_KEK is ${keks.current.fingerprint} and opens this database.${development}`);
}

async function agencyLine(db: Db): Promise<Line> {
  const agencies = await withSystem(db, 'operator', listAgencies);
  return agencies.length === 0
    ? line('Agency', 'off', 'Nobody can sign in. Make the agency and its owner: astrix-admin init')
    : line('Agency', 'ok', `${agencies.map(({ name }) => name).join(', ')}.`);
}

async function databaseLines(db: Db, config: Config): Promise<Line[]> {
  const facts = await demandServer(db, { url: config.databaseUrl, patienceMs: 0, waiting: () => undefined });
  const lines = [
    db.engine === 'pglite'
      ? line('Database', 'note', `Embedded in ${config.dataDir}, for one process.`)
      : line('Database', 'ok', `PostgreSQL, as ${facts.user}.`),
  ];
  if (facts.isSuperuser)
    lines.push(
      line(
        'Role',
        'fault',
        `${facts.user} is a superuser, whom row-level security does not hold back. Make a role of its own: create role astrix login createrole`,
      ),
    );
  const skew = Math.round(facts.clockAhead);
  if (db.engine !== 'pglite')
    lines.push(
      Math.abs(skew) > SKEW_SECONDS
        ? line(
            'Clock',
            'fault',
            `The clock of the database is ${skew} s ahead of this machine. Codes of authenticators fail. Turn on NTP on both.`,
          )
        : line('Clock', 'ok', 'This machine and the database agree.'),
    );
  const pending = await pendingMigrations(db);
  lines.push(
    pending.length === 0
      ? line('Migrations', 'ok', 'The database is up to date.')
      : line('Migrations', 'note', `${pending.length} are applied by the next start, or now: astrix-admin migrate`),
  );
  if (pending.length > 0) return lines;
  if (config.environment === 'production') await refuseDemoDatabase(db);
  return [...lines, await keyLine(db, config), await agencyLine(db)];
}

/** Every line stands, whatever another one says: what cannot be looked at is a line as well. */
async function linesOf(env: Env): Promise<Line[]> {
  let config: Config;
  try {
    config = readConfig(env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.faults.map(fault => line('Configuration', 'fault', fault));
  }
  const production = config.environment === 'production';
  const lines = [
    line('Node', 'ok', process.versions.node),
    production
      ? line('Environment', 'ok', 'production')
      : line(
          'Environment',
          'note',
          `${config.environment}: for this machine alone. Set ASTRIX_ENV=production for others.`,
        ),
  ];
  try {
    const db = await openDb({ url: config.databaseUrl, dataDir: config.dataDir, poolSize: 2, clock: systemClock });
    await databaseLines(db, config)
      .then(found => lines.push(...found))
      .finally(() => db.close());
  } catch (error) {
    lines.push(line('Database', 'fault', explain(error)));
  }
  const backups =
    config.databaseUrl === undefined
      ? 'Stop the backend, copy its data folder, start it again.'
      : 'Use pg_dump as an administrator of the server.';
  return [
    ...lines,
    ...addressLines(config),
    await mailLine(config),
    ...appLines(config),
    line(
      'Backups',
      'note',
      `They cannot be seen from here. ${backups} Keep ASTRIX_KEK apart from them (docs/guides/install.md).`,
    ),
  ];
}

const MARKS = { ok: 'ok    ', note: 'note  ', off: 'OFF   ', fault: 'FAULT ' } as const;

function summaryOf(lines: readonly Line[]): string {
  const [faults, off] = (['fault', 'off'] as const).map(state => lines.filter(one => one.state === state).length);
  if (faults! > 0) return `${faults} to mend before people use it.`;
  return off! > 0
    ? `It runs, and ${off} ${off === 1 ? 'thing is' : 'things are'} not configured.`
    : 'Everything is configured.';
}

export const check: Command = {
  name: 'check',
  summary: 'says what is configured, what is missing and what people cannot do without it; changes nothing',
  options: {},
  run: async env => {
    const lines = await linesOf(env);
    const width = Math.max(...lines.map(({ what }) => what.length)) + 2;
    const has = (state: Line['state']) => lines.some(one => one.state === state);
    return {
      text: [
        ...lines.map(({ what, state, says }) => `${MARKS[state]}${what.padEnd(width)}${says}`),
        '',
        summaryOf(lines),
      ].join('\n'),
      json: { lines },
      exitCode: has('fault') ? REFUSED : has('off') ? FEATURES_OFF : DONE,
    };
  },
};
