import { randomBytes, randomUUID } from 'node:crypto';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COLLECTION_NAMES } from '@astrix/contract';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { commandOf, messageIdOf } from '../testkit/commands.ts';
import { clientRow, conversationRow, id, messageRow } from '../testkit/rows.ts';
import { CacheError, type Command } from './api.ts';
import type { Connection } from './connection.ts';
import { type CacheEngine, createEngine } from './engine.ts';
import { openFile, quarantine } from './file.ts';
import { openCache, salvage } from './index.ts';
import { SCHEMA_VERSION } from './migrations.ts';

const NOW = Date.parse('2026-11-20T06:30:00.000Z');
const DAY = 86_400_000;
const KEY = randomBytes(32);
const PERSON = id('b00', 1);
const EXPIRES = new Date(NOW + 30 * DAY).toISOString();

let folder: string;
let path: string;
let db: Connection;
let cache: CacheEngine;
let wall: number;

const reopen = (): CacheEngine => {
  db = openFile(path, KEY);
  cache = createEngine(db, { wallClock: () => wall, newId: randomUUID });
  return cache;
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'astrix-cache-'));
  path = join(folder, 'cache.db');
  wall = NOW;
  reopen();
});
afterEach(() => {
  if (db.open) db.close();
  rmSync(folder, { recursive: true, force: true });
});

function fill(clients = 2, conversations = 3): void {
  const rows = Array.from({ length: clients }, (_, c) => c + 1);
  cache.beginPull({
    epoch: id('a00', 1),
    clientIds: rows.map(c => id('c00', c)),
    serverTime: new Date(NOW).toISOString(),
    reset: false,
    collections: COLLECTION_NAMES,
  });
  const all = rows.flatMap(c => Array.from({ length: conversations }, (_, i) => ({ c, n: c * 100 + i })));
  cache.apply({
    rows: [
      { c: 'clients', rows: rows.map(clientRow) },
      // Messages before their conversations, as the order of changes brings them.
      {
        c: 'messages',
        rows: all.map(({ c, n }) => messageRow(n, n, c, NOW - n * 1000, { text: `Where is order ${n}` })),
      },
      { c: 'conversations', rows: all.map(({ c, n }) => conversationRow(n, c, NOW - n * 1000)) },
    ],
    gone: [],
    cursor: 'e.1.1',
    done: true,
  });
}

const reply = (n: number, client: number, text = 'It comes tomorrow'): Command =>
  commandOf(
    'conversations.reply',
    { clientId: id('c00', client), conversationId: id('e00', n), text, replyToId: null, seenInboundId: id('100', n) },
    { createdAt: new Date(NOW + 1000).toISOString() },
  );

const inbox = (client: number, filter: 'open' | 'mine' | 'failed' | 'closed' | 'unassigned' = 'open') =>
  cache.inbox({ clientId: id('c00', client), filter, personId: PERSON, after: null, limit: 50 }).conversations;
const thread = (n: number, client: number) =>
  cache.thread({ clientId: id('c00', client), conversationId: id('e00', n), before: null, limit: 50 }).items;

