import { randomBytes } from 'node:crypto';
import { chmodSync, linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { isPrivateName, LOOPBACK_HOST } from './config/hosts.ts';
import { type MailConfig, readMail } from './config/mail.ts';
import { unknownNames } from './config/names.ts';
import { databaseUrlFault, proxyFaults, readPublicUrl } from './config/urls.ts';
import { type Secret, secret } from './kernel/secret.ts';

/** One sentence for each fault, all of them at once: what is wrong with which variable, and what to do. */
export class ConfigError extends Error {
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(`The configuration is not usable:\n${faults.map(fault => `- ${fault}`).join('\n')}`);
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

const port = z.coerce
  .number('must be a number')
  .int()
  .min(0, 'must be at least 0')
  .max(65_535, 'must be at most 65535');
const optionalText = z
  .string()
  .max(500)
  .optional()
  .transform(value => (value === '' ? undefined : value));

const Environment = z.object({
  DATABASE_URL: optionalText.refine(
    value => value === undefined || /^postgres(ql)?:\/\//.test(value),
    'must begin with postgres:// (leave it out to use the embedded database)',
  ),
  ASTRIX_ENV: z
    .enum(['production', 'development', 'test'], 'must be production, development or test')
    .default('development'),
  ASTRIX_ROLE: z.enum(['api', 'worker', 'all'], 'must be api, worker or all').default('all'),
  ASTRIX_HOST: z.string().max(255).default('127.0.0.1'),
  ASTRIX_PORT: port.default(4700),
  ASTRIX_DATA_DIR: z.string().min(1).max(500).default('data/backend'),
  ASTRIX_KEK: optionalText,
  ASTRIX_KEK_NEXT: optionalText,
  ASTRIX_DEMO: z.enum(['0', '1'], 'must be 0 or 1').default('0'),
  ASTRIX_METRICS_TOKEN: optionalText.refine(
    value => value === undefined || value.length >= 16,
    'must have at least 16 characters',
  ),
  ASTRIX_TRUSTED_PROXIES: z.string().max(500).default(''),
  ASTRIX_LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'], 'must be debug, info, warn, error or silent')
    .default('info'),
  ASTRIX_WHATSAPP_APP_SECRET: optionalText,
  ASTRIX_WHATSAPP_APP_SECRET_NEXT: optionalText,
  ASTRIX_WHATSAPP_VERIFY_TOKEN: optionalText,
  ASTRIX_SANDBOX_URL: optionalText.refine(
    value => value === undefined || /^http:\/\/127\.0\.0\.1:\d+$/.test(value),
    'may only name the provider sandbox on http://127.0.0.1:<port>',
  ),
  ASTRIX_SMTP_URL: optionalText,
  ASTRIX_REGION: optionalText.refine(
    value => value === undefined || value.trim().length <= 120,
    'must be at most 120 characters, such as: AWS ap-south-1 (Mumbai)',
  ),
  ASTRIX_MAIL_FROM: optionalText,
  ASTRIX_PUBLIC_URL: optionalText
    .refine(
      value => value === undefined || readPublicUrl(value) !== null,
      'must be https://<host> without a path, or http://127.0.0.1:<port>',
    )
    .transform(value => (value === undefined ? undefined : (readPublicUrl(value) ?? undefined))),
});

export type KekBytes = {
  readonly bytes: Secret<Buffer>;
  /** Made for development, or so well known that it protects nothing. */
  readonly development: boolean;
};

export type Config = {
  readonly environment: 'production' | 'development' | 'test';
  readonly role: 'api' | 'worker' | 'all';
  readonly databaseUrl: string | undefined;
  readonly dataDir: string;
  readonly host: string;
  readonly port: number;
  /** Key-encryption key, 32 bytes; two while they are rotated. */
  readonly kek: KekBytes;
  readonly kekNext: KekBytes | null;
  readonly demo: boolean;
  readonly metricsToken: Secret | null;
  readonly trustedProxies: readonly string[];
  readonly logLevel: string;
  /** The provider sandbox, which takes the place of every provider's host; null for the real ones. */
  readonly sandboxUrl: string | null;
  /** Where this backend is reached from outside, for providers that send people or events back; null for its own address. */
  readonly publicUrl: string | null;
  /** Where the data of this installation lies, in the operator's words; null where nobody has said it. */
  readonly region: string | null;
  /** The mail server and the sender that its mails name; null for an installation without mail. */
  readonly mail: MailConfig | null;
  /** Credentials of this installation's app at a family of providers, by its name in the manifests; null without one. */
  readonly appFor: (name: string) => ProviderAppConfig | null;
  /** What that app signs its webhooks with: two secrets during a rotation (WH-05). None refuses every delivery with 503 (WH-04). */
  readonly appSecretsFor: (name: string) => readonly Secret[];
  /** What proves a provider that registers an address of that app (WH-13); null without one. */
  readonly verifyTokenFor: (name: string) => Secret | null;
};

export type ProviderAppConfig = { readonly id: string; readonly secret: Secret; readonly nextSecret?: Secret };

/** The sandbox knows one app for all providers; real credentials are never shown to it. */
const SANDBOX_APP: ProviderAppConfig = { id: 'sandbox-client', secret: secret('sandbox-secret') };

const APP = /^ASTRIX_APP_([A-Z]+)_(ID|SECRET|SECRET_NEXT)$/;
const VERIFY_TOKEN = /^ASTRIX_APP_([A-Z]+)_VERIFY_TOKEN$/;

/** ASTRIX_APP_<NAME>_ID and _SECRET belong together: half of one would fail only when a person tries to connect. */
function readApps(
  env: Readonly<Record<string, string | undefined>>,
  faults: string[],
): Record<string, ProviderAppConfig> {
  const names = new Set(Object.keys(env).flatMap(name => (env[name] ? (APP.exec(name)?.[1] ?? []) : [])));
  const apps: Record<string, ProviderAppConfig> = {};
  for (const name of names) {
    const id = env[`ASTRIX_APP_${name}_ID`];
    const appSecret = env[`ASTRIX_APP_${name}_SECRET`];
    const next = env[`ASTRIX_APP_${name}_SECRET_NEXT`];
    if (!id || !appSecret)
      faults.push(
        `ASTRIX_APP_${name}_${id ? 'SECRET' : 'ID'} must be set as well: an id and a secret belong together.`,
      );
    else if (id.length > 300 || appSecret.length > 500 || (next?.length ?? 0) > 500)
      faults.push(`ASTRIX_APP_${name}_ID or _SECRET is longer than any provider gives them.`);
    else apps[name.toLowerCase()] = { id, secret: secret(appSecret), ...(next ? { nextSecret: secret(next) } : {}) };
  }
  return apps;
}

function readVerifyTokens(
  env: Readonly<Record<string, string | undefined>>,
  faults: string[],
): Readonly<Record<string, Secret>> {
  const tokens: Record<string, Secret> = {};
  for (const [name, value] of Object.entries(env)) {
    const app = VERIFY_TOKEN.exec(name)?.[1];
    if (!app || !value) continue;
    if (value.length > 500) faults.push(`${name} is longer than any provider accepts.`);
    else tokens[app.toLowerCase()] = secret(value);
  }
  return tokens;
}

/** Variables of the system before this one. Secrets found there would be forgotten in an environment for ever (VT-06). */
const LEGACY = /^(WHATSAPP|META|WABA)_.*(TOKEN|SECRET|KEY)$/;

/** Outside of production a development key seals and the demo may publish its passwords: nobody but this machine may reach that. */
function exposureFaults(value: z.output<typeof Environment>, nodeEnv: string | undefined): string[] {
  if (value.ASTRIX_ENV === 'production') return [];
  const faults: string[] = [];
  if (nodeEnv === 'production')
    faults.push(
      `ASTRIX_ENV must be production where NODE_ENV is production; it is ${value.ASTRIX_ENV}, which is also the value when it is not set.`,
    );
  if (!LOOPBACK_HOST.test(value.ASTRIX_HOST))
    faults.push(
      `ASTRIX_HOST must be 127.0.0.1 or ::1 while ASTRIX_ENV is ${value.ASTRIX_ENV}: only production listens to other machines.`,
    );
  if (value.ASTRIX_DEMO === '1' && value.ASTRIX_PUBLIC_URL?.startsWith('https:'))
    faults.push('ASTRIX_PUBLIC_URL must not name a public address with ASTRIX_DEMO: the demo publishes its passwords.');
  return faults;
}

/** Values that are published with the demo, the sandbox and the tests. */
const PUBLISHED: ReadonlySet<string> = new Set(['demo-app-secret', 'demo-verify-token', 'sandbox-secret']);
const APP_SECRET =
  /^ASTRIX_(?:WHATSAPP_APP|APP_[A-Z]+)_(?:SECRET|SECRET_NEXT)$|^ASTRIX_(?:WHATSAPP|APP_[A-Z]+)_VERIFY_TOKEN$/;
const MIN_SECRET = 16;

/** What protects nothing although it is set. */
function weaknessFaults(
  value: z.output<typeof Environment>,
  env: Readonly<Record<string, string | undefined>>,
): string[] {
  const faults: string[] = [];
  for (const [name, text] of Object.entries(env)) {
    if (!text || !APP_SECRET.test(name)) continue;
    if (PUBLISHED.has(text))
      faults.push(`${name} is a value of the demo, which is published. Set the one of your own app.`);
    else if (text.trim().length < MIN_SECRET)
      faults.push(`${name} must have at least ${MIN_SECRET} characters: anybody can guess a shorter one.`);
  }
  if (value.ASTRIX_TRUSTED_PROXIES.split(',').some(address => /\/0+$/.test(address.trim())))
    faults.push(
      'ASTRIX_TRUSTED_PROXIES must name your proxies: a network of all addresses lets every caller forge its own.',
    );
  if (value.DATABASE_URL && !isProtected(value.DATABASE_URL))
    faults.push(
      'DATABASE_URL must end with ?sslmode=verify-full (or require, verify-ca) for a database on another network: passwords and customers would cross it in the open.',
    );
  return faults;
}

/** Whether nobody on the way can read: this machine, a name without a dot (a private network of containers), or TLS. */
function isProtected(databaseUrl: string): boolean {
  const url = URL.parse(databaseUrl);
  if (url === null) return true;
  if (url.hostname === '' || isPrivateName(url.hostname)) return true;
  return ['require', 'verify-ca', 'verify-full'].includes(url.searchParams.get('sslmode') ?? '');
}

/** The only reader of the environment. Throws ConfigError with every fault; never prints a value. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const faults: string[] = [];
  for (const name of Object.keys(env)) {
    if (LEGACY.test(name))
      faults.push(
        `${name} is a credential of the old system. Remove it; channels keep their credentials sealed in the database.`,
      );
  }
  faults.push(...unknownNames(env, Object.keys(Environment.shape)));
  const parsed = Environment.safeParse(env);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) faults.push(`${issue.path.join('.')} ${issue.message}.`);
    throw new ConfigError(faults);
  }
  const value = parsed.data;
  const production = value.ASTRIX_ENV === 'production';
  if (production && !value.ASTRIX_KEK)
    faults.push('ASTRIX_KEK must be set in production: 32 random bytes in base64, kept outside the database.');
  if (production && value.ASTRIX_DEMO === '1')
    faults.push('ASTRIX_DEMO must not be 1 in production: the demo publishes its passwords.');
  if (production && value.ASTRIX_SANDBOX_URL)
    faults.push('ASTRIX_SANDBOX_URL must not be set in production: it names the provider sandbox.');
  if (production && value.ASTRIX_PUBLIC_URL?.startsWith('http:'))
    faults.push('ASTRIX_PUBLIC_URL must begin with https:// in production: providers send people back to it.');
  faults.push(...databaseUrlFault(value.DATABASE_URL), ...proxyFaults(value.ASTRIX_TRUSTED_PROXIES));
  // A worker and an api are two processes, and the embedded database belongs to one. Tests take an api alone.
  if (value.ASTRIX_ROLE !== 'all' && !value.DATABASE_URL && value.ASTRIX_ENV !== 'test')
    faults.push(
      `ASTRIX_ROLE must be all on the embedded database, which one process has to itself; it is ${value.ASTRIX_ROLE}. Name a PostgreSQL in DATABASE_URL to run several processes.`,
    );
  faults.push(...exposureFaults(value, env.NODE_ENV));
  if (production) faults.push(...weaknessFaults(value, env));
  const mail = readMail(value.ASTRIX_SMTP_URL, value.ASTRIX_MAIL_FROM, faults);
  const apps = readApps(env, faults);
  const verifyTokens = readVerifyTokens(env, faults);
  const given = givenKek('ASTRIX_KEK', value.ASTRIX_KEK, value.ASTRIX_DATA_DIR, faults);
  const next = givenKek('ASTRIX_KEK_NEXT', value.ASTRIX_KEK_NEXT, value.ASTRIX_DATA_DIR, faults);
  for (const [name, kek] of [
    ['ASTRIX_KEK', given],
    ['ASTRIX_KEK_NEXT', next],
  ] as const)
    if (production && kek?.development)
      faults.push(
        `${name} is a development key and does not protect production. Make one with: openssl rand -base64 32`,
      );
  if (given && next?.bytes.reveal().equals(given.bytes.reveal()))
    faults.push('ASTRIX_KEK_NEXT must be another key than ASTRIX_KEK: it is the one to change to.');
  if (faults.length > 0) throw new ConfigError(faults);
  const whatsapp = {
    secrets: [value.ASTRIX_WHATSAPP_APP_SECRET, value.ASTRIX_WHATSAPP_APP_SECRET_NEXT]
      .map(secretOrNull)
      .filter(one => one !== null),
    verifyToken: secretOrNull(value.ASTRIX_WHATSAPP_VERIFY_TOKEN),
  };
  const appFor = (name: string) => (value.ASTRIX_SANDBOX_URL ? SANDBOX_APP : (apps[name] ?? null));
  return {
    environment: value.ASTRIX_ENV,
    role: value.ASTRIX_ROLE,
    databaseUrl: value.DATABASE_URL,
    dataDir: value.ASTRIX_DATA_DIR,
    host: value.ASTRIX_HOST,
    port: value.ASTRIX_PORT,
    kek: given ?? { bytes: secret(developmentKek(value.ASTRIX_DATA_DIR)), development: true },
    kekNext: next,
    demo: value.ASTRIX_DEMO === '1',
    metricsToken: value.ASTRIX_METRICS_TOKEN ? secret(value.ASTRIX_METRICS_TOKEN) : null,
    trustedProxies: value.ASTRIX_TRUSTED_PROXIES.split(',')
      .map(item => item.trim())
      .filter(Boolean),
    logLevel: value.ASTRIX_LOG_LEVEL,
    sandboxUrl: value.ASTRIX_SANDBOX_URL ?? null,
    publicUrl: value.ASTRIX_PUBLIC_URL ?? null,
    region: value.ASTRIX_REGION?.trim() || null,
    mail,
    appFor,
    appSecretsFor: name => {
      const own = (of: string) => (of === 'whatsapp' ? whatsapp.secrets : secretsOf(appFor(of)));
      return firstOf(name, of => (own(of).length > 0 ? own(of) : null)) ?? [];
    },
    verifyTokenFor: name =>
      firstOf(name, of => (of === 'whatsapp' ? whatsapp.verifyToken : (verifyTokens[of] ?? null))),
  };
}

/**
 * WhatsApp is a product of the app at Meta. Its own variables come from before there was any other: an installation may have them instead of
 * ASTRIX_APP_META_*, or beside them for a second app that has WhatsApp alone. Each stands in for the other.
 */
const STANDS_IN: Readonly<Record<string, string>> = { whatsapp: 'meta', meta: 'whatsapp' };

const firstOf = <T>(name: string, find: (of: string) => T | null): T | null => {
  const other = STANDS_IN[name];
  return find(name) ?? (other === undefined ? null : find(other));
};

const secretsOf = (app: ProviderAppConfig | null): readonly Secret[] =>
  app ? [app.secret, ...(app.nextSecret ? [app.nextSecret] : [])] : [];

const secretOrNull = (text: string | undefined): Secret | null => (text ? secret(text) : null);

/** Stands in front of a key that was made for development, so that it is known wherever it is pasted. */
const DEVELOPMENT_MARK = 'development:';
const KEK_TEXT = /^[A-Za-z0-9+/_-]{43}=?$/;

function givenKek(name: string, text: string | undefined, dataDir: string, faults: string[]): KekBytes | null {
  if (text === undefined) return null;
  if (/\s/.test(text)) {
    faults.push(
      `${name} has blanks or a line end in it. Remove them: the key is the 43 or 44 characters that openssl rand -base64 32 prints, without anything around them.`,
    );
    return null;
  }
  const marked = text.startsWith(DEVELOPMENT_MARK);
  const encoded = marked ? text.slice(DEVELOPMENT_MARK.length) : text;
  const bytes = Buffer.from(encoded, 'base64');
  if (!KEK_TEXT.test(encoded) || bytes.length !== 32) {
    faults.push(`${name} must be 32 bytes in base64, such as the output of: openssl rand -base64 32`);
    return null;
  }
  const development = marked || isPattern(bytes) || readDevelopmentKek(dataDir)?.equals(bytes) === true;
  return { bytes: secret(bytes), development };
}

/** Steps of one size, such as 00…1f or one byte over and over, or text that somebody typed: no random key looks like that. */
function isPattern(bytes: Buffer): boolean {
  const step = (bytes[1]! - bytes[0]!) & 255;
  const isRun = bytes.every((byte, n) => byte === ((bytes[0]! + n * step) & 255));
  return isRun || bytes.every(byte => byte >= 0x20 && byte < 0x7f);
}

const developmentFile = (dataDir: string) => join(dataDir, 'development.kek');

function readDevelopmentKek(dataDir: string): Buffer | null {
  try {
    const text = readFileSync(developmentFile(dataDir), 'utf8').trim();
    const kept = Buffer.from(text.startsWith(DEVELOPMENT_MARK) ? text.slice(DEVELOPMENT_MARK.length) : text, 'base64');
    return kept.length === 32 ? kept : null;
  } catch (error) {
    if (
      !['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'ERR_ACCESS_DENIED'].includes(
        (error as NodeJS.ErrnoException).code ?? '',
      )
    )
      throw error;
    return null;
  }
}

/** Development only: a key made once and kept beside the data, so that a restart can open what it sealed. */
function developmentKek(dataDir: string): Buffer {
  const kept = readDevelopmentKek(dataDir);
  if (kept) {
    chmodSync(developmentFile(dataDir), 0o600);
    return kept;
  }
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  // A folder that was there keeps the rights it had.
  chmodSync(dataDir, 0o700);
  const made = randomBytes(32);
  const path = developmentFile(dataDir);
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${DEVELOPMENT_MARK}${made.toString('base64')}`, { mode: 0o600 });
  try {
    // All of it or nothing, and never over one that is there: two first starts agree on whoever came first.
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const other = readDevelopmentKek(dataDir);
    if (other) return other;
    // What was sealed with it would be lost with the file; whoever has a copy can still put it back.
    throw new ConfigError([
      `${path} is there and holds no key. Put the right one back, or remove the whole data directory.`,
    ]);
  } finally {
    unlinkSync(draft);
  }
  return made;
}
