import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COLLECTION_NAMES, newId } from '@astrix/contract';
import Database from 'better-sqlite3-multiple-ciphers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createEngine } from '../cache/engine.ts';
import { openFile } from '../cache/file.ts';
import { type Command, openCache } from '../cache/index.ts';
import { commandOf } from '../testkit/commands.ts';
import { type FakeKeychain, fakeKeychain } from '../testkit/fake-keychain.ts';
import { clientRow, conversationRow, id, messageRow } from '../testkit/rows.ts';
import { openPersonCache, type PersonCache, storageFor } from './person-cache.ts';
import { cachePath, createAccountVault } from './vault.ts';

const NOW = Date.parse('2026-11-20T06:30:00.000Z');
const PERSON = newId();
let userData: string;
let path: string;
let keychain: FakeKeychain;
let open: PersonCache[];

beforeEach(() => {
  userData = mkdtempSync(join(tmpdir(), 'astrix-copy-'));
  path = cachePath(userData, PERSON);
  keychain = fakeKeychain();
  open = [];
});
afterEach(async () => {
  for (const copy of open) await copy.cache.close();
  rmSync(userData, { recursive: true, force: true });
});

async function opened(damaged = false): Promise<PersonCache> {
  const storage = await storageFor(keychain, kept => createAccountVault(kept, userData, 'https://api.example.in'));
  const copy = await openPersonCache({
    storage,
    userData,
    personId: PERSON,
    now: new Date(NOW),
    log: () => undefined,
    damaged,
  });
  open.push(copy);
  return copy;
}
const key = () => Buffer.from([...keychain.items].find(([item]) => item.startsWith('cache-'))![1], 'hex');
const beside = () => readdirSync(join(userData, 'cache')).filter(name => name.includes('.quarantine-'));

const command = (n: number): Command =>
  commandOf(
    'conversations.add-note',
    { clientId: id('c00', 1), conversationId: id('e00', 100 + n), text: `note ${n} ${'x'.repeat(1500)}` },
    { createdAt: new Date(NOW).toISOString(), personId: PERSON },
  );

/** A file as a console leaves it that was closed: rows, and ten writes that nobody has taken; the third was refused. */
async function filled(): Promise<Command[]> {
  const vault = createAccountVault(keychain, userData, 'https://api.example.in');
  mkdirSync(join(userData, 'cache'), { recursive: true });
  const made = await vault.cacheKey(PERSON);
  const engine = createEngine(openFile(path, made.kind === 'lost' ? null : made.key), { wallClock: () => NOW, newId });
  engine.beginPull({
    epoch: id('a00', 1),
    clientIds: [id('c00', 1)],
    serverTime: new Date(NOW).toISOString(),
    reset: false,
    collections: COLLECTION_NAMES,
  });
  const numbers = Array.from({ length: 60 }, (_, n) => 100 + n);
  engine.apply({
    rows: [
      { c: 'clients', rows: [clientRow(1)] },
      { c: 'messages', rows: numbers.map(n => messageRow(n, n, 1, NOW, { text: `words ${n} `.repeat(40) })) },
      { c: 'conversations', rows: numbers.map(n => conversationRow(n, 1, NOW)) },
    ],
    gone: [],
    cursor: 'e.1.1',
    done: true,
  });
  const commands = Array.from({ length: 10 }, (_, n) => command(n));
  for (const one of commands) engine.enqueue(one);
  engine.refuse(commands[2]!.id, { code: 'opted_out', reason: 'Opted out', next: 'Do not write', newer: [] });
  engine.close();
  return commands;
}
/** A page of the file that holds the text, found by looking at it opened. */
function pageOf(table: string): number {
  const db = openFile(path, key());
  const { rootpage } = db.prepare('select rootpage from sqlite_master where name = ?').get(table) as {
    rootpage: number;
  };
  const size = Number(db.pragma('page_size', { simple: true }));
  db.close();
  return (rootpage - 1) * size;
}
const scribble = (at: number) => {
  const bytes = readFileSync(path);
  bytes.set(randomBytes(32), at + 100);
  writeFileSync(path, bytes);
};
async function works({ cache }: PersonCache): Promise<void> {
  await cache.enqueue(command(50));
  expect(await cache.clients()).toEqual([]);
  expect((await cache.syncState()).cursor).toBeNull();
}

