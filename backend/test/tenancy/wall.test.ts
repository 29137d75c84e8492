import type { Role } from '@astrix/contract';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Actor,
  codeOf,
  type SystemTx,
  type TenantTx,
  withSystem,
  withTenant,
} from '../../src/platform/db/index.ts';
import { createHouse, type House } from './house.ts';
import { columnsOf } from './ledger.ts';

let house: House;
let tables: Awaited<ReturnType<typeof columnsOf>>;
beforeAll(async () => {
  house = await createHouse({ ASTRIX_ROLE: 'api' });
  tables = await columnsOf(house.world.db);
});
afterAll(() => house.close());

/** Which clients each role of the first agency works on; `createWorld` gave them. */
const REACH: Readonly<Record<'owner' | 'manager' | 'agent' | 'client', readonly number[]>> = {
  owner: [0, 1, 2],
  manager: [0, 1],
  agent: [0, 1],
  client: [0],
};

function actorOf(role: keyof typeof REACH): Actor {
  const [agency] = house.world.agencies;
  const clientIds = role === 'owner' ? 'all' : REACH[role].map(c => agency.clients[c]!.id);
  return { agencyId: agency.id, personId: agency.people[role].id, role: role as Role, sessionId: agency.id, clientIds };
}

/** What the actor may see of a table, said by its columns alone and without asking any policy. */
function mine(table: (typeof tables)[number], actor: Actor) {
  const has = (column: string) => table.columns.includes(column);
  const client = table.table === 'clients' ? 'id' : has('client_id') ? 'client_id' : null;
  // In a table of the agency a row may be of one client or of one person, or of none; a connection may be of all clients.
  const orOfNone = (column: string) =>
    table.tenancy === 'agency' || OF_ALL_CLIENTS.includes(table.table) ? sql`${sql.ref(column)} is null` : sql`false`;
  const parts = [sql<boolean>`agency_id = ${actor.agencyId}::uuid`];
  if (actor.clientIds !== 'all') {
    const within = (column: string) =>
      sql`${sql.ref(column)} = any (${`{${(actor.clientIds as string[]).join(',')}}`}::uuid[])`;
    if (client) parts.push(sql`(${within(client)} or ${orOfNone(client)})`);
    // What belongs to a connection is its client's.
    else if (table.tenancy === 'client' && has('connection_id'))
      parts.push(
        sql`connection_id in (select c.id from connections c where c.client_id is null or ${within('c.client_id')})`,
      );
  }
  if (actor.role === 'client') parts.push(shownToStaffOfClient(table.table, actor));
  if (table.tenancy === 'person' || table.table === 'changes')
    parts.push(sql`(person_id = ${actor.personId}::uuid or ${orOfNone('person_id')})`);
  return sql<boolean>`(${sql.join(parts, sql` and `)})`;
}

/** What the contract says about the staff of a client: no notes, and of the people those of the agency and of the same clients. */
function shownToStaffOfClient(table: string, actor: Actor) {
  const clients = sql`${`{${(actor.clientIds as string[]).join(',')}}`}::uuid[]`;
  const people = sql`select m.person_id from memberships m where m.agency_id = ${actor.agencyId}::uuid and (m.role <> 'client'
    or m.person_id in (select a.person_id from client_access a where a.client_id = any (${clients})))`;
  if (table === 'notes') return sql<boolean>`false`;
  if (table === 'memberships') return sql<boolean>`person_id in (${people})`;
  if (table === 'changes')
    return sql<boolean>`(collection <> 'notes' and (collection <> 'people' or row_id in (${people})))`;
  return sql<boolean>`true`;
}

const guarded = () => tables.filter(table => table.columns.includes('agency_id'));
const count = async (tx: TenantTx | SystemTx, table: string, where = sql<boolean>`true`) => {
  const { rows } = await sql<{ n: number }>`select count(*) as n from ${sql.table(table)} where ${where}`.execute(tx);
  return rows[0]!.n;
};
/** Null where reading is not granted at all. */
const seenBy = (actor: Actor, table: string) =>
  withTenant(house.world.db, actor, tx => count(tx, table)).catch(error => {
    if (codeOf(error) !== WALL) throw error;
    return null;
  });
const asSystem = <T>(work: (tx: SystemTx) => Promise<T>) => withSystem(house.world.db, 'telemetry', work);

/** Not granted at all, or stopped by a policy: both are the wall. */
const WALL = '42501';
/** Full phone numbers, keys, what proves people, and how far an import has come: no tenant has any business there. */
const NOT_GRANTED = [
  'contact_identities',
  'enrolments',
  'import_cursors',
  'import_odd_rows',
  'invitations',
  'oidc_identities',
  'oidc_providers',
  'ownership_offers',
  'recoveries',
  'sign_in_codes',
  'team_clients',
  'team_people',
  'teams',
  'vault_agency_keys',
  'vault_data_keys',
  'vault_secrets',
];
/** A row without a client is of the whole agency, and seen by all of its people. */
const OF_ALL_CLIENTS = ['connections', 'connection_receipts'];
class Undo extends Error {}

