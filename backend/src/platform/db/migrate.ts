import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Db } from './database.ts';
import type { Session } from './engines.ts';

export const MIGRATIONS = join(import.meta.dirname, '..', '..', '..', 'migrations');

const LOCK = 4_700_100;

type Migration = { readonly name: string; readonly text: string; readonly checksum: string };

export function readMigrations(directory: string = MIGRATIONS): Migration[] {
  return readdirSync(directory)
    .filter(name => /^\d{4}_[a-z_]+\.sql$/.test(name))
    .sort()
    .map(name => {
      const text = readFileSync(join(directory, name), 'utf8');
      return { name, text, checksum: createHash('sha256').update(text.replaceAll('\r\n', '\n')).digest('hex') };
    });
}

/** How long a migration waits for locks, in milliseconds. */
export type Waits = {
  /** For another process that is applying migrations: as long as a large index may take. */
  readonly process: number;
  /** For a table that somebody uses. While a migration waits, everybody who comes after it waits behind it. */
  readonly table: number;
};
const WAITS: Waits = { process: 30 * 60_000, table: 30_000 };

/**
 * Applies what is missing, each file in a transaction of its own, one process at a time. A stop in between loses nothing: the next
 * start goes on. Refuses a database that is newer than this code, and a migration that was edited after it had been applied. A
 * statement may take as long as it needs; waiting for a lock ends with a sentence about who holds it.
 */
export function migrate(db: Db, directory: string = MIGRATIONS, waits: Waits = WAITS): Promise<readonly string[]> {
  const migrations = readMigrations(directory);
  return db.internals.session(async session => {
    await alone(session, waits, 'The list of migrations', () => session.script(LIST));
    await refuseTemporaryTables(session);
    const done: string[] = [];
    for (const migration of migrations) {
      if (await applyOne(session, migration, waits)) done.push(migration.name);
    }
    const { rows } = await session.query('select name from schema_migrations');
    const known = new Set(migrations.map(migration => migration.name));
    const newer = rows.map(row => String(row.name)).filter(name => !known.has(name));
    if (newer.length > 0) {
      throw new Error(
        `The database has migrations this version does not know (${newer.join(', ')}). Run a newer version, or another database.`,
      );
    }
    return done;
  });
}

/**
 * Runs `work` while no other process migrates, for what makes its own tables. The embedded database belongs to one process anyway, and
 * its one connection is left to `work`.
 */
export function exclusively<T>(db: Db, what: string, work: () => Promise<T>): Promise<T> {
  return db.engine === 'pglite' ? work() : db.internals.session(session => alone(session, WAITS, what, work));
}

/** What the next start will apply. Changes nothing. */
export async function pendingMigrations(db: Db, directory: string = MIGRATIONS): Promise<readonly string[]> {
  const { rows } = await db.internals.query(`select to_regclass('public.schema_migrations') is not null as there`);
  const applied = rows[0]?.there === true ? (await db.internals.query('select name from schema_migrations')).rows : [];
  const done = new Set(applied.map(({ name }) => String(name)));
  return readMigrations(directory)
    .map(({ name }) => name)
    .filter(name => !done.has(name));
}

const LIST = `create table if not exists schema_migrations (name text primary key, checksum text not null, applied_at timestamptz not null default now());
  comment on table schema_migrations is '{"tenancy":"system","dataClass":"public","retention":"account","audit":"none"}';
  alter table schema_migrations enable row level security;`;

/**
 * PostgreSQL lets everybody make temporary tables, whose names can stand in for ours. The right belongs to the database and is not part of a
 * dump, so it is looked at whenever a process starts. Throws where it cannot be taken away.
 */
async function refuseTemporaryTables(session: Session): Promise<void> {
  const isAllowed = async () => {
    const { rows } = await session.query(
      `select current_database() as database, exists (
         select 1 from pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
         where d.datname = current_database() and a.grantee = 0 and a.privilege_type = 'TEMPORARY') as allowed`,
    );
    return rows[0]?.allowed === true ? String(rows[0].database) : null;
  };
  const database = await isAllowed();
  if (database === null) return;
  const name = `"${database.replaceAll('"', '""')}"`;
  await session.script(
    `begin; select pg_advisory_xact_lock(${LOCK}); revoke temporary on database ${name} from public; commit;`,
  );
  if ((await isAllowed()) !== null)
    throw new Error(
      `Everybody may make temporary tables in the database ${database}, and the role of the backend does not own it. As its owner, run: revoke temporary on database ${name} from public`,
    );
}

async function checksumOf(session: Session, name: string): Promise<unknown> {
  return (await session.query('select checksum from schema_migrations where name = $1', [name])).rows[0]?.checksum;
}

async function applyOne(session: Session, migration: Migration, waits: Waits): Promise<boolean> {
  const { name, checksum, text } = migration;
  const applied = await checksumOf(session, name);
  if (applied === checksum) return false;
  if (applied !== undefined)
    throw new Error(`The migration ${name} was edited after it had been applied. Write a new one instead.`);
  return alone(session, waits, `The migration ${name}`, async () => {
    // Another process may have applied it while this one waited.
    if ((await checksumOf(session, name)) !== undefined) return false;
    await session.query('insert into schema_migrations (name, checksum) values ($1, $2)', [name, checksum]);
    await session.script(text);
    return true;
  });
}

/** `lock_timeout`: somebody else has held the lock for too long. */
const LOCK_NOT_AVAILABLE = '55P03';
const secondsOf = (ms: number) => `${ms / 1000} s`;

/** Runs `work` in a transaction that no other process migrates beside. `what` begins the sentence about what went wrong. */
async function alone<T>(session: Session, waits: Waits, what: string, work: () => Promise<T>): Promise<T> {
  let locked = false;
  try {
    await session.script(
      `begin; set local lock_timeout = ${waits.process}; select pg_advisory_xact_lock(${LOCK}); set local lock_timeout = ${waits.table};`,
    );
    locked = true;
    const result = await work();
    await session.script('commit');
    return result;
  } catch (error) {
    await session.script('rollback').catch(() => undefined);
    const { code, message } = error as Error & { code?: string };
    if (code !== LOCK_NOT_AVAILABLE) throw new Error(`${what} failed: ${message}`, { cause: error });
    throw new Error(
      locked
        ? `${what} waited ${secondsOf(waits.table)} for a table that is in use, and changed nothing. End the transaction that holds it (pg_stat_activity shows it), and start again.`
        : `${what} waited ${secondsOf(waits.process)} for another process that is changing the database. Wait until that one is done, or stop it, and start again.`,
      { cause: error },
    );
  }
}
