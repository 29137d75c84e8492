import { RETENTION } from '@astrix/contract';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { declaredTables, withSystem } from '../../src/platform/db/index.ts';
import { holdLease } from '../../src/platform/loops/index.ts';
import { sweepOnce } from '../../src/platform/retention/index.ts';
import { createWorld, messagePayload, openTestDb, type World } from '../world.ts';

const DAY = 86_400;
let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const rowsOf = async (table: string): Promise<number> =>
  withSystem(world.db, 'telemetry', async tx => {
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from ${sql.table(table)}`.execute(tx);
    return rows[0]!.n;
  });
const authorized = async () => ({ authorization: `Bearer ${await world.tokenOf(world.agencies[0].people.owner)}` });
const deletedFrom = (results: readonly { table: string; deleted: number }[], table: string) =>
  results.find(result => result.table === table)?.deleted;

test('RT-00: the schedule has exactly the promised periods', () => {
  const seconds = Object.fromEntries(Object.values(RETENTION).map(entry => [entry.control, entry.seconds]));
  expect(seconds).toEqual({
    'RT-01': null,
    'RT-02': null,
    'RT-03': null,
    'RT-04': 30 * DAY,
    'RT-05': 30 * DAY,
    'RT-06': 86_400,
    'RT-07': 7200,
    'RT-08': 300,
    'RT-09': 14 * DAY,
    'RT-10': 180 * DAY,
    'RT-11': 366 * DAY,
    'RT-12': 35 * DAY,
    'RT-13': 90 * DAY,
  });
});

describe('RT-00, GV-01: a table declares what it holds, or the boot stops', () => {
  const table = (comment: string | null, columns = 'agency_id uuid not null, id uuid not null') => `
    create table stray (${columns}, primary key (agency_id, id));
    alter table stray enable row level security;
    alter table stray force row level security;
    ${comment === null ? '' : `comment on table stray is '${comment}';`}`;
  const declared = '{"tenancy":"agency","dataClass":"client-business","retention":"report-cache","audit":"none"}';

  test.each([
    ['nothing is declared', table(null), /declares neither tenancy/],
    [
      'a class that is not in the schedule',
      table(declared.replace('report-cache', 'for-ever')),
      /not a valid declaration/,
    ],
    ['an unknown data class', table(declared.replace('client-business', 'stuff')), /not a valid declaration/],
    ['a period, but no end in its rows', table(declared), /has no expires_at/],
    [
      'a tenant, but no RLS policies',
      `${table(declared, 'agency_id uuid not null, id uuid not null, expires_at timestamptz not null')}; alter table stray disable row level security`,
      /no row-level security/,
    ],
  ])('%s', async (_what, statements, fault) => {
    const { db, drop } = await openTestDb(world.clock);
    try {
      await expect(declaredTables(db)).resolves.toBeDefined();
      await db.internals.script(statements);
      await expect(declaredTables(db)).rejects.toThrow(fault);
    } finally {
      await drop();
    }
  });
});

test('RT-05: a message is there to the last second of its thirty days, and then not, swept or not', async () => {
  const [client] = world.agencies[0].clients;
  const sentAt = world.clock.now();
  const late = { id: 'wamid.retention', from: '919811199999', text: 'kept for thirty days', at: sentAt };
  await world.deliver(messagePayload(client.accountId, late));
  const url = `/v1/clients/${client.id}/conversations`;
  const seen = async () => (await world.inject({ url, headers: await authorized() })).json().conversations.length;
  expect(await seen()).toBe(1);
  // Signing in moves the clock by a code, so it is set by what is left.
  const left = (seconds: number) => world.clock.set(new Date(sentAt.getTime() + seconds * 1000));
  const headers = await authorized();
  left(30 * DAY - 900);
  const fresh = await authorized();
  left(30 * DAY - 1);
  expect((await world.inject({ url, headers: fresh })).json().conversations).toHaveLength(1);
  left(30 * DAY);
  expect((await world.inject({ url, headers: fresh })).json().conversations).toHaveLength(0);
  expect((await world.inject({ url, headers })).statusCode).toBe(401);
  expect(await rowsOf('messages')).toBe(1);

  await sweepOnce(world.db, world.metrics);
  for (const table of ['messages', 'conversations', 'contacts', 'contact_identities', 'webhook_events'])
    expect([table, await rowsOf(table)]).toEqual([table, 0]);

  // WH-08: what comes again after its life does not come back to life.
  await world.deliver(messagePayload(client.accountId, late));
  expect(await rowsOf('messages')).toBe(0);
});

test('RT-02, RT-08: tokens, challenges, failures and markers go when their time is over', async () => {
  const [client] = world.agencies[0].clients;
  world.clock.advance(301);
  await sweepOnce(world.db);
  await authorized();
  await world.deliver(
    messagePayload(client.accountId, { id: 'wamid.marked', from: '919811199998', text: 'hi', at: world.clock.now() }),
  );
  await world.inject({
    method: 'POST',
    url: '/v1/auth/sign-in',
    payload: {
      email: world.agencies[0].people.agent.email,
      password: 'not the password',
      device: { name: 'x', platform: 'linux', key: world.agencies[0].people.agent.deviceKey },
    },
  });
  for (const table of ['access_tokens', 'webhook_markers', 'sign_in_failures'])
    expect([table, (await rowsOf(table)) > 0]).toEqual([table, true]);
  world.clock.advance(299);
  expect(deletedFrom(await sweepOnce(world.db), 'webhook_markers')).toBe(0);
  world.clock.advance(2);
  expect(deletedFrom(await sweepOnce(world.db), 'webhook_markers')).toBe(1);
  world.clock.advance(2 * DAY);
  await sweepOnce(world.db);
  for (const table of ['access_tokens', 'sign_in_challenges', 'sign_in_failures'])
    expect([table, await rowsOf(table)]).toEqual([table, 0]);
});

test('RT-11: the audit of a day is kept for a year and a day, and the chain holds after it has gone', async () => {
  const { id } = world.agencies[0];
  const born = world.clock.now();
  await authorized();
  const ofThatDay = () =>
    withSystem(world.db, 'telemetry', async tx => {
      const until = new Date(born.getTime() + DAY * 1000);
      const rows = await tx
        .selectFrom('audit_log')
        .select('at')
        .where('at', '>=', born)
        .where('at', '<', until)
        .execute();
      return rows.length;
    });
  const written = await ofThatDay();
  expect(written).toBeGreaterThan(0);
  world.clock.set(new Date(born.getTime() + 365 * DAY * 1000));
  await sweepOnce(world.db);
  expect(await ofThatDay()).toBe(written);
  await authorized();
  world.clock.set(new Date(born.getTime() + 367 * DAY * 1000));
  await sweepOnce(world.db);
  expect(await ofThatDay()).toBe(0);
  const check = await withSystem(world.db, 'telemetry', tx => world.app.audit.verify(tx, id));
  expect(check).toMatchObject({ firstBad: null });
  expect(check.checked).toBeGreaterThan(0);
});

test('every table whose rows have an end is swept, and one that cannot be does not keep the others from it', async () => {
  const { db, drop } = await openTestDb(world.clock);
  try {
    const tables = (await declaredTables(db)).filter(declared => declared.expires).map(declared => declared.table);
    const swept = (await sweepOnce(db)).map(result => result.table);
    expect(swept.toSorted()).toEqual(tables.toSorted());
    // What goes with a row goes before it, so that no transaction is long.
    const inOrder = ['messages', 'conversations', 'contacts'];
    expect(swept.filter(table => inOrder.includes(table))).toEqual(inOrder);
    await db.internals.script('revoke delete on audit_log from astrix_system');
    await expect(sweepOnce(db)).rejects.toThrow('1 tables could not be swept');
  } finally {
    await drop();
  }
});

test('F-23, F-26: one process sweeps at a time, and another takes over when the lease of a dead one runs out', async () => {
  const [one, two] = ['01990000-0000-7a00-8000-000000000001', '01990000-0000-7a00-8000-000000000002'];
  expect(await holdLease(world.db, 'test', one, 300)).toBe(true);
  expect(await holdLease(world.db, 'test', two, 300)).toBe(false);
  expect(await holdLease(world.db, 'test', one, 300)).toBe(true);
  world.clock.advance(301);
  expect(await holdLease(world.db, 'test', two, 300)).toBe(true);
  expect(await holdLease(world.db, 'test', one, 300)).toBe(false);
});
