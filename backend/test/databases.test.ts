import { expect, test } from 'vitest';
import { manualClock } from '../src/kernel/clock.ts';
import { MIGRATED, openCopy } from './databases.ts';

test('what is written into one copy of a database is in no other, neither in one that is open nor in a later one', async () => {
  const clock = manualClock(new Date('2026-11-20T06:30:00.000Z'));
  const [first, beside] = [await openCopy(MIGRATED, clock), await openCopy(MIGRATED, clock)];
  await first.db.internals.script('create table written (n int); insert into written values (1); checkpoint');
  const later = await openCopy(MIGRATED, clock);
  const tables = async ({ db }: typeof first) =>
    (await db.internals.query(`select relname from pg_class where relname = 'written'`)).rows.length;
  expect([await tables(first), await tables(beside), await tables(later)]).toEqual([1, 0, 0]);
  for (const copy of [first, beside, later]) await copy.drop();
});
