import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROUTES } from '@astrix/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../../../testkit/until.ts';
import { startScript } from '../../../tools/running.ts';
import { DEMO_CLIENTS } from '../../src/demo/people.ts';
import { type Db, openDb, withSystem } from '../../src/platform/db/index.ts';
import { createWorld, messagePayload, signed, type World } from '../world.ts';

let world: World;
let folder: string;
beforeAll(async () => {
  world = await createWorld();
  folder = mkdtempSync(join(tmpdir(), 'astrix-operations-'));
});
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The same sequence in every run. */
function draws(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

test('OP-05: two thousand paths and methods: what nobody declared answers 404 or 405, what fits a route asks who it is, and neither says anything', async () => {
  const draw = draws(11);
  const pick = <T>(list: readonly T[]) => list[Math.floor(draw() * list.length)]!;
  const parts = ['v1', 'clients', 'agencies', 'admin', 'sessions', '..', '.env', 'webhooks', '%2e%2e', 'people', 'a b'];
  const declared = Object.values(ROUTES).map(
    route => new RegExp(`^${route.method} ${route.path.replaceAll(/:\w+/g, '[^/]+')}$`),
  );
  const odd = new Map<string, number>();
  const answers = new Map<number, number>();
  for (let n = 0; n < 2000; n++) {
    const path = `/${Array.from({ length: 1 + Math.floor(draw() * 4) }, () => pick(parts)).join('/')}`;
    const method = pick(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const);
    // As a client sends it, without its dots.
    const sent = new URL(encodeURI(path), 'http://127.0.0.1').pathname;
    const fits = declared.some(route => route.test(`${method} ${sent}`));
    const reply = await world.inject({ method, url: encodeURI(path) });
    answers.set(reply.statusCode, (answers.get(reply.statusCode) ?? 0) + 1);
    const expected = (fits ? [400, 401] : [404, 405]).includes(reply.statusCode);
    if (!expected) odd.set(`${method} ${path}`, reply.statusCode);
    if (/stack|node_modules|\.ts:|select |pg_/i.test(reply.body)) odd.set(`${method} ${path} leaks`, 1);
  }
  expect([...odd]).toEqual([]);
  expect(answers.get(404)).toBeGreaterThan(1000);
});

describe('OP-12: a fault in any layer is an id and a code to the caller, and the process goes on', () => {
  const secretWords = 'relation "contacts" does not exist at /srv/app/db.ts:12';
  const broken = (db: Db, work: () => Promise<void>) => {
    const { transaction } = db.internals.kysely;
    db.internals.kysely.transaction = () => {
      throw new Error(secretWords);
    };
    return work().finally(() => {
      db.internals.kysely.transaction = transaction;
    });
  };

  test('the database throws something nobody foresaw', () =>
    broken(world.db, async () => {
      const reply = await world.inject({ url: '/v1/clients', headers: { authorization: `Bearer ${'x'.repeat(43)}` } });
      expect(reply.statusCode).toBe(500);
      expect(reply.headers['content-type']).toContain('application/problem+json');
      expect(reply.json()).toMatchObject({ code: 'internal', status: 500 });
      expect(reply.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
      expect(reply.body).not.toContain('contacts');
      expect(reply.body).not.toContain('.ts');
    }));

  test('a webhook that cannot be stored is not acknowledged', async () => {
    const { statement } = world.db.internals;
    Object.assign(world.db.internals, { statement: () => Promise.reject(new Error(secretWords)) });
    const [client] = world.agencies[0].clients;
    const body = Buffer.from(
      JSON.stringify(
        messagePayload(client.accountId, { id: 'wamid.op', from: '919800000000', text: 'x', at: world.clock.now() }),
      ),
    );
    const reply = await world.inject({
      method: 'POST',
      url: '/webhooks/whatsapp',
      headers: signed(body),
      payload: body,
    });
    Object.assign(world.db.internals, { statement });
    expect(reply.statusCode).toBe(503);
    expect(reply.body).not.toContain('contacts');
    expect((await world.inject({ url: '/health' })).statusCode).toBe(200);
  });
});

// The process opens its database in a folder of its own, whichever one the suite runs on.
test('a stop finishes what is under way, ends with 0, and loses nothing that was acknowledged', async () => {
  const first = await startScript(['backend/src/main.ts'], {
    ASTRIX_DATA_DIR: folder,
    ASTRIX_DEMO: '1',
    ASTRIX_PORT: '0',
    ASTRIX_LOG_LEVEL: 'silent',
    ASTRIX_WHATSAPP_APP_SECRET: 'operations-secret',
    ASTRIX_WHATSAPP_VERIFY_TOKEN: 'operations',
  });
  const acked: string[] = [];
  let stopped = false;
  const sender = async (lane: number) => {
    for (let n = 0; !stopped; n++) {
      const id = `wamid.drain.${lane}.${n}`;
      const message = { id, from: `91981110${String(lane).padStart(4, '0')}`, text: 'still there?', at: new Date() };
      const body = Buffer.from(JSON.stringify(messagePayload(DEMO_CLIENTS[0]!.accountId, message)));
      const reply = await fetch(`${first.url}/webhooks/whatsapp`, {
        method: 'POST',
        body: new Uint8Array(body),
        headers: signed(body, 'operations-secret'),
      }).catch(() => null);
      if (reply?.status === 200) acked.push(id);
      else return;
    }
  };
  const lanes = [0, 1, 2, 3].map(sender);
  await until(() => acked.length >= 20);
  await first.stop();
  stopped = true;
  await Promise.all(lanes);
  expect(first.process.exitCode).toBe(0);

  const db = await openDb({ dataDir: folder, clock: { now: () => new Date() } });
  const kept = await withSystem(db, 'telemetry', async tx => {
    const messages = await tx
      .selectFrom('messages')
      .select('provider_id')
      .where('provider_id', 'like', 'wamid.drain.%')
      .execute();
    const waiting = await tx.selectFrom('webhook_events').select('natural_key').execute();
    const deliveries = await tx.selectFrom('webhook_deliveries').select('body').execute();
    return [
      ...messages.map(row => row.provider_id),
      ...waiting.map(row => row.natural_key),
      ...deliveries.map(row => row.body.toString()),
    ].join('\n');
  });
  await db.close();
  expect(acked.filter(id => !kept.includes(id))).toEqual([]);
});