/** Tries a statement without any filter, tells what it reached, and takes it back; null when it was not allowed at all. */
async function reached(actor: Actor, statement: ReturnType<typeof sql>, look?: (tx: TenantTx) => Promise<void>) {
  let n: number | null = null;
  await withTenant(house.world.db, actor, async tx => {
    const result = await statement.execute(tx);
    n = Number(result.numAffectedRows ?? 0);
    await look?.(tx);
    throw new Undo();
  }).catch(error => {
    if (error instanceof Undo) return;
    if (codeOf(error) !== WALL) throw error;
    n = null;
  });
  return n as number | null;
}

describe.each(Object.keys(REACH) as (keyof typeof REACH)[])(
  'AZ-03: statements of a forgetful %s, without any filter',
  role => {
    test('select and count reach exactly what is theirs, on every table', async () => {
      const actor = actorOf(role);
      for (const table of guarded()) {
        const expected = await asSystem(tx => count(tx, table.table, mine(table, actor)));
        const all = await asSystem(tx => count(tx, table.table));
        const seen = await seenBy(actor, table.table);
        expect(seen, table.table).toBe(NOT_GRANTED.includes(table.table) ? null : expected);
        // Without rows of others the wall would be proved by nothing.
        expect(all, `${table.table} holds rows of others`).toBeGreaterThan(expected);
      }
      expect(guarded().length).toBeGreaterThanOrEqual(17);
    });

    test('update and delete change nothing of anybody else, on every table', async () => {
      const actor = actorOf(role);
      for (const table of guarded()) {
        const name = sql.table(table.table);
        const theirs = sql<boolean>`not ${mine(table, actor)}`;
        const expected = await asSystem(tx => count(tx, table.table, mine(table, actor)));
        const others = await asSystem(tx => count(tx, table.table, theirs));
        const stillThere = async (tx: TenantTx) => {
          await sql`select set_config('role', 'astrix_system', true)`.execute(tx);
          expect(await count(tx, table.table, theirs), `${table.table}: rows of others`).toBe(others);
        };
        for (const statement of [sql`update ${name} set agency_id = ${actor.agencyId}`, sql`delete from ${name}`]) {
          const changed = await reached(actor, statement, stillThere);
          if (changed !== null) expect(changed, table.table).toBeLessThanOrEqual(expected);
        }
      }
    });

    test('a row for another agency, or for a client out of reach, is not taken in, on any table', async () => {
      const actor = actorOf(role);
      for (const table of guarded()) {
        const { rows } = await asSystem(tx =>
          sql<{
            row: string;
          }>`select to_jsonb(t)::text as row from ${sql.table(table.table)} t where not ${mine(table, actor)} limit 50`.execute(
            tx,
          ),
        );
        for (const { row } of rows) {
          const name = sql.table(table.table);
          const insert = sql`insert into ${name} overriding system value select * from jsonb_populate_record(null::${name}, ${row}::jsonb)`;
          // The audit chain takes in what happened at any client of the agency; who acted there was checked before.
          if (table.table === 'audit_log' && JSON.parse(row).agency_id === actor.agencyId) continue;
          expect(await reached(actor, insert), `${table.table} took in a row`).toBeNull();
        }
      }
    });

    test('nor can a row of theirs be given away', async () => {
      const actor = actorOf(role);
      for (const table of guarded()) {
        const given = sql`update ${sql.table(table.table)} set agency_id = ${house.world.agencies[1].id}`;
        const changed = await reached(actor, given);
        if (changed !== null) expect(changed, table.table).toBe(0);
      }
    });
  },
);

describe('AZ-03: without a tenant', () => {
  test('AZ-06: without a tenant no table has rows', async () => {
    const nobody: Actor = { ...actorOf('owner'), agencyId: '', personId: '' };
    for (const table of guarded()) expect((await seenBy(nobody, table.table)) ?? 0, table.table).toBe(0);
  });

  test('with an agency but no client there are none of any client, and of connections those of the whole agency', async () => {
    const lonely: Actor = { ...actorOf('agent'), clientIds: [] };
    for (const table of guarded().filter(({ tenancy }) => tenancy === 'client')) {
      const shared = await asSystem(tx => count(tx, table.table, mine(table, lonely)));
      expect((await seenBy(lonely, table.table)) ?? 0, table.table).toBe(shared);
      expect(shared > 0, table.table).toBe(
        /^webhook_endpoints$|^previews$|^connection(s$|_(health|receipts)$)/.test(table.table),
      );
    }
  });

  test('of the tables of the system a tenant reads none but the identity of the database', async () => {
    const readable: string[] = [];
    for (const { table } of tables.filter(({ columns }) => !columns.includes('agency_id'))) {
      const allowed = await seenBy(actorOf('owner'), table);
      if (allowed !== null) readable.push(table);
    }
    expect(readable).toEqual(['deployment']);
  });

  test('credentials of channels are not readable even where the channel is', async () => {
    for (const column of ['token_sealed', 'business_account_id'])
      await expect(
        withTenant(house.world.db, actorOf('owner'), tx => sql`select ${sql.ref(column)} from channels`.execute(tx)),
      ).rejects.toMatchObject({ code: WALL });
  });
});
