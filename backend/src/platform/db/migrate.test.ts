import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MIGRATED, openCopy, type TestDb } from '../../../test/databases.ts';
import { systemClock } from '../../kernel/clock.ts';
import { MIGRATIONS, migrate } from './migrate.ts';

let copy: TestDb;
let directory: string;
beforeEach(async () => {
  copy = await openCopy(MIGRATED, systemClock);
  directory = mkdtempSync(join(tmpdir(), 'astrix-migrations-'));
  cpSync(MIGRATIONS, directory, { recursive: true });
});
afterEach(async () => {
  rmSync(directory, { recursive: true, force: true });
  await copy.drop();
});

const writes = (name: string, text: string) => writeFileSync(join(directory, name), text);
const rowsOf = async (text: string) => (await copy.db.internals.query(text)).rows;

test('a migration may take as long as it needs, and a request may not', async () => {
  writes(
    '9990_limits.sql',
    `create table limits as select current_setting('statement_timeout') as statement, current_setting('lock_timeout') as lock;`,
  );
  expect(await migrate(copy.db, directory, { process: 1000, table: 2000 })).toEqual(['9990_limits.sql']);
  expect(await rowsOf('select * from limits')).toEqual([{ statement: '0', lock: '2s' }]);
  if (copy.db.engine === 'postgres')
    expect(await rowsOf('show statement_timeout')).toEqual([{ statement_timeout: '30s' }]);
});

test('a migration that fails changes nothing and runs again at the next start', async () => {
  writes('9990_two.sql', 'create table first_half (id int); select 1/0;');
  await expect(migrate(copy.db, directory)).rejects.toThrow('The migration 9990_two.sql failed: division by zero');
  expect(await rowsOf(`select to_regclass('first_half') as found`)).toEqual([{ found: null }]);
  writes('9990_two.sql', 'create table first_half (id int);');
  expect(await migrate(copy.db, directory)).toEqual(['9990_two.sql']);
  expect(await migrate(copy.db, directory)).toEqual([]);
});

test('a migration that was edited after it had been applied is refused', async () => {
  writes('9990_one.sql', 'create table one (id int);');
  await migrate(copy.db, directory);
  writes('9990_one.sql', 'create table other (id int);');
  await expect(migrate(copy.db, directory)).rejects.toThrow('was edited after it had been applied');
});

test('a database that is newer than this version is refused', async () => {
  writes('9990_one.sql', 'create table one (id int);');
  await migrate(copy.db, directory);
  await expect(migrate(copy.db)).rejects.toThrow('this version does not know (9990_one.sql)');
});

// The embedded database has one connection, so nobody else can hold a lock in it.
describe.skipIf(!process.env.ASTRIX_TEST_DATABASE_URL)('beside another process', () => {
  let other: pg.Client;
  beforeEach(async () => {
    other = new pg.Client({ connectionString: copy.url ?? '' });
    await other.connect();
    await other.query('begin');
  });
  afterEach(() => other.end());
  const waitsFor = (locktype: string) =>
    expect.poll(() => rowsOf(`select 1 from pg_locks where not granted and locktype = '${locktype}'`)).toHaveLength(1);

  test('that uses the table it gives up with the reason, and the next start goes on', async () => {
    await other.query('lock table messages in access share mode');
    writes('9990_column.sql', 'create table before_it (id int); alter table messages add column extra int;');
    await expect(migrate(copy.db, directory, { process: 60_000, table: 20 })).rejects.toThrow(
      'The migration 9990_column.sql waited 0.02 s for a table that is in use, and changed nothing. End the transaction that holds it (pg_stat_activity shows it), and start again.',
    );
    expect(await rowsOf(`select to_regclass('before_it') as found`)).toEqual([{ found: null }]);
    await other.query('rollback');
    expect(await migrate(copy.db, directory)).toEqual(['9990_column.sql']);
  });

  test('that migrates it waits for longer than a table may be waited for', async () => {
    await other.query('select pg_advisory_xact_lock(4700100)');
    writes('9990_one.sql', 'create table one (id int);');
    const applied = migrate(copy.db, directory, { process: 600_000, table: 1 });
    await waitsFor('advisory');
    await other.query('rollback');
    expect(await applied).toEqual(['9990_one.sql']);
  });

  test('that migrates and does not come to an end it says so', async () => {
    await other.query('select pg_advisory_xact_lock(4700100)');
    await expect(migrate(copy.db, directory, { process: 20, table: 60_000 })).rejects.toThrow(
      'for another process that is changing the database. Wait until that one is done, or stop it, and start again.',
    );
  });

  test('that starts at the same time one of the two applies it', async () => {
    writes('9990_one.sql', 'create table one (id int);');
    const both = await Promise.all([migrate(copy.db, directory), migrate(copy.db, directory)]);
    expect(both.flat()).toEqual(['9990_one.sql']);
  });
});
