import { type ErrorCode, newId } from '@astrix/contract';
import { createClient } from '@astrix/sdk';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Answer, type FakeServer, problem, startServer } from '../../../sdk/test/server.ts';
import { until } from '../../../testkit/until.ts';
import type { CacheEngine } from '../cache/engine.ts';
import { commandOf, messageIdOf } from '../testkit/commands.ts';
import { id, messageRow } from '../testkit/rows.ts';
import { board, type ManualTimers, manualTimers, memoryCache, NOW } from '../testkit/sync-rig.ts';
import { createOutboxPump, type OutboxPump } from './outbox.ts';
import type { StatusBoard } from './status.ts';

let server: FakeServer;
let cache: CacheEngine;
let timers: ManualTimers;
let status: StatusBoard;
let pump: OutboxPump;
let refusedTokens: number;

beforeEach(async () => {
  server = await startServer(newId());
  timers = manualTimers();
  status = board('online');
  refusedTokens = 0;
  const memory = memoryCache(() => NOW);
  cache = memory.engine;
  let token: string | null = null;
  const client = createClient({ baseUrl: server.url, accessToken: async () => token });
  const device = { name: 'Test laptop', platform: 'linux', key: 'k'.repeat(43) } as const;
  const signedIn = await client.call('identity.sign-in', { body: { email: 'a@b.example', password: 'x', device } });
  if (signedIn.ok && signedIn.value.step === 'signed-in') token = signedIn.value.accessToken;
  pump = createOutboxPump({
    client,
    cache: memory.cache,
    timers,
    status,
    log: () => undefined,
    onChanged: () => undefined,
    onRefusedToken: async () => {
      refusedTokens += 1;
    },
  });
});
afterEach(async () => {
  await pump.stop();
  cache.close();
  await server.close();
});

const write = (conversation: number, text = 'It comes tomorrow', client = 1) => {
  const reply = commandOf(
    'conversations.reply',
    {
      clientId: id('c00', client),
      conversationId: id('e00', conversation),
      text,
      replyToId: null,
      seenInboundId: null,
    },
    { createdAt: new Date(NOW).toISOString() },
  );
  cache.enqueue(reply);
  return { ...reply, messageId: messageIdOf(reply) };
};
const replies = () => server.asked.filter(asked => asked.name === 'conversations.reply');
const states = () => cache.outbox(null).map(item => item.state);
const settled = () => until(() => cache.outbox(null).length === 0);

describe('LC-10: exactly once in effect', () => {
  test('a reply whose answer was lost is asked for again with the same key, and done once', async () => {
    const lost = write(1);
    server.answers['conversations.reply'] = ({ body }) => {
      server.done.push(String(body.messageId));
      return 'cut';
    };
    pump.kick();
    await until(() => timers.waiting().length === 1);
    expect(states()).toEqual(['waiting']);
    server.answers['conversations.reply'] = ({ key, body }) => {
      // The real server knows the key: it answers again and does nothing.
      expect([key, body.messageId]).toEqual([lost.id, lost.messageId]);
      return {
        status: 202,
        body: messageRow(1, 1, 1, NOW, { id: lost.messageId, direction: 'out', status: 'queued' }),
      };
    };
    timers.advance(1000);
    await settled();
    expect(server.done).toEqual([lost.messageId]);
  });

  test('within a conversation the order of writing is the order of sending, whatever is lost on the way', async () => {
    const written = Array.from({ length: 12 }, (_, n) => write(n % 3, `number ${n}`));
    let n = 0;
    server.answers['conversations.reply'] = asked => {
      n += 1;
      if (n % 3 === 0) return n % 2 === 0 ? 'cut' : problem('unavailable');
      server.done.push(String(asked.body.messageId));
      return { status: 202, body: messageRow(1, 1, 1, NOW, { id: String(asked.body.messageId), direction: 'out' }) };
    };
    pump.kick();
    await until(() => {
      timers.advance(60_000);
      return cache.outbox(null).length === 0;
    });
    for (const conversation of [0, 1, 2]) {
      const mine = written.filter((_, at) => at % 3 === conversation).map(reply => reply.messageId);
      expect(server.done.filter(done => mine.includes(done))).toEqual(mine);
    }
    expect(server.done).toHaveLength(12);
  });

  test('a word that comes at any moment of a round is heard', async () => {
    for (let turns = 0; turns < 60; turns++) {
      write(1);
      pump.kick();
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      write(2);
      pump.kick();
      await settled();
    }
    expect(server.done).toHaveLength(120);
  });

  test('offline nothing is sent; when the server is there again, all of it', async () => {
    status.set({ connection: 'offline' });
    const written = [write(1), write(2)];
    pump.kick();
    pump.kick();
    expect(replies()).toEqual([]);
    status.set({ connection: 'online' });
    pump.wake();
    await settled();
    expect(server.done.sort()).toEqual(written.map(reply => reply.messageId).sort());
  });

  test('stopped with a reply on the way, it waits for the next start', async () => {
    server.answers['conversations.reply'] = () => 'hang';
    write(1);
    pump.kick();
    await until(() => replies().length === 1);
    await pump.stop();
    expect(states()).toEqual(['waiting']);
    expect(timers.waiting()).toEqual([]);
  });
});