describe('reading', () => {
  test('a client sees its own conversations, newest first, and nothing of another', () => {
    fill();
    expect(inbox(1).map(row => row.id)).toEqual([id('e00', 100), id('e00', 101), id('e00', 102)]);
    expect(inbox(2).every(row => row.clientId === id('c00', 2))).toBe(true);
    expect(cache.conversation({ clientId: id('c00', 2), conversationId: id('e00', 100) })).toBeNull();
    expect(thread(100, 2)).toEqual([]);
  });

  test('pages follow each other without a gap or a repetition', () => {
    fill(1, 25);
    const seen: string[] = [];
    for (let after: string | null = null, pages = 0; pages < 10; pages++) {
      const page = cache.inbox({ clientId: id('c00', 1), filter: 'open', personId: PERSON, after, limit: 4 });
      seen.push(...page.conversations.map(row => row.id));
      after = page.next;
      if (after === null) break;
    }
    expect(seen).toHaveLength(25);
    expect(new Set(seen).size).toBe(25);
  });

  test('a thread has the order of the server within one second, whatever order the rows arrive in and however it is paged', () => {
    fill(1, 1);
    const second = NOW + 60_000;
    const at = new Date(second + 300).toISOString();
    const note = { clientId: id('c00', 1), conversationId: id('e00', 100), authorId: PERSON, expiresAt: EXPIRES };
    const rows = [
      messageRow(205, 100, 1, second + 900, { text: 'five', seq: 6, direction: 'out', status: 'sent' }),
      messageRow(203, 100, 1, second, { text: 'three', seq: 4 }),
      messageRow(206, 100, 1, second, { text: 'six', seq: 7 }),
      messageRow(201, 100, 1, second, { text: 'one', seq: 2 }),
      messageRow(207, 100, 1, second + 1000, { text: 'seven', seq: 1 }),
    ];
    const notes = [
      { ...note, id: id('700', 4), text: 'four', createdAt: at, seq: 5 },
      { ...note, id: id('700', 2), text: 'two', createdAt: at, seq: 3 },
    ];
    const batch = { gone: [], cursor: null, done: false };
    cache.apply({ ...batch, rows: [{ c: 'messages', rows }] });
    cache.apply({ ...batch, rows: [{ c: 'notes', rows: notes }] });
    const words: string[] = [];
    for (let before: string | null = null, pages = 0; pages < 9; pages++) {
      const page = cache.thread({ clientId: id('c00', 1), conversationId: id('e00', 100), before, limit: 1 + pages });
      words.unshift(
        ...page.items.map(item =>
          item.type === 'message' ? item.message.text : item.type === 'note' ? item.note.text : '',
        ),
      );
      before = page.next;
      if (before === null) break;
    }
    expect(words).toEqual(['Where is order 100', 'one', 'two', 'three', 'four', 'five', 'six', 'seven']);
    cache.enqueue(reply(100, 1));
    expect(thread(100, 1).at(-1)?.type).toBe('pending');
  });

  test('a thread can be read from the middle in both directions, with the messages that a page answers elsewhere', () => {
    fill(1, 1);
    const at = (n: number) => new Date(NOW + n * 1000).toISOString();
    const rows = Array.from({ length: 9 }, (_, n) =>
      messageRow(210 + n, 100, 1, NOW + (n + 1) * 1000, { seq: n + 2, replyToId: n === 8 ? id('100', 210) : null }),
    );
    const foreign = messageRow(230, 999, 2, NOW, { seq: 1 });
    rows.push(messageRow(219, 100, 1, NOW + 10_000, { seq: 11, replyToId: foreign.id }));
    const note = { clientId: id('c00', 1), conversationId: id('e00', 100), authorId: PERSON, expiresAt: EXPIRES };
    const notes = [3, 6].map(n => ({ ...note, id: id('700', n), text: `note ${n}`, createdAt: at(n), seq: 100 + n }));
    const batch = { gone: [], cursor: null, done: false };
    cache.apply({ ...batch, rows: [{ c: 'messages', rows: [...rows, foreign] }] });
    cache.apply({ ...batch, rows: [{ c: 'notes', rows: notes }] });
    cache.enqueue(reply(100, 1));
    const of = { clientId: id('c00', 1), conversationId: id('e00', 100), limit: 4 };
    const keys = (page: ReturnType<typeof cache.thread>) =>
      page.items.map(item =>
        item.type === 'message' ? item.message.id : item.type === 'note' ? item.note.id : 'pending',
      );

    const newest = cache.thread({ ...of, before: null });
    expect(newest.newer).toBeNull();
    expect(newest.quoted.map(message => message.id)).toEqual([id('100', 210)]);
    const pages = [newest];
    while (pages[0]!.next !== null) pages.unshift(cache.thread({ ...of, before: pages[0]!.next }));
    const whole = pages.flatMap(keys);
    expect(whole).toHaveLength(14);

    const again = [pages[0]!];
    while (again.at(-1)!.newer !== null) again.push(cache.thread({ ...of, before: null, from: again.at(-1)!.newer }));
    expect(again.flatMap(keys)).toEqual(whole);
    expect(new Set(whole).size).toBe(whole.length);
    expect(whole.at(-1)).toBe('pending');
  });

  test('search shows the hits of one second as the thread has them, newest first', () => {
    fill(1, 1);
    const rows = [3, 1, 2].map(n => messageRow(300 + n, 100, 1, NOW + 60_000, { text: 'parcel', seq: n + 1 }));
    cache.apply({ rows: [{ c: 'messages', rows }], gone: [], cursor: null, done: false });
    const ids = (clientId: string | null) =>
      cache.search({ clientId, q: 'parcel', limit: 24 }).map(hit => hit.messageId);
    expect(ids(id('c00', 1))).toEqual([id('100', 303), id('100', 302), id('100', 301)]);
    expect(ids(null)).toEqual(ids(id('c00', 1)));
  });

  test('LC-06: what has expired does not come back, also when the clock of the machine is set back', () => {
    fill();
    wall = NOW + 31 * DAY;
    expect(inbox(1)).toEqual([]);
    expect(thread(100, 1)).toEqual([]);
    cache.beginPull({
      epoch: id('a00', 1),
      clientIds: [id('c00', 1), id('c00', 2)],
      serverTime: new Date(wall).toISOString(),
      reset: false,
      collections: COLLECTION_NAMES,
    });
    wall = NOW;
    expect(inbox(1)).toEqual([]);
    cache.close();
    reopen();
    expect(inbox(1)).toEqual([]);
    expect(cache.search({ clientId: id('c00', 1), q: 'order', limit: 10 })).toEqual([]);
  });

  test('LC-05: a key that the contract does not name is dropped before anything is written', () => {
    fill();
    const stuffed = { ...messageRow(7, 100, 1, NOW), buyerAddress: 'CANARY-12-MG-ROAD', accessToken: 'CANARY-TOKEN' };
    cache.apply({ rows: [{ c: 'messages', rows: [stuffed] }], gone: [], cursor: null, done: false });
    const stored = db
      .prepare('select json from messages')
      .all()
      .map(row => (row as { json: string }).json)
      .join('');
    expect(stored).not.toContain('CANARY');
    expect(stored).toContain('Message 7');
  });

  test('AU-08: a client that is taken away is gone at once, words included', () => {
    fill();
    cache.beginPull({
      epoch: id('a00', 1),
      clientIds: [id('c00', 2)],
      serverTime: new Date(NOW).toISOString(),
      reset: false,
      collections: COLLECTION_NAMES,
    });
    expect(cache.clients().map(client => client.id)).toEqual([id('c00', 2)]);
    expect(inbox(1)).toEqual([]);
    expect(cache.search({ clientId: null, q: 'order', limit: 50 }).every(hit => hit.clientId === id('c00', 2))).toBe(
      true,
    );
    expect(db.prepare('select count(*) as n from messages').get()).toEqual({ n: 3 });
  });
});

