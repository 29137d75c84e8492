import { getEventListeners } from 'node:events';
import { Writable } from 'node:stream';
import { COLLECTION_NAMES, type CollectionName, FIRST_COLLECTIONS, NO_PROFILE, SyncLine } from '@astrix/contract';
import type { FastifyReply } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createKit, type Kit, type Person } from '../../../test/kit/index.ts';
import { valuePayload } from '../../../test/world.ts';
import { newId } from '../../kernel/ids.ts';
import { type Actor, type TenantTx, withTenant } from '../../platform/db/index.ts';
import type { CollectionReaders } from '../../platform/feed/index.ts';
import { streamPull } from './pull.ts';

let kit: Kit;
let agent: Person;
beforeAll(async () => {
  kit = await createKit();
  const { accountId } = kit.world.agencies[0].clients[0];
  const quality = { display_phone_number: '1', event: 'DOWNGRADE', current_limit: 'TIER_1K' };
  await kit.world.deliver(valuePayload(accountId, quality, 'phone_number_quality_update'));
  const { settings, version } = await (await kit.as('owner')).call('agencies.settings');
  await (await kit.as('owner')).call('agencies.save-settings', { body: { ...settings, version } });
  for (const client of [0, 1, 2] as const) {
    const { conversationId } = await kit.customer({ client }).writes(`hello ${client}`);
    const owner = await kit.as('owner', { client });
    await owner.call('clients.save-profile', { body: { ...NO_PROFILE, version: 0 } });
    if (client === 2) continue;
    const person = await kit.as('agent', { client });
    await person.call('conversations.add-note', { params: { conversationId }, body: { noteId: newId(), text: 'x' } });
    await person.call('notifications.set-preference', { body: { muted: true, quietFrom: null, quietTo: null } });
  }
});
beforeEach(async () => {
  agent = await kit.as('agent');
});
afterAll(() => kit.close());

type Query = { since?: string; backfill?: string; collections?: string; backfillCollections?: string };
type Pulled = {
  readonly lines: SyncLine[];
  /** The ids that were sent as rows, by collection, in the order in which they were sent. */
  readonly rows: Readonly<Record<string, string[]>>;
  readonly cursor: string;
  readonly reset: boolean;
};

async function linesOf(person: Person, query: Query = {}): Promise<SyncLine[]> {
  const reply = await person.send('sync.pull', { query });
  if (reply.statusCode !== 200) throw new Error(`the pull was refused: ${reply.body}`);
  return reply.body
    .trim()
    .split('\n')
    .map(line => SyncLine.parse(JSON.parse(line)));
}

async function pull(person: Person, query: Query = {}): Promise<Pulled> {
  const lines = await linesOf(person, query);
  const [hello, end] = [lines[0], lines.at(-1)];
  if (hello?.t !== 'hello' || end?.t !== 'end') throw new Error('the pull does not begin with hello and end with end');
  return { lines, rows: rowsOf(lines), cursor: end.cursor, reset: hello.reset };
}

function rowsOf(lines: readonly SyncLine[]): Record<string, string[]> {
  const rows: Record<string, string[]> = {};
  for (const line of lines) if (line.t === 'rows') rows[line.c] = [...(rows[line.c] ?? []), ...line.rows.map(idOf)];
  return rows;
}
const idOf = (row: Readonly<Record<string, unknown>>) => String(row.id);
const namesOf = ({ lines }: Pulled) => [
  ...new Set(lines.flatMap(line => (line.t === 'rows' || line.t === 'gone' ? [line.c] : []))),
];
const all = COLLECTION_NAMES.join(',');
const muted = (person: Person, to: boolean) =>
  person.call('notifications.set-preference', { body: { muted: to, quietFrom: null, quietTo: null } });