describe('F-16, LC-09: a file that cannot be used is put aside, and work goes on', () => {
  const BROKEN: readonly (readonly [string, () => void])[] = [
    ['it is noise', () => writeFileSync(path, randomBytes(40_960))],
    ['it is a text', () => writeFileSync(path, 'hello '.repeat(2000))],
    ['it is somebody else’s database', () => foreign(new Database(path))],
    ['it is sealed with another key', () => openFile(path, randomBytes(32)).close()],
  ];
  function foreign(db: Database.Database): void {
    db.exec('create table browser_history (url text); pragma application_id = 7');
    db.close();
  }
  test.each(BROKEN)('%s', async (_what, breakIt) => {
    await filled();
    rmSync(path);
    breakIt();
    const bytes = readFileSync(path);
    const copy = await opened();
    expect(copy.mode).toEqual({ mode: 'keychain', reason: null });
    await works(copy);
    expect(beside().length).toBeGreaterThan(0);
    expect(readFileSync(join(userData, 'cache', beside()[0]!))).toEqual(bytes);
  });

  test('damage that shows only in use: the queue comes along, refusals as refusals, in order', async () => {
    const commands = await filled();
    scribble(pageOf('messages'));
    const damaged = await opened();
    const thread = { clientId: id('c00', 1), conversationId: id('e00', 100), before: null, limit: 10 };
    await expect(damaged.cache.thread(thread)).rejects.toMatchObject({ failure: 'corrupt' });
    await damaged.cache.close();
    open = [];
    const copy = await opened(true);
    const items = await copy.cache.outbox(null);
    expect(items.map(item => item.id)).toEqual(commands.map(one => one.id));
    expect(items.map(item => item.state === 'refused')).toEqual(commands.map((_, n) => n === 2));
    expect(items[2]?.refusal?.code).toBe('opted_out');
    await works(copy);
  });

  test('LC-10: stopped while it was being rebuilt, the next start takes what was made whole', async () => {
    const commands = await filled();
    renameSync(path, `${path}.rebuilt`);
    writeFileSync(`${path}-wal`, randomBytes(5000));
    const { cache } = await opened();
    expect((await cache.outbox(null)).map(item => item.id)).toEqual(commands.map(one => one.id));
  });

  test('an empty file is begun anew', async () => {
    await filled();
    truncateSync(path, 0);
    await works(await opened());
  });

  test('cut in half it is put aside, at the start or as soon as it shows', async () => {
    await filled();
    truncateSync(path, Math.floor(readFileSync(path).length / 2 / 4096) * 4096);
    const first = await opened();
    await first.cache.close();
    open = [];
    await works(await opened(true));
  });
});

describe('what must not be touched', () => {
  test('F-22: a file of a newer console stays as it is, byte for byte; this run is in memory and says why', async () => {
    await filled();
    const db = openFile(path, key());
    db.pragma('user_version = 990');
    db.close();
    const bytes = readFileSync(path);
    const copy = await opened();
    expect(copy.mode).toEqual({ mode: 'memory', reason: 'file-newer' });
    expect(readFileSync(path)).toEqual(bytes);
    expect(beside()).toEqual([]);
  });

  test('F-15: with a keychain that is locked the file stays sealed and whole, and opens when the keychain does', async () => {
    const commands = await filled();
    const bytes = readFileSync(path);
    keychain.fault = 'locked';
    expect((await opened()).mode).toEqual({ mode: 'memory', reason: 'locked' });
    expect(readFileSync(path)).toEqual(bytes);
    keychain.fault = 'none';
    const { cache } = await opened();
    expect((await cache.outbox(null)).map(item => item.id)).toEqual(commands.map(one => one.id));
  });

  test('F-15: with the key lost the file is put aside, never deleted, and a new key is made', async () => {
    await filled();
    const bytes = readFileSync(path);
    for (const item of keychain.items.keys()) keychain.items.delete(item);
    const begun = await opened();
    expect(begun.mode).toEqual({ mode: 'keychain', reason: 'key-lost' });
    await works(begun);
    expect(readFileSync(join(userData, 'cache', beside()[0]!))).toEqual(bytes);
    expect(keychain.items.size).toBe(1);
  });

  test('F-15: a folder in the place of the file means memory, and the folder stays', async () => {
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, 'mine'), 'x');
    expect((await opened()).mode).toMatchObject({ mode: 'memory' });
    expect(existsSync(join(path, 'mine'))).toBe(true);
  });
});

test('LC-06: the thread that reads keeps to the time of the server as soon as the thread that writes has learned it', async () => {
  const copy = await opened();
  const wall = Date.now();
  const day = 86_400_000;
  const hello = (serverTime: number) => ({
    epoch: id('a00', 1),
    clientIds: [id('c00', 1)],
    serverTime: new Date(serverTime).toISOString(),
    reset: false,
    collections: COLLECTION_NAMES,
  });
  await copy.cache.beginPull(hello(wall));
  const rows = [
    { c: 'clients', rows: [clientRow(1)] },
    { c: 'conversations', rows: [conversationRow(100, 1, wall)] },
  ] as const;
  await copy.cache.apply({
    rows: rows.map(({ c, rows }) => ({ c, rows: [...rows] })),
    gone: [],
    cursor: 'e.1.1',
    done: true,
  });
  const at = { clientId: id('c00', 1), conversationId: id('e00', 100) };
  expect(await copy.cache.conversation(at)).not.toBeNull();
  await copy.cache.beginPull(hello(wall + 31 * day));
  expect(await copy.cache.conversation(at)).toBeNull();
});

test('LC-02: in memory nothing at all is written', async () => {
  keychain.fault = 'hanging';
  const copy = await opened();
  await copy.cache.enqueue(command(1));
  expect(copy.mode).toEqual({ mode: 'memory', reason: 'hanging' });
  expect(readdirSync(userData)).toEqual([]);
  await expect(openCache({ path, key: null })).rejects.toThrow();
});