describe('a refusal', () => {
  const DECIDED: readonly ErrorCode[] = [
    'window_closed',
    'opted_out',
    'conversation_changed',
    'channel_unavailable',
    'idempotency_mismatch',
    'forbidden',
    'not_found',
    'invalid_request',
    'payload_too_large',
  ];
  test.each(DECIDED)('LC-10: %s is shown with its reason, and the next one goes on', async code => {
    const newer = code === 'conversation_changed' ? [messageRow(9, 1, 1, NOW), { not: 'a message' }] : undefined;
    server.answers['conversations.reply'] = ({ body }) =>
      body.text === 'no' ? problem(code, newer ? { newer } : {}) : { status: 202, body: messageRow(1, 1, 1, NOW) };
    const refused = write(1, 'no');
    write(1, 'yes');
    pump.kick();
    await until(() => cache.outbox(null).length === 1);
    const [item] = cache.outbox(null);
    const { body } = problem(code) as { body: { title: string; detail: string } };
    expect(item).toMatchObject({ id: refused.id, state: 'refused', summary: 'no' });
    expect(item?.refusal).toMatchObject({ code, reason: body.title, next: body.detail });
    expect(item?.refusal?.newer.map(row => row.id)).toEqual(newer ? [id('100', 9)] : []);
    await until(() => status.get().refused === 1 && status.get().waiting === 0);
    expect(replies().filter(asked => asked.body.text === 'no')).toHaveLength(1);
  });

  const UNDECIDED: readonly (readonly [string, Answer])[] = [
    ['no token', problem('unauthenticated')],
    ['too many', problem('rate_limited')],
    ['an error of ours', problem('internal')],
    ['no storage', problem('unavailable')],
    ['a cut line', 'cut'],
    ['another network’s page', { status: 200, body: '<html>' }],
    ['another network’s refusal', { status: 403, body: '<html>' }],
  ];
  test.each(UNDECIDED)('LC-10, F-18: %s is none: it waits, and is tried again', async (_what, answer) => {
    server.answers['conversations.reply'] = () => answer;
    const kept = write(1);
    pump.kick();
    await until(() => timers.waiting().length === 1);
    expect(cache.outbox(null)).toMatchObject([{ id: kept.id, state: 'waiting', refusal: null }]);
    expect(refusedTokens).toBe(typeof answer === 'object' && answer.status === 401 ? 1 : 0);
    delete server.answers['conversations.reply'];
    timers.advance(timers.waiting()[0]!);
    await settled();
    expect(server.done).toEqual([kept.messageId]);
  });
});

test('a read mark that the server refuses is dropped: nobody has anything to decide', async () => {
  const at = { clientId: id('c00', 1), conversationId: id('e00', 1) };
  server.answers['conversations.mark-read'] = () => problem('not_found');
  cache.enqueue(commandOf('conversations.mark-read', { ...at, upToId: id('100', 1) }));
  pump.kick();
  await until(() => server.asked.some(asked => asked.name === 'conversations.mark-read'));
  await until(() => cache.nextCommands(10).length === 0);
  await pump.count();
  expect(status.get()).toMatchObject({ waiting: 0, refused: 0 });
  expect(cache.outbox(null)).toEqual([]);
});

describe('waiting', () => {
  test('F-06: Retry-After holds for its conversation, whatever goes well elsewhere', async () => {
    server.answers['conversations.reply'] = ({ params }) =>
      params.conversationId === id('e00', 1)
        ? problem('rate_limited', { retryAfterSeconds: 30 })
        : { status: 202, body: messageRow(1, 2, 1, NOW) };
    write(1);
    for (let n = 0; n < 5; n++) write(2);
    pump.kick();
    await until(() => cache.outbox(null).length === 1);
    pump.kick();
    pump.wake();
    timers.advance(29_999);
    write(3);
    pump.kick();
    await until(() => cache.outbox(null).length === 1);
    expect(replies().filter(asked => asked.params.conversationId === id('e00', 1))).toHaveLength(1);
    timers.advance(1);
    await until(() => replies().filter(asked => asked.params.conversationId === id('e00', 1)).length === 2);
  });

  test('F-18: it waits longer each time, and not at all once the server is there again', async () => {
    server.answers['conversations.reply'] = () => 'cut';
    write(1);
    pump.kick();
    for (const wait of [1000, 2000, 5000, 15_000, 30_000, 30_000]) {
      await until(() => timers.waiting().length === 1);
      expect(timers.waiting()).toEqual([wait]);
      timers.advance(wait);
    }
    await until(() => timers.waiting().length === 1);
    delete server.answers['conversations.reply'];
    pump.wake();
    await settled();
  });

  test('many that rest do not hold up the others', async () => {
    const bad = new Set(Array.from({ length: 8 }, (_, n) => id('e00', n)));
    server.answers['conversations.reply'] = ({ params }) =>
      bad.has(params.conversationId!) ? problem('unavailable') : { status: 202, body: messageRow(1, 2, 1, NOW) };
    for (let n = 0; n < 12; n++) write(n);
    pump.kick();
    await until(() => {
      timers.advance(1000);
      return cache.outbox(null).length === 8;
    });
    expect(new Set(cache.outbox(null).map(item => item.subjectId))).toEqual(bad);
  });

  test('F-12: an answer that cannot be written down because the disk is full is asked for again, and nothing is sent twice', async () => {
    const reply = write(1);
    const { settle } = cache;
    let full = true;
    const memory = cache as { settle: CacheEngine['settle'] };
    memory.settle = (...args) => {
      if (full) throw new Error('SQLITE_FULL');
      return settle(...args);
    };
    pump.kick();
    await until(() => replies().length === 1 && states()[0] === 'waiting');
    full = false;
    await until(() => timers.waiting().length === 1);
    timers.advance(1000);
    await settled();
    expect(server.done).toEqual([reply.messageId]);
  });
});
