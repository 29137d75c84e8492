import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Db } from './database.ts';

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

/**
 * Applies what is missing, each file in a transaction of its own, one process at a time. A stop in between loses nothing: the next
 * start goes on. Refuses a database that is newer than this code, and a migration that was edited after it had been applied.
 */
export async function migrate(db: Db, directory: string = MIGRATIONS): Promise<readonly string[]> {
  const migrations = readMigrations(directory);
  const engine = db.internals;
  await engine.script(
    `create table if not exists schema_migrations (name text primary key, checksum text not null, applied_at timestamptz not null default now());
     comment on table schema_migrations is '{"tenancy":"system","dataClass":"public","retention":"account","audit":"none"}';
     alter table schema_migrations enable row level security;`,
  );
  const done: string[] = [];
  for (const migration of migrations) {
    if (await applyOne(db, migration)) done.push(migration.name);
  }
  const { rows } = await engine.query('select name from schema_migrations');
  const known = new Set(migrations.map(migration => migration.name));
  const newer = rows.map(row => String(row.name)).filter(name => !known.has(name));
  if (newer.length > 0) {
    throw new Error(
      `The database has migrations this version does not know (${newer.join(', ')}). Run a newer version, or another database.`,
    );
  }
  return done;
}

/** The lock, the check and the file stand in one script, and so in one session: no other process can come between them. */
async function applyOne(db: Db, migration: Migration): Promise<boolean> {
  const engine = db.internals;
  const name = `'${migration.name}'`;
  const { rows } = await engine.query('select checksum from schema_migrations where name = $1', [migration.name]);
  const applied = rows[0]?.checksum;
  if (applied === migration.checksum) return false;
  if (applied !== undefined)
    throw new Error(`The migration ${migration.name} was edited after it had been applied. Write a new one instead.`);
  try {
    await engine.script(
      `begin;
       select pg_advisory_xact_lock(${LOCK});
       insert into schema_migrations (name, checksum) values (${name}, '${migration.checksum}');
       ${migration.text}
       commit;`,
    );
    return true;
  } catch (error) {
    await engine.script('rollback').catch(() => undefined);
    // 23505: another process applied it while this one waited for the lock.
    if ((error as { code?: string }).code === '23505') return false;
    throw new Error(`The migration ${migration.name} failed: ${(error as Error).message}`, { cause: error });
  }
}