describe('a pull that names collections', () => {
  test.each(COLLECTION_NAMES)('«%s» gets that one, whole, and nothing else', async name => {
    const whole = await pull(agent, { collections: all });
    const one = await pull(agent, { collections: name });
    expect(namesOf(one)).toEqual([name]);
    expect(one.rows[name]).toEqual(whole.rows[name]);
    expect(one.cursor).toBe(whole.cursor);
  });

  test('gets every one of several, in whatever order they are named', async () => {
    const named = await pull(agent, { collections: 'notes,clients' });
    expect(namesOf(named).sort()).toEqual(['clients', 'notes']);
    expect(await pull(agent, { collections: 'clients,notes,clients' })).toMatchObject({ rows: named.rows });
  });

  test('with no name gets none, and the same cursor', async () => {
    const none = await pull(agent, { collections: '' });
    expect(namesOf(none)).toEqual([]);
    expect(none.cursor).toBe((await pull(agent, { collections: all })).cursor);
  });

  test('F-22: passes over a name that the server does not know', async () => {
    const known = await pull(agent, { collections: 'notes' });
    const newer = await pull(agent, { collections: 'holograms,notes,toString,constructor' });
    expect(namesOf(newer)).toEqual(['notes']);
    expect(newer.rows).toEqual(known.rows);
  });

  test('gets only those of what changed since a cursor, and the cursor passes over the rest', async () => {
    const { cursor } = await pull(agent, { collections: all });
    const { messageId } = await kit.customer().writes('after the cursor');
    await muted(agent, false);
    const some = await pull(agent, { collections: 'messages', since: cursor });
    expect(some.rows).toEqual({ messages: [messageId] });
    expect(namesOf(await pull(agent, { collections: 'notificationPreferences', since: some.cursor }))).toEqual([]);
  });

  test.each(['notes;drop', 'notes messages', '../notes', 'x'.repeat(4001)])('refuses «%s»', async collections => {
    expect((await agent.refused('sync.pull', { query: { collections } })).code).toBe('invalid_request');
  });
});

describe('a pull that names none', () => {
  test('F-22: gets exactly what the first version kept', async () => {
    const first = await pull(agent);
    expect(namesOf(first).sort()).toEqual([...FIRST_COLLECTIONS].sort());
    expect(first.rows).toEqual((await pull(agent, { collections: FIRST_COLLECTIONS.join(',') })).rows);
  });

  test('F-22: the first version is what it was', () => {
    expect(FIRST_COLLECTIONS).toEqual([
      'clients',
      'people',
      'contacts',
      'conversations',
      'messages',
      'notes',
      'notificationPreferences',
    ]);
  });
});

describe('a backfill of a collection', () => {
  test('sends it whole, while the others go on from the cursor', async () => {
    const old = await pull(agent, { collections: 'clients,messages' });
    const { messageId } = await kit.customer().writes('after the cursor');
    await muted(agent, true);
    const whole = await pull(agent, { collections: all });
    const query = { since: old.cursor, collections: 'clients,messages,notes', backfillCollections: 'notes' };
    const filled = await pull(agent, query);
    expect(filled.reset).toBe(false);
    expect(filled.rows).toEqual({ notes: whole.rows.notes, messages: [messageId] });
    expect((await pull(agent, { since: filled.cursor, collections: all })).rows).toEqual({});
  });

  test('of one that changed since the cursor ends with the newest state of each row', async () => {
    const old = await pull(agent, { collections: 'messages' });
    await muted(agent, false);
    const query = { since: old.cursor, backfillCollections: 'notificationPreferences' };
    const { lines } = await pull(agent, { ...query, collections: 'messages,notificationPreferences' });
    const rows = lines.flatMap(line => (line.t === 'rows' && line.c === 'notificationPreferences' ? line.rows : []));
    const newest = new Map(rows.map(row => [row.id, row]));
    expect(newest.size).toBe(2);
    expect([...newest.values()].find(row => row.clientId === agent.clientId)).toMatchObject({ muted: false });
  });

  test('does not send what is not among the named collections, is unknown, or comes whole anyway', async () => {
    const { cursor } = await pull(agent, { collections: 'messages' });
    const other = { collections: 'messages', backfillCollections: 'notes,holograms' };
    expect(namesOf(await pull(agent, { since: cursor, ...other }))).toEqual([]);
    const whole = await pull(agent, { collections: 'notes', backfillCollections: 'notes' });
    expect(whole.rows.notes).toEqual([...new Set(whole.rows.notes)]);
  });

  test('AZ-06: holds only rows of clients that the person works on', async () => {
    const { cursor } = await pull(agent, { collections: 'clients' });
    const query = { since: cursor, collections: all, backfillCollections: all };
    const reach = kit.world.agencies[0].clients.slice(0, 2).map(({ id }) => id);
    const { lines } = await pull(agent, query);
    const seen = lines.flatMap(line => (line.t === 'rows' ? line.rows : [])).flatMap(row => row.clientId ?? []);
    expect(new Set(seen)).toEqual(new Set(reach));
  });

  test('beside a backfill of a client sends both whole', async () => {
    const old = await pull(agent, { collections: 'messages' });
    const whole = await pull(agent, { collections: all });
    const [, second] = kit.world.agencies[0].clients;
    const query = {
      since: old.cursor,
      collections: 'messages,notes',
      backfill: second.id,
      backfillCollections: 'notes',
    };
    const filled = await pull(agent, query);
    expect(new Set(filled.rows.notes)).toEqual(new Set(whole.rows.notes));
    const there = await kit.as('agent', { client: 1 });
    const [{ id: conversationId } = { id: '' }] = (await there.call('conversations.list')).conversations;
    const { messages } = await there.call('conversations.list-messages', { params: { conversationId } });
    expect(filled.rows.messages).toEqual(messages.map(({ id }) => id));
  });
});