describe('search', () => {
  test('finds unfinished words, in English and in Hindi, within one client', () => {
    fill();
    cache.apply({
      rows: [{ c: 'messages', rows: [messageRow(8, 100, 1, NOW, { text: 'मेरा ऑर्डर कब तक आएगा?' })] }],
      gone: [],
      cursor: null,
      done: false,
    });
    expect(cache.search({ clientId: id('c00', 1), q: 'ऑर्ड', limit: 5 }).map(hit => hit.snippet)).toEqual([
      'मेरा \ue000ऑर्डर\ue001 कब तक आएगा?',
    ]);
    expect(cache.search({ clientId: id('c00', 2), q: 'ऑर्ड', limit: 5 })).toEqual([]);
    expect(cache.search({ clientId: id('c00', 1), q: 'ord', limit: 5 })).toHaveLength(3);
    expect(cache.search({ clientId: id('c00', 1), q: 'customer 101', limit: 5 })[0]).toMatchObject({
      messageId: null,
      contactName: 'Customer 101',
    });
  });

  test('SH-21: a text made to look like another client in the index is found by nobody but its own', () => {
    fill(3);
    // Letters and marks that one Unicode version knows and another cuts at, before the mark of each client.
    const cuts = ['\u{1e900}', 'a\u20dd', 'a\u{16e40}', '\u{10ec2}'];
    const texts = [1, 2, 3].flatMap(client =>
      cuts.map(cut => `hello ${cut}000${client}zebra ${cut}000${client} zebra`),
    );
    cache.apply({
      rows: [
        { c: 'messages', rows: texts.map((text, n) => messageRow(9000 + n, 101, 1, NOW + n, { text })) },
        { c: 'conversations', rows: [conversationRow(101, 1, NOW, { contactName: `${cuts[0]}0002zebra` })] },
      ],
      gone: [],
      cursor: null,
      done: false,
    });
    expect(cache.search({ clientId: id('c00', 1), q: 'zebra', limit: 50 }).length).toBeGreaterThan(0);
    for (const client of [2, 3])
      expect(cache.search({ clientId: id('c00', client), q: 'zebra', limit: 50 })).toEqual([]);
  });

  test('a long beginning finds the words that go on like it, and none that only begin alike', () => {
    fill();
    const texts = [
      'delivered at noon',
      'the delivery boy',
      'DELIVERING now',
      'डिलीवरी कब होगी',
      'डिलीवर्ड',
      'crème brûlée',
    ];
    cache.apply({
      rows: [
        {
          c: 'messages',
          rows: texts.map((text, n) => messageRow(9000 + n, 101, 1, NOW + n * 1000, { text })),
        },
      ],
      gone: [],
      cursor: null,
      done: false,
    });
    const found = (q: string, limit = 5) =>
      cache.search({ clientId: id('c00', 1), q, limit }).map(hit => hit.snippet.replaceAll(/[\ue000\ue001]/g, ''));
    expect(found('deliver')).toEqual(['DELIVERING now', 'the delivery boy', 'delivered at noon']);
    expect(found('delivere')).toEqual(['delivered at noon']);
    expect(found('the delivery')).toEqual(['the delivery boy']);
    expect(found('डिलीवरी')).toEqual(['डिलीवरी कब होगी']);
    expect(found('brulee')).toEqual(['crème brûlée']);
    expect(found('deliver', 1)).toEqual(['DELIVERING now']);
    expect(found('deliverers')).toEqual([]);
  });

  test('what a person types is never search syntax', () => {
    fill();
    for (const q of [
      '"',
      '*',
      'order OR 1',
      'NEAR(',
      'text:',
      '-',
      ')(',
      "'; drop table words; --",
      '\u0000',
      'order" *',
    ]) {
      expect(() => cache.search({ clientId: id('c00', 1), q, limit: 5 })).not.toThrow();
    }
  });
});

