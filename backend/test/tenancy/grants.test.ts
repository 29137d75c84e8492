import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { manualClock } from '../../src/kernel/clock.ts';
import { type Actor, type Db, migrate, withSystem, withTenant } from '../../src/platform/db/index.ts';
import { createWorld, openTestDb, START, type World } from '../world.ts';

let db: Db;
let drop: () => Promise<void>;
let world: World;
beforeAll(async () => {
  ({ db, drop } = await openTestDb(manualClock(START)));
  await migrate(db);
  world = await createWorld({ ASTRIX_ROLE: 'api' });
});
afterAll(async () => {
  await world.close();
  await drop();
});

const rowsOf = async (text: string): Promise<Record<string, unknown>[]> => (await db.internals.query(text)).rows;
const owner = (): Actor => {
  const [{ id, people }] = world.agencies;
  return { agencyId: id, personId: people.owner.id, role: 'owner', sessionId: id, clientIds: 'all' };
};

describe('AZ-03: names are looked up where we put them', () => {
  test('every function of ours has a fixed search path with temporary tables last', async () => {
    const functions = await rowsOf(
      `select p.proname as name, p.prosecdef as definer, array_to_string(p.proconfig, ';') as config
       from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'public'`,
    );
    expect(functions.length).toBeGreaterThan(10);
    for (const { name, config } of functions)
      expect(config, String(name)).toBe('search_path=pg_catalog, public, pg_temp');
  });

  test('every kind of connection has one too', async () => {
    const read = sql<{ path: string }>`select replace(current_setting('search_path'), ' ', '') as path`;
    const paths = [
      (await withTenant(world.db, owner(), tx => read.execute(tx))).rows[0]?.path,
      (await withSystem(world.db, 'telemetry', tx => read.execute(tx))).rows[0]?.path,
      (await world.db.internals.query(`select replace(current_setting('search_path'), ' ', '') as path`)).rows[0]?.path,
    ];
    expect(paths).toEqual(Array(3).fill('public,pg_temp'));
    const asked = `select 1 / (current_setting('search_path') ~ '^public, ?pg_temp$')::int`;
    await world.db.internals.statement({ name: 'asks-for-its-path', text: asked }, []);
  });

  test('no role of the backend may make a temporary table', async () => {
    for (const role of ['astrix_tenant', 'astrix_system']) {
      const [row] = await rowsOf(`select has_database_privilege('${role}', current_database(), 'temp') as may`);
      expect(row, role).toEqual({ may: false });
    }
    await expect(
      db.internals.script('begin; set local role astrix_tenant; create temporary table changes (x int); commit;'),
    ).rejects.toThrow(/permission denied/);
    await db.internals.script('rollback');
  });

  test('no role of the backend may make anything in the schema', async () => {
    for (const role of ['astrix_tenant', 'astrix_system']) {
      const [row] = await rowsOf(`select has_schema_privilege('${role}', 'public', 'create') as may`);
      expect(row, role).toEqual({ may: false });
    }
  });
});

/** Columns that a role may use in one way, as `table.column`. */
const columnsFor = async (role: string, right: 'select' | 'update') =>
  (
    await rowsOf(
      `select c.relname || '.' || a.attname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       where n.nspname = 'public' and c.relkind in ('r', 'p') and has_column_privilege('${role}', c.oid, a.attnum, '${right}')
       order by 1`,
    )
  ).map(({ name }) => String(name));
const tablesFor = async (role: string, right: string) =>
  (
    await rowsOf(
      `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname = 'public' and c.relkind in ('r', 'p') and has_table_privilege('${role}', c.oid, '${right}') order by 1`,
    )
  ).map(({ name }) => String(name));

describe('AZ-03: a tenant has the rights that its code uses', () => {
  test('it changes nothing that says whose a row is', async () => {
    const owners = (await columnsFor('astrix_tenant', 'update')).filter(name =>
      /\.(agency_id|id|client_id|person_id|vault_id)$/.test(name),
    );
    expect(owners).toEqual([]);
  });

  test('it reads no proof of a session, no sealed value and no key', async () => {
    const proofs = (await columnsFor('astrix_tenant', 'select')).filter(name =>
      /\.(salt|.*_hash|hash|.*sealed|envelope|wrapped|canary)$/.test(name),
    );
    // What a reply, a consent, a receipt and an act are compared with.
    expect(proofs).toEqual([
      'connect_attempts.receipt_hash',
      'connect_attempts.state_hash',
      'connection_acts.input_hash',
      'idempotency_keys.request_hash',
    ]);
  });

  test('it deletes from the tables on this list, and empties or references none', async () => {
    expect(await tablesFor('astrix_tenant', 'delete')).toEqual([
      'client_access',
      'idempotency_keys',
      'provider_denials',
      'switches',
    ]);
    for (const right of ['truncate', 'references', 'trigger'])
      for (const role of ['astrix_tenant', 'astrix_system']) expect(await tablesFor(role, right), right).toEqual([]);
  });

  test('where it may change a table it may change all of what is in the row, except on this list', async () => {
    const updatable = new Set(await columnsFor('astrix_tenant', 'update'));
    const narrow = (await columnsFor('astrix_tenant', 'select'))
      .filter(name => [...updatable].some(other => other.split('.')[0] === name.split('.')[0]))
      .filter(name => !updatable.has(name) && !/\.(agency_id|id|client_id|person_id|vault_id)$/.test(name))
      .map(name => name.split('.')[0]);
    expect([...new Set(narrow)]).toEqual(['client_access', 'clients', 'sessions', 'webhook_events']);
  });

  test('AL-02: it adds to the audit chain by one, and winds nothing back', async () => {
    await world.tokenOf(world.agencies[0].people.owner);
    const wind = (change: string) =>
      withTenant(world.db, owner(), tx => sql.raw(`update audit_heads set seq = ${change}`).execute(tx));
    for (const change of ['0', 'seq', 'seq - 1', 'seq + 2'])
      await expect(wind(change), change).rejects.toThrow(/by one/);
  });
});
