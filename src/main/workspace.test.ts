import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId, type SyncLine, WRITE_NAMES, type WriteName, writeOf } from '@astrix/contract';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { type FakeServer, startServer } from '../../sdk/test/server.ts';
import { until } from '../../testkit/until.ts';
import { cachePath } from './account/vault.ts';
import { openFile } from './cache/file.ts';
import type { Console } from './console.ts';
import { consoleOver } from './testkit/console-rig.ts';
import { type FakeKeychain, fakeKeychain } from './testkit/fake-keychain.ts';
import { clientRow, conversationRow, id, messageRow } from './testkit/rows.ts';
import { valueFor } from './testkit/sample-row.ts';

const START = Date.parse('2026-11-20T06:30:00.000Z');
const DAY = 86_400_000;
let server: FakeServer;
let keychain: FakeKeychain;
let userData: string;
let at: number;
let console: Console;

const CLIENTS = [1, 2, 3];
const ROWS: SyncLine[] = [
  { t: 'rows', c: 'clients', rows: CLIENTS.map(clientRow) },
  {
    t: 'rows',
    c: 'messages',
    rows: CLIENTS.flatMap(c =>
      Array.from({ length: 60 }, (_, n) => messageRow(c * 1000 + n, c * 100, c, START, { text: 'words '.repeat(100) })),
    ),
  },
  { t: 'rows', c: 'conversations', rows: CLIENTS.map(c => conversationRow(c * 100, c, START)) },
];
beforeEach(async () => {
  server = await startServer(newId());
  server.now = () => new Date(START);
  server.pull = () => [
    {
      t: 'hello',
      epoch: id('a00', 1),
      personId: server.person.id,
      agencyId: id('a00', 2),
      clients: CLIENTS.map(c => id('c00', c)),
      serverTime: new Date(START).toISOString(),
      reset: false,
    },
    ...ROWS,
    { t: 'end', cursor: 'e.1.1' },
  ];
  keychain = fakeKeychain();
  userData = mkdtempSync(join(tmpdir(), 'astrix-desk-'));
  at = START;
  console = begin();
});
afterEach(async () => {
  await console.stop();
  await server.close();
  rmSync(userData, { recursive: true, force: true });
});

const begin = () => consoleOver({ userData, backendUrl: server.url, keychain, now: () => new Date(at) });
async function signIn(): Promise<void> {
  await console.start();
  await console.handlers['account.signIn']({ email: 'priya@agency.example', password: 'a long enough password' });
  await until(async () => (await console.handlers['clients.list'](undefined)).length === CLIENTS.length);
}
const write = (name: WriteName, args: Record<string, unknown>) =>
  console.handlers['writes.make']({ write: name, clientId: String(args.clientId), args });
const writeAs = (client: number, text: string) =>
  write('conversations.reply', {
    clientId: id('c00', client),
    conversationId: id('e00', client * 100),
    text,
    replyToId: null,
    seenInboundId: null,
  });
const outbox = () => console.handlers['outbox.list']({ clientId: null });