describe('a stream that is cut', () => {
  /** More than two batches of the feed. */
  const COUNT = 1200;
  let owner: Person;
  const ownerActor = (): Actor => ({
    agencyId: kit.world.agencies[1].id,
    personId: owner.id,
    role: 'owner',
    sessionId: newId(),
    clientIds: 'all',
  });
  beforeAll(async () => {
    owner = await kit.as('owner', { agency: 1 });
    const { conversationId } = await kit.customer({ agency: 1 }).writes('many notes');
    const actor = ownerActor();
    await withTenant(kit.world.db, actor, async tx => {
      const now = kit.world.clock.now();
      const notes = Array.from({ length: COUNT }, (_, n) => ({
        agency_id: actor.agencyId,
        id: newId(),
        client_id: owner.clientId,
        conversation_id: conversationId,
        author_id: owner.id,
        text: `note ${n}`,
        created_at: now,
        seq: 1000 + n,
        expires_at: new Date(now.getTime() + 86_400_000),
      }));
      await tx.insertInto('notes').values(notes).execute();
    });
  });

  /** A console: it keeps what came before the last cursor of a stream, and drops nothing that it has. */
  function consoleOf(query: Query) {
    const kept = new Map<string, Record<string, unknown>>();
    const rowKey = (c: string, id: string) => `${c}/${id}`;
    return {
      kept,
      cursor: query.since,
      /** Takes the lines up to the one at `cut`, as a connection that breaks there would bring them. */
      take(lines: readonly SyncLine[], cut = lines.length) {
        for (const line of lines.slice(0, cut)) {
          if (line.t === 'rows') for (const row of line.rows) kept.set(rowKey(line.c, idOf(row)), row);
          if (line.t === 'gone') for (const id of line.ids) kept.delete(rowKey(line.c, id));
          if (line.t === 'cursor' || line.t === 'end') this.cursor = line.cursor;
        }
      },
    };
  }
  const stateOf = (kept: ReadonlyMap<string, unknown>) => [...kept.entries()].sort(([a], [b]) => (a < b ? -1 : 1));

  test('F-17: goes on from its last cursor wherever it was cut, and ends with the same rows', async () => {
    const query = { collections: all };
    const lines = await linesOf(owner, query);
    const whole = consoleOf({});
    whole.take(lines);
    expect(whole.kept.size).toBeGreaterThan(COUNT);
    expect(lines.filter(({ t }) => t === 'cursor').length).toBeGreaterThanOrEqual(3);
    for (let cut = 1; cut < lines.length; cut++) {
      const console = consoleOf({});
      console.take(lines, cut);
      const rest = await linesOf(owner, { ...query, ...(console.cursor ? { since: console.cursor } : {}) });
      console.take(rest);
      expect(stateOf(console.kept), `cut before line ${cut}`).toEqual(stateOf(whole.kept));
      expect(console.cursor).toBe(whole.cursor);
    }
  });

  test('leaves no listener behind, however often the reader was slow', async () => {
    const lines: string[] = [];
    let most = 0;
    const slow = new Writable({
      highWaterMark: 1,
      decodeStrings: false,
      write(line: string, _encoding, next) {
        lines.push(line);
        most = Math.max(most, getEventListeners(signal, 'abort').length);
        setImmediate(next);
      },
    });
    const { signal } = new AbortController();
    const before = getEventListeners(signal, 'abort').length;
    const readers = new Proxy({} as CollectionReaders, {
      get: () => async (_tx: TenantTx, ids: readonly string[]) => ids.map(id => ({ id })),
    });
    const reply = {
      hijack: () => undefined,
      raw: Object.assign(slow, { writeHead: () => undefined }),
      request: { id: 'x' },
    } as unknown as FastifyReply;
    const pull = { since: undefined, backfill: [], collections: COLLECTION_NAMES, backfillCollections: [] };
    await streamPull(kit.world.db, readers, ownerActor(), pull, reply, signal);
    expect(lines.length).toBeGreaterThan(5);
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ t: 'end' });
    expect(most).toBeLessThanOrEqual(before + 1);
    expect(getEventListeners(signal, 'abort').length).toBe(before);
  });

  test('F-17: during a backfill moves no cursor, so that the backfill is repeated whole', async () => {
    const { cursor } = await pull(owner, { collections: 'clients' });
    const { messageId } = await kit.customer({ agency: 1 }).writes('after the cursor');
    const query = { since: cursor, collections: 'clients,notes,messages', backfillCollections: 'notes' };
    const lines = await linesOf(owner, query);
    const firstCursor = lines.findIndex(({ t }) => t === 'cursor');
    const backfilled = rowsOf(lines.slice(0, firstCursor)).notes ?? [];
    expect(backfilled.length).toBeGreaterThanOrEqual(COUNT);
    expect(lines.slice(1, firstCursor).every(line => line.t === 'rows')).toBe(true);
    for (const cut of [2, 3, firstCursor]) {
      const console = consoleOf(query);
      console.take(lines, cut);
      expect(console.cursor).toBe(cursor);
      // Neither the cursor moved nor is the backfill known to be complete: the same request is made again.
      console.take(await linesOf(owner, query));
      const notes = [...console.kept.keys()].filter(key => key.startsWith('notes/'));
      expect(notes).toHaveLength(new Set(backfilled).size);
      expect(console.kept.has(`messages/${messageId}`)).toBe(true);
    }
  });
});

