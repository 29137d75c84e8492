import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '@astrix/contract';
import Database from 'better-sqlite3-multiple-ciphers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ThreadItem } from '../../shared/ipc.ts';
import { conversationRow, id, messageRow } from '../testkit/rows.ts';
import { createEngine } from './engine.ts';
import { openFile } from './file.ts';
import { salvage } from './index.ts';
import { MIGRATIONS } from './migrations.ts';

/** 20 November 2026, 12:00 in India. */
const NOW = Date.parse('2026-11-20T06:30:00.000Z');
const KEY = Buffer.alloc(32, 7);
const at = new Date(NOW).toISOString();
const CLIENT = id('c00', 1);
const CONVERSATION = id('e00', 100);
const PERSON = id('b00', 1);
const MESSAGE = id('100', 7);

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'astrix-upgrade-'));
  path = join(folder, 'cache.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const common = { clientId: CLIENT, conversationId: CONVERSATION, createdAt: at };
/** One of each kind, in the shape in which the first version kept it. */
const FIRST = [
  { kind: 'reply', messageId: MESSAGE, text: 'Kal aa jayega 🙏', replyToId: null, seenInboundId: id('100', 100) },
  { kind: 'note', noteId: id('200', 1), text: 'Called back', authorId: PERSON },
  { kind: 'assign', personId: PERSON },
  { kind: 'tags', add: ['vip'], remove: ['old'] },
  { kind: 'snooze', until: null },
  { kind: 'status', status: 'open' },
  { kind: 'read', upToId: id('100', 100) },
  { kind: 'optOut', contactId: id('f00', 100), optedOut: true, reason: 'Asked to stop' },
].map((command, n) => ({ ...command, ...common, id: id('d00', n) }));

/** A file as the first version left it: rows in its own tables, a draft, and writes that nobody had taken. */
function firstFile(commands: readonly { readonly id: string; readonly kind: string }[]): void {
  const db = new Database(path);
  db.pragma("cipher = 'aegis'");
  db.pragma(`key = 'raw:${KEY.toString('hex')}'`);
  db.exec(MIGRATIONS[0]!.sql);
  db.pragma('user_version = 10');
  const row = conversationRow(100, 1, NOW);
  const contact = { id: id('f00', 100), clientId: CLIENT, name: 'Kavya', expiresAt: row.expiresAt };
  db.prepare('insert into client_keys (ordinal, id) values (1, ?)').run(CLIENT);
  db.prepare('insert into conversation_keys (k, id, ordinal) values (1, ?, 1)').run(CONVERSATION);
  db.prepare(
    'insert into conversations (k, ordinal, status, last_at, unread, failed, expires_at, json) values (1, 1, ?, ?, 0, 0, ?, ?)',
  ).run('open', NOW, Date.parse(row.expiresAt), JSON.stringify(row));
  const message = db.prepare('insert into messages (r, id, k, sent_at, expires_at, json) values (?, ?, 1, ?, ?, ?)');
  for (const n of [1, 2]) {
    const { seq: _seq, content: _content, fromPhone: _from, ...kept } = messageRow(n, 100, 1, NOW);
    message.run(n, kept.id, NOW, Date.parse(row.expiresAt), JSON.stringify(kept));
  }
  const note = { id: id('200', 9), clientId: CLIENT, conversationId: CONVERSATION, authorId: PERSON, text: 'Noted' };
  db.prepare('insert into notes (r, id, k, created_at, expires_at, json) values (3, ?, 1, ?, ?, ?)').run(
    note.id,
    NOW + 5000,
    Date.parse(row.expiresAt),
    JSON.stringify({ ...note, createdAt: new Date(NOW + 5000).toISOString(), expiresAt: row.expiresAt }),
  );
  db.prepare('insert into people (id, json) values (?, ?)').run(
    PERSON,
    JSON.stringify({ id: PERSON, name: 'Asha', active: true }),
  );
  db.prepare('insert into preferences (ordinal, id, json) values (1, ?, ?)').run(
    id('900', 1),
    JSON.stringify({ id: id('900', 1), clientId: CLIENT, muted: true }),
  );
  db.prepare('insert into contacts (id, ordinal, expires_at, json) values (?, 1, ?, ?)').run(
    contact.id,
    Date.parse(contact.expiresAt),
    JSON.stringify(contact),
  );
  db.prepare('insert into drafts (conversation_id, client_id, text, updated_at) values (?, ?, ?, ?)').run(
    CONVERSATION,
    CLIENT,
    'Half a thou',
    at,
  );
  const set = db.prepare('insert into meta (key, value) values (?, ?)');
  for (const [key, value] of [
    ['cursor', 'e.5.1'],
    ['epoch', id('a00', 1)],
    ['client_ids', JSON.stringify([CLIENT])],
  ])
    set.run(key, value);
  const add = db.prepare(
    'insert into outbox (id, client_id, conversation_id, kind, state, attempts, created_at, command, refusal) values (?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  for (const command of commands)
    add.run(
      command.id,
      CLIENT,
      CONVERSATION,
      command.kind,
      command.kind === 'assign' ? 'refused' : 'waiting',
      2,
      at,
      JSON.stringify(command),
      command.kind === 'assign' ? JSON.stringify({ code: 'not_found', title: 'No', next: 'Ask', newer: [] }) : null,
    );
  db.close();
}

test('F-22: a cache of the first version opens with its rows, its drafts and everything that was queued', () => {
  firstFile(FIRST);
  const db = openFile(path, KEY);
  const engine = createEngine(db, { wallClock: () => NOW, newId });
  expect(engine.syncState()).toMatchObject({ cursor: 'e.5.1', clientIds: [CLIENT] });
  expect(engine.draft({ clientId: CLIENT, conversationId: CONVERSATION })?.text).toBe('Half a thou');
  const { items: shown } = engine.thread({ clientId: CLIENT, conversationId: CONVERSATION, before: null, limit: 10 });
  expect(shown.map(item => ThreadItem.parse(item)).slice(0, 3)).toMatchObject([
    { message: { text: 'Message 1', seq: 1 } },
    { message: { text: 'Message 2', seq: 2 } },
    { note: { text: 'Noted', seq: 1 } },
  ]);
  const of = { status: null, after: null, limit: 10 };
  expect(engine.rows({ collection: 'people', clientId: null, ...of }).rows).toMatchObject([{ name: 'Asha' }]);
  expect(engine.rows({ collection: 'notificationPreferences', clientId: CLIENT, ...of }).rows).toMatchObject([
    { muted: true },
  ]);
  expect(engine.row({ collection: 'contacts', clientId: CLIENT, id: id('f00', 100) })).toMatchObject({ name: 'Kavya' });

  const items = engine.outbox(null);
  expect(items.map(({ id: key, write, state }) => [key, write, state])).toEqual([
    [id('d00', 0), 'conversations.reply', 'waiting'],
    [id('d00', 1), 'conversations.add-note', 'waiting'],
    [id('d00', 2), 'conversations.assign', 'refused'],
    [id('d00', 3), 'conversations.change-tags', 'waiting'],
    [id('d00', 4), 'conversations.snooze', 'waiting'],
    [id('d00', 5), 'conversations.set-status', 'waiting'],
    [id('d00', 7), 'contacts.set-opt-out', 'waiting'],
  ]);
  // A read mark is kept and sent, and not listed.
  expect(db.prepare('select write from outbox where id = ?').get(id('d00', 6))).toEqual({
    write: 'conversations.mark-read',
  });
  expect(items.map(item => item.summary)).toEqual([
    'Kal aa jayega 🙏',
    'Called back',
    'Assign the conversation',
    'Add vip; Remove old',
    'Unsnooze the conversation',
    'Reopen the conversation',
    'Record that the customer opted out',
  ]);
  // The same key and the same message: what the server did with the first try, it does not do again.
  expect(engine.nextCommands(10)).toMatchObject([{ id: id('d00', 0), attempts: 2, args: { messageId: MESSAGE } }]);
  engine.discard({ clientId: CLIENT, id: id('d00', 7) });
  expect(engine.conversation({ clientId: CLIENT, conversationId: CONVERSATION })).toMatchObject({
    refused: 1,
    waiting: 5,
  });
  engine.close();
});

test('F-22: one queued command that cannot be read does not lose the others', () => {
  firstFile([FIRST[0]!, { id: id('d00', 9), kind: 'teleport' }, FIRST[1]!]);
  const engine = createEngine(openFile(path, KEY), { wallClock: () => NOW, newId });
  expect(engine.outbox(null).map(item => item.summary)).toEqual(['Kal aa jayega 🙏', 'Called back']);
  engine.close();
});

test('F-16: what was queued in a file of the first version is saved in the shape of this one', () => {
  firstFile(FIRST);
  expect(salvage(path, KEY).map(({ command, refusal }) => [command.write, refusal?.code ?? null])).toContainEqual([
    'conversations.assign',
    'not_found',
  ]);
  expect(salvage(path, KEY)[0]?.command).toEqual({
    id: id('d00', 0),
    write: 'conversations.reply',
    clientId: CLIENT,
    subject: 'conversations',
    subjectId: CONVERSATION,
    createdAt: at,
    args: {
      clientId: CLIENT,
      conversationId: CONVERSATION,
      messageId: MESSAGE,
      text: 'Kal aa jayega 🙏',
      replyToId: null,
      seenInboundId: id('100', 100),
    },
  });
});