describe('outbox', () => {
  test('a reply is in the thread and in the list at once, and only once after it comes back by sync', () => {
    fill();
    const command = reply(101, 1);
    cache.enqueue(command);
    expect(inbox(1)[0]).toMatchObject({
      id: id('e00', 101),
      preview: 'It comes tomorrow',
      previewDirection: 'out',
      waiting: 1,
    });
    expect(thread(101, 1).at(-1)).toMatchObject({ type: 'pending', item: { id: command.id, state: 'waiting' } });
    const row = messageRow(900, 101, 1, NOW + 1000, {
      id: messageIdOf(command),
      direction: 'out',
      status: 'sent',
      text: 'It comes tomorrow',
    });
    cache.apply({ rows: [{ c: 'messages', rows: [row] }], gone: [], cursor: null, done: false });
    expect(thread(101, 1).filter(item => item.type === 'pending')).toEqual([]);
    cache.settle(command.id, { collection: 'messages', row });
    expect(thread(101, 1).map(item => item.type)).toEqual(['message', 'message']);
    expect(cache.outbox(null)).toEqual([]);
  });

  test('names the customer of a conversation, and leaves read marks out of every count', () => {
    fill();
    const [at] = inbox(1);
    const mark = { clientId: id('c00', 1), conversationId: at!.id, upToId: at!.lastInboundId! };
    cache.enqueue(commandOf('conversations.mark-read', mark));
    expect(cache.outbox(null)).toEqual([]);
    expect(inbox(1)[0]).toMatchObject({ id: at!.id, unread: 0, waiting: 0 });
    expect(cache.clients().map(client => client.waiting)).toEqual(cache.clients().map(() => 0));
    cache.enqueue(reply(102, 1));
    expect(cache.outbox(null)).toMatchObject([{ label: 'Reply', customer: 'Customer 102' }]);
    expect(cache.clients().find(client => client.id === id('c00', 1))?.waiting).toBe(1);
    expect(cache.nextCommands(10).map(command => command.write)).toContain('conversations.mark-read');
  });

  test('what the server sends in between does not undo what is waiting, and a refusal takes it back', () => {
    fill();
    const assign = commandOf(
      'conversations.assign',
      { clientId: id('c00', 1), conversationId: id('e00', 100), personId: PERSON },
      { createdAt: new Date(NOW).toISOString() },
    );
    cache.enqueue(assign);
    cache.apply({
      rows: [{ c: 'conversations', rows: [conversationRow(100, 1, NOW, { tags: ['vip'], version: 2 })] }],
      gone: [],
      cursor: null,
      done: false,
    });
    expect(inbox(1, 'mine')).toMatchObject([{ assigneeId: PERSON, tags: ['vip'] }]);
    cache.refuse(assign.id, { code: 'not_found', reason: 'No', next: 'Ask', newer: [] });
    expect(inbox(1, 'mine')).toEqual([]);
    expect(cache.conversation({ clientId: id('c00', 1), conversationId: id('e00', 100) })).toMatchObject({
      assigneeId: null,
      tags: ['vip'],
      refused: 1,
    });
  });

  test('commands of one conversation leave in order, one at a time; others do not wait for them', () => {
    fill();
    const [first, second, other] = [reply(100, 1), reply(100, 1), reply(101, 1)];
    for (const command of [first, second, other]) cache.enqueue(command);
    expect(cache.nextCommands(10).map(command => command.id)).toEqual([first.id, other.id]);
    cache.markSending(first.id);
    expect(cache.nextCommands(10).map(command => command.id)).toEqual([other.id]);
    cache.settle(first.id, null);
    expect(cache.nextCommands(10).map(command => command.id)).toEqual([second.id, other.id]);
  });

  test('LC-10: found under way at the start, a command is sent again with the same key', () => {
    fill();
    const command = reply(100, 1);
    cache.enqueue(command);
    cache.markSending(command.id);
    db.close();
    reopen();
    expect(cache.nextCommands(10)).toMatchObject([{ id: command.id, state: 'waiting', attempts: 1 }]);
  });

  test('retrying a refused reply is a new decision about the same message', () => {
    fill();
    const command = reply(100, 1);
    cache.enqueue(command);
    cache.refuse(command.id, {
      code: 'conversation_changed',
      reason: 'Newer',
      next: 'Read',
      newer: [messageRow(5, 100, 1, NOW)],
    });
    expect(cache.nextCommands(10)).toEqual([]);
    cache.retry({ clientId: id('c00', 1), id: command.id, changes: { seenInboundId: id('100', 5) } });
    const [again] = cache.nextCommands(10);
    expect(again?.args).toEqual({ ...command.args, seenInboundId: id('100', 5) });
    expect(again?.id).not.toBe(command.id);
  });

  test('SH-21: a command can be touched only by the client it was made for', () => {
    fill();
    const command = reply(100, 1);
    cache.enqueue(command);
    cache.discard({ clientId: id('c00', 2), id: command.id });
    expect(cache.outbox(null)).toHaveLength(1);
    cache.discard({ clientId: id('c00', 1), id: command.id });
    expect(cache.outbox(null)).toEqual([]);
    expect(cache.restore({ clientId: id('c00', 2), id: command.id })).toBeNull();
    expect(cache.outbox(null)).toEqual([]);
  });

  test('a discarded command comes back as it was, waiting or refused, and only once', () => {
    fill();
    const of = { clientId: id('c00', 1) };
    const [waiting, refused] = [reply(100, 1), reply(101, 1)];
    cache.enqueue(waiting);
    cache.enqueue(refused);
    cache.refuse(refused.id, { code: 'conversation_changed', reason: 'Changed', next: 'Read it', newer: [] });
    const before = cache.outbox(null);
    for (const command of [waiting, refused]) cache.discard({ ...of, id: command.id });
    expect(cache.outbox(null)).toEqual([]);
    for (const command of [waiting, refused]) cache.restore({ ...of, id: command.id });
    expect(cache.outbox(null)).toEqual(before);
    expect(cache.nextCommands(10).map(({ id: key }) => key)).toEqual([waiting.id]);
    expect(cache.restore({ ...of, id: waiting.id })).toMatchObject({ id: waiting.id });
    expect(cache.outbox(null)).toHaveLength(2);
  });

  test('a notice about an account is told once, when it is new, and not with the first pull', () => {
    const notice = {
      ...{
        id: id('900', 1),
        clientId: id('c00', 1),
        connectionId: id('f00', 1),
        provider: 'whatsapp',
        topic: 'account',
      },
      ...{ severity: 'stops', reason: 'Banned', next: 'Appeal', at: new Date(NOW).toISOString(), until: null },
    };
    const apply = (change: object) =>
      cache
        .apply({
          rows: [{ c: 'accountNotices', rows: [{ ...notice, endedAt: null, ...change }] }],
          ...{ gone: [], cursor: null, done: true },
        })
        .notices.map(one => one.id);
    expect(apply({})).toEqual([]);
    expect(apply({ id: id('900', 2) })).toEqual([id('900', 2)]);
    expect(apply({ id: id('900', 2), endedAt: new Date(NOW).toISOString() })).toEqual([]);
  });

  test('an epoch that changed takes the rows and leaves drafts and outbox', () => {
    fill();
    cache.enqueue(reply(100, 1));
    cache.setDraft({
      clientId: id('c00', 1),
      conversationId: id('e00', 101),
      text: 'half a sentence',
      replyToId: null,
    });
    cache.beginPull({
      epoch: id('a00', 2),
      clientIds: [id('c00', 1)],
      serverTime: new Date(NOW).toISOString(),
      reset: true,
      collections: COLLECTION_NAMES,
    });
    expect(cache.clients()).toEqual([]);
    expect(cache.syncState().cursor).toBeNull();
    expect(cache.outbox(null)).toHaveLength(1);
    expect(cache.draft({ clientId: id('c00', 1), conversationId: id('e00', 101) })?.text).toBe('half a sentence');
  });
});

