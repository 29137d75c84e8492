import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../src/kernel/ids.ts';
import { withSystem, withTenant } from '../../src/platform/db/index.ts';
import { type Change, FEED_START, type FeedPosition, readChanges } from '../../src/platform/feed/index.ts';
import { createWorld, type World } from '../world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld({ ASTRIX_ROLE: 'api' });
});
afterAll(() => world.close());

const owner = () => {
  const [agency] = world.agencies;
  return {
    agencyId: agency.id,
    personId: agency.people.owner.id,
    role: 'owner',
    sessionId: newId(),
    clientIds: 'all',
  } as const;
};

async function readAll(limit: number): Promise<Change[]> {
  const read: Change[] = [];
  let since: FeedPosition = FEED_START;
  for (;;) {
    const changes = await withTenant(world.db, owner(), tx => readChanges(tx, since, limit));
    if (changes.length === 0) return read;
    read.push(...changes);
    since = changes.at(-1)!;
  }
}

test('F-17: a reader that takes the feed in pieces of any size sees every change, in the order of the transactions', async () => {
  const [agency] = world.agencies;
  const given = ['3', '20', '100', '99', '9', '10'].map((xid, n) => ({ xid, id: newId(), seq: n + 1 }));
  await withSystem(world.db, 'demo-seed', async tx => {
    for (const { xid, id, seq } of given)
      await sql`insert into changes (agency_id, collection, row_id, client_id, op, xid, seq)
        values (${agency.id}, 'contacts', ${id}, ${agency.clients[0].id}, 'put', ${xid}::xid8, ${seq})`.execute(tx);
  });
  const whole = (await readAll(10_000)).map(change => change.rowId);
  for (const limit of [1, 2, 3, 5]) expect((await readAll(limit)).map(change => change.rowId)).toEqual(whole);
  const mine = given.map(change => change.id);
  expect(whole.filter(id => mine.includes(id))).toEqual(
    given.toSorted((a, b) => Number(a.xid) - Number(b.xid)).map(change => change.id),
  );
});
