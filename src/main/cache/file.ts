import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { shorten } from '@astrix/contract';
import Database from 'better-sqlite3-multiple-ciphers';
import { CacheError, type CacheFailure } from './api.ts';
import type { Connection } from './connection.ts';
import { MIGRATIONS, SCHEMA_VERSION } from './migrations.ts';

/** Everything that SQLite may put beside the file. */
const SIDE_FILES = ['', '-wal', '-shm', '-journal'];

/**
 * Opens the file with its key and brings it to this version. The key pragma comes first and once: any other order makes a file that
 * cannot be opened again. Throws CacheError with the kind of failure; never deletes anything.
 */
export function openFile(path: string, key: Uint8Array | null): Connection {
  if (path !== ':memory:' && existsSync(path) && statSync(path).size === 0) rmSync(path);
  const existed = path !== ':memory:' && existsSync(path);
  const db = classified(() => new Database(path));
  try {
    return classified(() => {
      unlock(db, path, key);
      // The first read is where a wrong key shows; the pragma itself never fails.
      db.prepare('select count(*) from sqlite_master').get();
      db.pragma('journal_mode = WAL');
      db.pragma('synchronous = NORMAL');
      db.pragma('temp_store = MEMORY');
      db.pragma('cache_size = -32000');
      db.pragma('wal_autocheckpoint = 2000');
      migrate(db, existed);
      return db;
    });
  } catch (error) {
    db.close();
    throw error;
  }
}

/** A second connection on a file that is open already: it only reads. */
export function openReader(path: string, key: Uint8Array | null): Connection {
  const db = classified(() => new Database(path, { readonly: true }));
  unlock(db, path, key);
  db.pragma('temp_store = MEMORY');
  db.pragma('cache_size = -32000');
  return db;
}

function unlock(db: Connection, path: string, key: Uint8Array | null): void {
  if (path === ':memory:') return;
  if (key === null || key.length !== 32) throw new CacheError('io', 'a cache on disk needs a key of 32 bytes');
  db.pragma("cipher = 'aegis'");
  db.pragma(`key = 'raw:${Buffer.from(key).toString('hex')}'`);
}

function migrate(db: Connection, existed: boolean): void {
  const version = Number(db.pragma('user_version', { simple: true }));
  if (version > SCHEMA_VERSION)
    throw new CacheError('file-newer', `the file has version ${version}, this console knows ${SCHEMA_VERSION}`);
  if (existed && version === 0 && db.prepare('select 1 from sqlite_master limit 1').get())
    throw new CacheError('not-a-database', 'the file has tables but no version');
  for (const migration of MIGRATIONS.filter(step => step.version > version)) {
    db.transaction(() => {
      db.exec(migration.sql);
      migration.run?.(db);
      db.pragma(`user_version = ${migration.version}`);
    })();
  }
}

const FAILURES: readonly (readonly [RegExp, CacheFailure])[] = [
  [/^SQLITE_NOTADB/, 'not-a-database'],
  [/^SQLITE_CORRUPT/, 'corrupt'],
  [/^SQLITE_(FULL|IOERR_WRITE)/, 'disk-full'],
  [/^ENOSPC/, 'disk-full'],
];

/** Turns what SQLite and the file system throw into the few kinds that have actions. */
export function failureOf(error: unknown): CacheError {
  if (error instanceof CacheError) return error;
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  const known = FAILURES.find(([pattern]) => pattern.test(code));
  return new CacheError(
    known?.[1] ?? 'io',
    error instanceof Error ? `${code || error.name}: ${shorten(error.message, 200)}` : 'unknown failure',
  );
}

export function classified<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw failureOf(error);
  }
}

/** Puts a broken file aside, so that it can be looked at, and makes room for a new one. Answers where it went. */
export function quarantine(path: string, now: Date): string {
  const aside = `${path}.quarantine-${now.toISOString().replaceAll(/[:.]/g, '-')}`;
  for (const suffix of SIDE_FILES) if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
  return aside;
}

/** Puts a file that was closed in an orderly way in the place of one that is gone. What that one left beside it must not be taken for its own. */
export function moveFile(from: string, to: string): void {
  for (const suffix of SIDE_FILES) rmSync(to + suffix, { force: true });
  renameSync(from, to);
}

/** Removes the file and everything beside it that was ever made of it, put aside or not. */
export function destroyFile(path: string): void {
  const folder = dirname(path);
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder))
    if (name.startsWith(basename(path)) && !name.endsWith('.keyed')) rmSync(join(folder, name), { force: true });
}