describe('the file', () => {
  const failureOf = (work: () => unknown) => {
    try {
      work();
      return null;
    } catch (error) {
      return error instanceof CacheError ? error.failure : String(error);
    }
  };

  test('LC-03: nothing readable is on the disk, in any of the files beside it', () => {
    fill();
    cache.enqueue(reply(100, 1, 'CANARY-REPLY'));
    const bytes = readdirSync(folder)
      .map(name => readFileSync(join(folder, name)).toString('latin1'))
      .join('');
    for (const canary of ['CANARY-REPLY', 'Where is order', 'Customer 100', 'SQLite format', 'create table'])
      expect(bytes).not.toContain(canary);
  });

  test('LC-03: a wrong key is told from damage, and neither deletes anything', () => {
    fill();
    cache.close();
    expect(failureOf(() => openFile(path, randomBytes(32)))).toBe('not-a-database');
    expect(failureOf(() => openFile(path, null))).toBe('io');
    reopen();
    expect(inbox(1)).toHaveLength(3);
  });

  test('LC-09, F-16: damage anywhere is found or harmless, never a crash and never a foreign row', () => {
    fill(2, 40);
    cache.close();
    const good = readFileSync(path);
    const found = { opened: 0, refused: 0 };
    for (let n = 0; n < 30; n++) {
      const bad = Buffer.from(good);
      const at = Math.floor((n / 30) * bad.length);
      bad.set(randomBytes(16), Math.min(at, bad.length - 16));
      const copy = join(folder, `bad-${n}.db`);
      writeFileSync(copy, bad);
      const failure = failureOf(() => {
        const opened = openFile(copy, KEY);
        try {
          const engine = createEngine(opened, { wallClock: () => NOW, newId: randomUUID });
          engine.inbox({ clientId: id('c00', 1), filter: 'open', personId: PERSON, after: null, limit: 100 });
          opened.pragma('integrity_check');
          found.opened += 1;
        } finally {
          opened.close();
        }
      });
      if (failure !== null) {
        expect(failure).toMatch(/^(corrupt|not-a-database|io|SqliteError)/);
        found.refused += 1;
      }
    }
    expect(found.refused).toBeGreaterThan(5);
  });

  test('F-16: truncated, foreign and empty files are refused or begun anew', () => {
    fill(2, 40);
    cache.close();
    const half = join(folder, 'half.db');
    copyFileSync(path, half);
    truncateSync(half, Math.floor(readFileSync(path).length / 2));
    expect(['corrupt', 'not-a-database']).toContain(
      failureOf(() => {
        const opened = openFile(half, KEY);
        createEngine(opened, { wallClock: () => NOW, newId: randomUUID }).inbox({
          clientId: id('c00', 2),
          filter: 'open',
          personId: PERSON,
          after: null,
          limit: 100,
        });
        opened.pragma('integrity_check(1)');
        const rows = opened.prepare('select json from messages').all();
        opened.close();
        if (rows.length === 80) throw new Error('nothing was missing');
        throw new CacheError('corrupt', 'rows are missing');
      }),
    );
    const foreign = join(folder, 'foreign.db');
    writeFileSync(
      foreign,
      'this is a text file, not a database, and longer than a header of one hundred bytes so that it is looked at',
    );
    expect(failureOf(() => openFile(foreign, KEY))).toBe('not-a-database');
    const empty = join(folder, 'empty.db');
    writeFileSync(empty, '');
    const begun = openFile(empty, KEY);
    expect(begun.pragma('user_version', { simple: true })).toBe(SCHEMA_VERSION);
    begun.close();
  });

  test('a file of a newer console is refused and stays as it is', () => {
    fill();
    db.pragma('user_version = 990');
    cache.close();
    expect(failureOf(() => openFile(path, KEY))).toBe('file-newer');
    expect(readdirSync(folder)).toContain('cache.db');
  });

  test('F-12: a full disk refuses the new item and leaves what was there', () => {
    fill();
    cache.enqueue(reply(100, 1));
    const pages = Number(db.pragma('page_count', { simple: true }));
    db.pragma(`max_page_count = ${pages}`);
    const failure = failureOf(() => {
      for (let n = 0; n < 200; n++) cache.enqueue(reply(101, 1, 'x'.repeat(4000)));
    });
    expect(failure).toBe('disk-full');
    const kept = cache.outbox(null).length;
    expect(kept).toBeGreaterThanOrEqual(1);
    expect(inbox(1)).toHaveLength(3);
    db.pragma(`max_page_count = ${pages + 10_000}`);
    cache.enqueue(reply(102, 1));
    expect(cache.outbox(null)).toHaveLength(kept + 1);
  });

  test('what was queued is salvaged out of a file that is given up', () => {
    fill();
    const command = reply(100, 1);
    cache.enqueue(command);
    cache.close();
    expect(salvage(path, KEY)).toEqual([{ command, refusal: null }]);
    expect(salvage(path, randomBytes(32))).toEqual([]);
    const aside = quarantine(path, new Date(NOW));
    expect(readdirSync(folder).map(name => join(folder, name))).toContain(aside);
    expect(salvage(aside, KEY)).toEqual([{ command, refusal: null }]);
  });
});

test('the threads answer like the engine, and a failure keeps its kind', async () => {
  fill();
  cache.close();
  const threads = await openCache({ path, key: KEY });
  const command = reply(100, 1);
  await threads.enqueue(command);
  expect(await threads.outbox(null)).toMatchObject([{ id: command.id, state: 'waiting' }]);
  await threads.close();
  await expect(openCache({ path, key: randomBytes(32) })).rejects.toMatchObject({ failure: 'not-a-database' });
});
