import { parseArgs } from 'node:util';
import { type Config, readConfig } from '../config.ts';
import { UsageError, usageOf } from '../explain.ts';
import { systemClock } from '../kernel/clock.ts';
import { type AuditTrail, createAuditTrail } from '../platform/audit/index.ts';
import { type Db, demandServer, migrate, openDb } from '../platform/db/index.ts';
import { refuseDemoDatabase } from '../platform/feed/index.ts';
import { createVault, keksFrom, type Vault } from '../platform/vault/index.ts';

/** What a command did, for a person and for a program. */
export type Done = {
  readonly text: string;
  /** What `--json` prints. Holds no secret but the link of an invitation, which is the purpose of its command. */
  readonly json: Readonly<Record<string, unknown>>;
  readonly exitCode?: number;
};

export type Command = {
  readonly name: string;
  readonly summary: string;
  /** Options with a value, as they stand in the help: `email` → `--email <address>`. */
  readonly options: Readonly<Record<string, { readonly value: string; readonly says: string; readonly needed?: true }>>;
  readonly run: (env: Env, options: Readonly<Record<string, string | undefined>>) => Promise<Done>;
};

export type Env = Readonly<Record<string, string | undefined>>;

/** Everything worked. */
export const DONE = 0;
/** What was asked for was not done; one sentence says why. */
export const REFUSED = 1;
/** The command line is not one of ours. */
export const WRONG_USE = 2;
/** `check`: it runs, and something is not configured. */
export const FEATURES_OFF = 3;

export function helpOf({ name, summary, options }: Command): string {
  const lines = Object.entries(options).map(
    ([option, { value, says, needed }]) => `  --${option} <${value}>`.padEnd(30) + says + (needed ? '' : ' (optional)'),
  );
  return `astrix-admin ${name}: ${summary}\n${[...lines, '  --json'.padEnd(30).concat('print JSON')].join('\n')}\n`;
}

/** The options of one command. Throws UsageError with the help of the command. */
export function readOptions(command: Command, args: readonly string[]) {
  const help = helpOf(command);
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        json: { type: 'boolean' },
        help: { type: 'boolean' },
        ...Object.fromEntries(Object.keys(command.options).map(name => [name, { type: 'string' as const }])),
      },
    });
    const options = values as Readonly<Record<string, string | undefined>>;
    for (const [name, { needed }] of Object.entries(command.options))
      if (needed && !values.help && !options[name]?.trim()) throw new UsageError(`--${name} is missing.\n\n${help}`);
    return { options, json: values.json === true, help: values.help === true };
  } catch (error) {
    throw usageOf(error, help);
  }
}

export type Opened = { readonly config: Config; readonly db: Db; readonly vault: Vault; readonly audit: AuditTrail };

/** Runs `work` on the migrated database of this installation, with the vault open, and closes it. */
export async function onInstallation<T>(env: Env, work: (opened: Opened) => Promise<T>): Promise<T> {
  const config = readConfig(env);
  return await onDatabase(config, async db => {
    await migrate(db);
    const production = config.environment === 'production';
    if (production) await refuseDemoDatabase(db);
    const vault = createVault({ db, keks: keksFrom(config), production });
    await vault.open();
    return await work({ config, db, vault, audit: createAuditTrail(vault.namedKey('audit/v1')) });
  });
}

/** Runs `work` on the database as it is. */
export async function onDatabase<T>(config: Config, work: (db: Db) => Promise<T>): Promise<T> {
  const db = await openDb({ url: config.databaseUrl, dataDir: config.dataDir, poolSize: 2, clock: systemClock });
  try {
    await demandServer(db, { url: config.databaseUrl, patienceMs: 0, waiting: () => undefined });
    return await work(db);
  } finally {
    await db.close();
  }
}
