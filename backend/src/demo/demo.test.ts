import { ContactRow, ConversationRow, MessageRow, NoteRow } from '@astrix/contract';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestDb, START, testConfig } from '../../test/world.ts';
import { type App, buildApp } from '../app.ts';
import { manualClock } from '../kernel/clock.ts';
import { conversationRow, messageRow, noteRow } from '../modules/conversations/read.ts';
import { type Db, withSystem } from '../platform/db/index.ts';
import { createMetrics, silentLog } from '../platform/telemetry/index.ts';
import { DEMO, DEMO_CLIENTS } from './index.ts';

const clock = manualClock(START);
let db: Db;
let drop: () => Promise<void>;
const apps: App[] = [];
const partsOf = (env: Record<string, string>) => ({
  config: testConfig({ ASTRIX_ROLE: 'api', ...env }),
  ...{ db, clock, log: silentLog, metrics: createMetrics(), version: '0.0.0' },
});
const start = async () => {
  const app = await buildApp({ ...partsOf({ ASTRIX_DEMO: '1' }), demo: DEMO });
  apps.push(app);
  return app;
};
beforeAll(async () => {
  ({ db, drop } = await openTestDb(clock));
});
afterAll(async () => {
  for (const app of apps) await app.stop();
  await drop();
});

const TABLES = ['agencies', 'clients', 'people', 'connections', 'channels', 'contacts', 'conversations'];
const counts = () =>
  withSystem(db, 'telemetry', async tx => {
    const rows: Record<string, number> = {};
    for (const table of TABLES) {
      const found = await sql<{ n: number }>`select count(*)::int as n from ${sql.table(table)}`.execute(tx);
      rows[table] = found.rows[0]!.n;
    }
    return rows;
  });

test('an empty database gets the demo as a whole, and a later start leaves it as it is', async () => {
  await start();
  const clients = DEMO_CLIENTS.length;
  const threads = DEMO_CLIENTS.flatMap(client => DEMO.threadsOf(client, clock.now())).length;
  const first = await counts();
  expect(first).toEqual({
    agencies: 2,
    clients,
    people: DEMO.people.length,
    connections: clients,
    channels: clients,
    contacts: threads,
    conversations: threads,
  });
  await start();
  expect(await counts()).toEqual(first);
});

test('every row is one that the contract allows, and its counts are those of its messages', async () => {
  await start();
  await withSystem(db, 'telemetry', async tx => {
    const conversations = await tx.selectFrom('conversations').selectAll().execute();
    const messages = (await tx.selectFrom('messages').selectAll().orderBy('seq').execute()).map(messageRow);
    const notes = (await tx.selectFrom('notes').selectAll().execute()).map(noteRow);
    for (const note of notes) NoteRow.parse(note);
    const threads = Map.groupBy(messages, message => MessageRow.parse(message).conversationId);
    for (const row of conversations.map(conversationRow)) {
      ConversationRow.parse(row);
      const thread = threads.get(row.id)!;
      const last = thread.at(-1)!;
      expect(row).toMatchObject({
        lastMessageAt: last.sentAt,
        previewDirection: last.direction,
        failed: thread.filter(({ status }) => status === 'failed').length,
        lastInboundId: thread.findLast(({ direction }) => direction === 'in')!.id,
      });
      expect(row.unread).toBeLessThanOrEqual(thread.filter(({ direction }) => direction === 'in').length);
      if (row.unread > 0) expect(last.direction).toBe('in');
      for (const { replyToId } of thread) if (replyToId) expect(thread.some(({ id }) => id === replyToId)).toBe(true);
    }
    const VisibleContact = ContactRow.pick({ name: true, phoneMasked: true, handle: true });
    for (const contact of await tx.selectFrom('contacts').selectAll().execute())
      VisibleContact.parse({ name: contact.name, phoneMasked: contact.phone_masked, handle: contact.handle });
  });
});

test('somebody of the cast signs in with what the demo shows, and finds the inbox of their client', async () => {
  const { http } = await start();
  const { people } = (await http.inject({ url: '/v1/demo/people' })).json();
  expect(people).toHaveLength(DEMO.people.length);
  const { email, password, code } = people.find(({ role }: { role: string }) => role === 'agent');
  const post = (url: string, payload: object) => http.inject({ method: 'POST', url, payload });
  const device = { name: 'Laptop', platform: 'linux', key: 'k'.repeat(43) };
  const { challenge } = (await post('/v1/auth/sign-in', { email, password, device })).json();
  const { accessToken } = (await post('/v1/auth/totp', { challenge, code })).json();
  const inbox = await http.inject({
    url: `/v1/clients/${DEMO_CLIENTS[0]!.id}/conversations?limit=100`,
    headers: { authorization: `Bearer ${accessToken}` },
  });
  expect(inbox.json().conversations.length).toBeGreaterThan(10);
});

test('a page that points its own name at this machine gets nothing of the demo', async () => {
  const { http } = await start();
  const asked = async (host: string) => (await http.inject({ url: '/v1/demo/people', headers: { host } })).statusCode;
  for (const host of ['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example:4700'])
    expect(await asked(host), host).toBe(404);
  for (const host of ['127.0.0.1:4700', 'localhost:4700', '[::1]:4700']) expect(await asked(host), host).toBe(200);
});

test('production refuses a database that the demo has filled, whatever its key is, and changes nothing', async () => {
  await start();
  const before = await counts();
  const serve = () =>
    buildApp({
      ...partsOf({ ASTRIX_ENV: 'production', ASTRIX_ROLE: 'all', ASTRIX_WHATSAPP_APP_SECRET: '' }),
      demo: null,
    });
  await expect(serve()).rejects.toThrow(/^The demo has filled this database.*empty database in DATABASE_URL/);
  expect(await counts()).toEqual(before);
  await withSystem(db, 'demo-seed', tx => tx.updateTable('deployment').set({ demo: false }).execute());
  apps.push(await serve());
});