describe('SH-21: a write goes to the client of the screen it was made on', () => {
  test('200 times the client is switched between the click and the sending', async () => {
    await signIn();
    const clicks: Promise<unknown>[] = [];
    for (let n = 0; n < 200; n++) {
      const [shown, next] = [1 + (n % 3), 1 + ((n * 7 + 1) % 3)];
      const click = () => clicks.push(writeAs(shown, `for ${shown}`));
      const change = () => clicks.push(console.handlers['clients.switch']({ clientId: id('c00', next) }));
      for (const step of n % 2 === 0 ? [click, change] : [change, click]) step();
      if (n % 5 === 0) await Promise.all(clicks.splice(0));
    }
    await Promise.all(clicks);
    await until(async () => (await outbox()).length === 0);
    const sent = server.asked.filter(asked => asked.name === 'conversations.reply');
    expect(sent).toHaveLength(200);
    for (const { params, body } of sent) {
      const shown = Number(String(body.text).slice(4));
      expect(params).toEqual({ clientId: id('c00', shown), conversationId: id('e00', shown * 100) });
    }
    expect(new Set(server.done).size).toBe(200);
  });

  test('a conversation of another client is not written to, by whatever write', async () => {
    await signIn();
    const mixed = { clientId: id('c00', 1), conversationId: id('e00', 200) };
    for (const name of WRITE_NAMES) {
      const { args, creates } = writeOf(name);
      // A write that makes its own subject belongs to the client of the screen by itself.
      if (creates !== null) continue;
      const made = Object.entries(args.shape).map(([key, schema]) => [key, valueFor(schema as z.ZodType, 'x')]);
      const given = { ...Object.fromEntries(made), ...mixed } as Record<string, unknown>;
      for (const key of Object.keys(given)) if (!(key in args.shape)) delete given[key];
      await expect(write(name, given), name).rejects.toThrow('You do not have access to this.');
      const elsewhere = console.handlers['writes.make']({ write: name, clientId: id('c00', 2), args: given });
      await expect(elsewhere, name).rejects.toThrow('belongs to another client');
    }
    expect(await outbox()).toEqual([]);
    expect(server.asked.filter(asked => asked.key !== null)).toEqual([]);
  });
});

test.each([
  ['a day ahead', DAY],
  ['a day behind', -DAY],
])(
  'F-14: on a machine whose clock is %s what waits is told by the time of the server, and stands last',
  async (_what, shift) => {
    at = START + shift;
    server.answers['conversations.reply'] = () => 'cut';
    await signIn();
    await until(async () => (await console.handlers['sync.status'](undefined)).clockSkewSeconds === shift / 1000);
    await writeAs(1, 'last');
    const [item] = await outbox();
    expect(item?.createdAt).toBe(new Date(START).toISOString());
    const { items } = await console.handlers['inbox.thread']({
      clientId: id('c00', 1),
      conversationId: id('e00', 100),
      before: null,
      from: null,
      limit: 80,
    });
    expect(items.at(-1)).toMatchObject({ type: 'pending', item: { summary: 'last' } });
    const { syncedAt } = await console.handlers['sync.status'](undefined);
    expect(syncedAt).toBe(new Date(START).toISOString());
  },
);

test('F-16: damage that shows while it runs: the queue is saved, everything else comes again, and the next start is an ordinary one', async () => {
  server.answers['conversations.reply'] = () => 'cut';
  await signIn();
  await writeAs(2, 'saved');
  await console.stop();
  const path = cachePath(userData, server.person.id);
  const key = Buffer.from([...keychain.items].find(([item]) => item.startsWith('cache-'))![1], 'hex');
  const db = openFile(path, key);
  const { rootpage } = db.prepare("select rootpage from sqlite_master where name = 'messages'").get() as {
    rootpage: number;
  };
  db.close();
  const bytes = readFileSync(path);
  bytes.set(randomBytes(64), (rootpage - 1) * 4096 + 200);
  writeFileSync(path, bytes);

  const thread = { clientId: id('c00', 1), conversationId: id('e00', 100), before: null, from: null, limit: 80 };
  const shown = async () => (await console.handlers['inbox.thread'](thread)).items.length;
  console = begin();
  await console.start();
  await until(() =>
    shown().then(
      n => n === 60,
      () => false,
    ),
  );
  expect((await outbox()).map(item => item.summary)).toEqual(['saved']);
  expect(readdirSync(join(userData, 'cache')).filter(name => name.includes('.quarantine-')).length).toBeGreaterThan(0);
  await console.stop();
  console = begin();
  await console.start();
  expect(await shown()).toBe(60);
  delete server.answers['conversations.reply'];
  await until(async () => (await outbox()).length === 0);
  expect(server.done).toHaveLength(1);
});
