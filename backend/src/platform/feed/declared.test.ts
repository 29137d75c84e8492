import { COLLECTIONS, type Collection } from '@astrix/contract';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openTestDb, START } from '../../../test/world.ts';
import { manualClock } from '../../kernel/clock.ts';
import { type Db, declaredTables } from '../db/index.ts';
import { demandFed } from './index.ts';

let db: Db;
let drop: () => Promise<void>;
beforeAll(async () => {
  ({ db, drop } = await openTestDb(manualClock(START)));
});
afterAll(() => drop());

const REAL = COLLECTIONS as unknown as Readonly<Record<string, Collection>>;
const check = async (collections = REAL) => demandFed(db, await declaredTables(db), collections);
const changed = (over: Partial<Record<keyof Collection, unknown>>) => ({
  ...REAL,
  notes: { ...REAL.notes, ...over } as Collection,
});

const FEED = 'create trigger notes_feed after insert or update or delete on notes for each row execute function';
/** The notes' feed as the migrations made it. */
const restored = `drop trigger if exists notes_feed on notes; ${FEED} astrix_feed('notes', 'id', 'client_id', '-')`;
beforeEach(() => db.internals.script(restored));

test('the collections of the contract agree with the tables that feed them', async () => {
  await expect(check()).resolves.toBeUndefined();
});

test.each([
  ['another scope', { scope: 'person' }, 'collection notes declares the scope person, but its table notes says client'],
  [
    'another data class',
    { dataClass: 'files-content', retention: 'temporary-file' },
    'collection notes declares the data class files-content, but its table notes says end-customer',
  ],
  [
    'another retention',
    { retention: 'temporary-file' },
    'collection notes declares the retention temporary-file, but its table notes says conversation',
  ],
  [
    'a retention class that does not cover the data class',
    { retention: 'account' },
    'collection notes is of class end-customer, which the retention class account does not cover',
  ],
  [
    'another audience',
    { audience: 'everyone' },
    'collection notes is for everyone, but the RLS policies of notes ask astrix_staff()',
  ],
  [
    'LC-05: a class that no device may hold',
    { dataClass: 'payment-metadata' },
    'collection notes is of class payment-metadata, which no device may hold',
  ],
])('%s stops the boot', async (_, over, fault) => {
  await expect(check(changed(over))).rejects.toThrow(`\n- ${fault}`);
});

test('AZ-05: a collection for the agency alone whose table lets everybody read stops the boot', async () => {
  const messages = { ...REAL.messages, audience: 'agency' } as Collection;
  await expect(check({ ...REAL, messages })).rejects.toThrow(
    'collection messages is for the audience agency, but the RLS policies of messages do not ask astrix_staff()',
  );
});

test('a collection that no table feeds, and a feed that no collection declares', async () => {
  const { notes, ...others } = REAL;
  await expect(check(others)).rejects.toThrow('table notes feeds notes, which no feature declares as a collection');
  await expect(check({ ...REAL, parcels: notes! })).rejects.toThrow(
    "no table feeds the collection parcels: attach astrix_feed('parcels', …) in a migration",
  );
});

test.each([
  [
    'a feed without deletes',
    'create trigger notes_feed after insert or update on notes for each row execute function astrix_feed',
    "('notes', 'id', 'client_id', '-')",
    'the feed of notes does not fire for every insert, update and delete',
  ],
  [
    'a feed that forgets the client',
    `${FEED} astrix_feed`,
    "('notes', 'id', '-', '-')",
    'collection notes declares the scope client, but its table notes says agency',
  ],
])('%s stops the boot', async (_, trigger, args, fault) => {
  await db.internals.script(`drop trigger notes_feed on notes; ${trigger}${args}`);
  await expect(check()).rejects.toThrow(fault);
});

test('two tables that feed one collection stop the boot', async () => {
  await db.internals.script(
    `create trigger second_feed after insert or update or delete on messages for each row execute function astrix_feed('notes', 'id', 'client_id', '-')`,
  );
  await expect(check()).rejects.toThrow('several tables feed the collection notes: messages, notes');
  await db.internals.script('drop trigger second_feed on messages');
});
