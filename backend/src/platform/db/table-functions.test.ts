import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestDb, START } from '../../../test/world.ts';
import { type ManualClock, manualClock } from '../../kernel/clock.ts';
import { newId } from '../../kernel/ids.ts';
import { type Actor, type AnyTx, codeOf, type Db, declaredTables, withSystem, withTenant } from './index.ts';

let db: Db;
let clock: ManualClock;
let drop: () => Promise<void>;
const [agency, other] = [newId(), newId()];
const [client, foreign] = [newId(), newId()];
const [me, colleague] = [newId(), newId()];

const COLUMNS = {
  agency: '',
  client: 'client_id uuid not null,',
  person: 'client_id uuid not null, person_id uuid not null,',
} as const;
type Tenancy = keyof typeof COLUMNS;

const createTable = (name: string, tenancy: Tenancy, declared: string = tenancy) => `
  create table ${name} (
    agency_id uuid not null, ${COLUMNS[tenancy]} id uuid not null, text text not null default '', expires_at timestamptz not null,
    primary key (agency_id, id)
  );
  comment on table ${name} is '{"tenancy":"${declared}","dataClass":"end-customer","retention":"conversation","audit":"none"}';`;
const guard = (name: string, tenancy: Tenancy) =>
  `select astrix_${tenancy}_table('${name}', synced => '${name}', tenant => 'select, insert, update');`;

beforeAll(async () => {
  clock = manualClock(START);
  ({ db, drop } = await openTestDb(clock));
  for (const tenancy of Object.keys(COLUMNS) as Tenancy[])
    await db.internals.script(createTable(`made_${tenancy}`, tenancy) + guard(`made_${tenancy}`, tenancy));
});
afterAll(() => drop());

const asSystem = <T>(work: (tx: AnyTx) => Promise<T>) => withSystem(db, 'lease', work);
const asTenant = <T>(work: (tx: AnyTx) => Promise<T>, over: Partial<Actor> = {}) =>
  withTenant(
    db,
    { agencyId: agency, personId: me, role: 'agent', sessionId: newId(), clientIds: [client], ...over },
    work,
  );
const inDays = (days: number) => new Date(START.getTime() + days * 86_400_000);

/** Adds a row of the agency, client and person, and answers its id. */
async function add(
  tx: AnyTx,
  tenancy: Tenancy,
  { agencyId = agency, clientId = client, personId = me, expires = inDays(30) } = {},
): Promise<string> {
  const id = newId();
  const values = [
    sql`${agencyId}::uuid`,
    ...(tenancy === 'agency' ? [] : [sql`${clientId}::uuid`]),
    ...(tenancy === 'person' ? [sql`${personId}::uuid`] : []),
    sql`${id}::uuid`,
    sql`'x'`,
    sql`${expires}`,
  ];
  await sql`insert into ${sql.table(`made_${tenancy}`)} values (${sql.join(values)})`.execute(tx);
  return id;
}
const idsIn = async (tx: AnyTx, tenancy: Tenancy) => {
  const { rows } = await sql<{ id: string }>`select id from ${sql.table(`made_${tenancy}`)}`.execute(tx);
  return rows.map(({ id }) => id);
};
const refused = (work: Promise<unknown>) => work.then(() => null, codeOf);

describe.each(Object.keys(COLUMNS) as Tenancy[])('AZ-03: a table made by astrix_%s_table', tenancy => {
  test('passes the boot’s check of all tables', async () => {
    const tables = await declaredTables(db);
    expect(tables.find(({ table }) => table === `made_${tenancy}`)).toMatchObject({ tenancy, expires: true });
  });

  test('shows and changes only the rows of its tenant', async () => {
    const theirs = { agency: { agencyId: other }, client: { clientId: foreign }, person: { personId: colleague } }[
      tenancy
    ];
    const mine = await asSystem(tx => add(tx, tenancy));
    const foreignId = await asSystem(tx => add(tx, tenancy, theirs));
    await asSystem(tx => add(tx, tenancy, { agencyId: other }));
    expect(await asTenant(tx => idsIn(tx, tenancy))).toEqual([mine]);
    expect(await asTenant(tx => idsIn(tx, tenancy), { agencyId: newId() })).toEqual([]);
    const changed = await asTenant(async tx => {
      const { rows } = await sql<{
        id: string;
      }>`update ${sql.table(`made_${tenancy}`)} set text = 'y' returning id`.execute(tx);
      return rows.map(({ id }) => id);
    });
    expect(changed).toEqual([mine]);
    expect(await asSystem(tx => idsIn(tx, tenancy))).toContain(foreignId);
    expect(await refused(asTenant(tx => add(tx, tenancy, theirs)))).toBe('42501');
    expect(await refused(asTenant(tx => sql`delete from ${sql.table(`made_${tenancy}`)}`.execute(tx)))).toBe('42501');
    await asSystem(tx => sql`delete from ${sql.table(`made_${tenancy}`)}`.execute(tx));
  });

  test('hides a row from the moment it expires', async () => {
    const id = await asSystem(tx => add(tx, tenancy, { expires: inDays(1) }));
    expect(await asTenant(tx => idsIn(tx, tenancy))).toContain(id);
    clock.set(inDays(1));
    expect(await asTenant(tx => idsIn(tx, tenancy))).not.toContain(id);
    clock.set(START);
  });

  test('feeds its collection, with the client and the person of the row', async () => {
    const id = await asTenant(tx => add(tx, tenancy));
    const change = await asSystem(tx =>
      sql<
        Record<string, unknown>
      >`select collection, client_id, person_id, op from changes where row_id = ${id}::uuid`.execute(tx),
    );
    expect(change.rows).toEqual([
      {
        collection: `made_${tenancy}`,
        client_id: tenancy === 'agency' ? null : client,
        person_id: tenancy === 'person' ? me : null,
        op: 'put',
      },
    ]);
  });
});

test('rows from before the feed was attached are announced as well', async () => {
  const id = newId();
  await db.internals.script(
    `${createTable('made_later', 'client')}
     insert into made_later values ('${agency}', '${client}', '${id}', 'x', now() + interval '1 day');
     ${guard('made_later', 'client')}`,
  );
  const found = await asSystem(tx =>
    sql`select op from changes where row_id = ${id}::uuid and collection = 'made_later'`.execute(tx),
  );
  expect(found.rows).toEqual([{ op: 'put' }]);
});

test('a table that no console keeps has no feed, and a tenant only reads unless more is granted', async () => {
  await db.internals.script(`${createTable('made_quiet', 'agency')} select astrix_agency_table('made_quiet');`);
  const id = newId();
  await asSystem(tx =>
    sql`insert into made_quiet values (${agency}::uuid, ${id}::uuid, 'x', ${inDays(1)})`.execute(tx),
  );
  const changes = await asSystem(tx => sql`select 1 from changes where row_id = ${id}::uuid`.execute(tx));
  expect(changes.rows).toEqual([]);
  expect(await refused(asTenant(tx => sql`update made_quiet set text = 'y'`.execute(tx)))).toBe('42501');
});

test('a table whose comment declares another tenancy is refused', async () => {
  const wrong = db.internals.script(
    `${createTable('made_wrong', 'client', 'agency')} ${guard('made_wrong', 'client')}`,
  );
  await expect(wrong).rejects.toThrow('the comment of table made_wrong declares the tenancy agency, and not client');
  const silent = db.internals.script(
    `create table made_silent (agency_id uuid primary key); select astrix_agency_table('made_silent');`,
  );
  await expect(silent).rejects.toThrow('declares the tenancy of nobody, and not agency');
});