test('rows that are long are sent in several lines, each row once', async () => {
  const { cursor } = await pull(agent, { collections: 'messages' });
  const asha = kit.customer();
  const written: string[] = [];
  for (let n = 0; n < 20; n++) written.push((await asha.writes(`${n} ${'ग्राहक '.repeat(9000)}`)).messageId);
  const { lines, rows } = await pull(agent, { collections: 'messages', since: cursor });
  expect(rows.messages?.toSorted()).toEqual(written.toSorted());
  expect(Math.max(...lines.map(line => JSON.stringify(line).length))).toBeLessThan(1.1 * 1_048_576);
  expect(lines.filter(({ t }) => t === 'rows').length).toBeGreaterThan(1);
});

describe('a cursor', () => {
  test('of another database, or that nobody made, begins anew and says so', async () => {
    const { cursor } = await pull(agent, { collections: all });
    const [, ...rest] = cursor.split('.');
    for (const since of [`${newId()}.${rest.join('.')}`, 'x', `${cursor}0.1.2`.slice(0, 20)]) {
      const again = await pull(agent, { collections: 'clients', since });
      expect([again.reset, again.rows.clients?.length]).toEqual([true, 2]);
    }
  });

  test('after the last change answers nothing, and itself', async () => {
    const { cursor } = await pull(agent, { collections: all });
    const again = await pull(agent, { collections: all, since: cursor });
    expect(again.lines.map(({ t }) => t)).toEqual(['hello', 'end']);
    expect(again.cursor).toBe(cursor);
  });

  test('says in one line which rows are gone and which are there', async () => {
    const { cursor } = await pull(agent, { collections: all });
    const asha = kit.customer();
    await asha.writes('Hello');
    const since = await pull(agent, { collections: all, since: cursor });
    const names: CollectionName[] = ['contacts', 'conversations', 'messages'];
    expect(namesOf(since).sort()).toEqual(names);
    expect(since.lines.filter(({ t }) => t === 'gone')).toEqual([]);
  });
});
