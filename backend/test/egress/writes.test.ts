import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { secret } from '../../src/kernel/secret.ts';
import type { Egress } from '../../src/platform/egress/index.ts';
import { createEgress } from '../../src/platform/egress/index.ts';
import { createMetrics, silentLog } from '../../src/platform/telemetry/index.ts';
import { apiOver } from '../../src/providers/api.ts';
import { whatsapp } from '../../src/providers/whatsapp/connector.ts';
import { WHATSAPP } from '../../src/providers/whatsapp/manifest.ts';
import { sendText } from '../../src/providers/whatsapp/send.ts';
import { ask, connection, createPeer, egressTo, type Peer, rememberedCalls, resolver, send } from './peer.ts';

let peer: Peer;
let egress: Egress;
/** What the provider carried out: each key once, as a provider with idempotency keys does. */
let executed: string[];
beforeAll(async () => {
  peer = await createPeer();
});
beforeEach(() => {
  executed = [];
  peer.asked.length = 0;
  egress = egressTo({ sandbox: peer.url, random: () => 0 });
});
afterEach(() => {
  vi.useRealTimers();
  return egress.close();
});
afterAll(() => peer.close());

test('EG-04: a write whose reply is cut after the provider acted is ambiguous, and was asked once', async () => {
  peer.answer = request => {
    executed.push(request.url ?? '');
    request.socket.destroy();
  };
  expect(await egress.call(ask({ method: 'POST', effect: 'write', body: { json: { amount: 1 } } }))).toMatchObject({
    kind: 'ambiguous',
    reason: 'no-reply',
  });
  expect(executed).toHaveLength(1);
});

test.each([500, 502, 503, 504])(
  'EG-04: a write that is answered %i without a word is ambiguous, and was asked once',
  async status => {
    peer.answer = (_, reply) => send(reply, status, '<html>');
    expect(await egress.call(ask({ method: 'POST', effect: 'write' }))).toMatchObject({ kind: 'ambiguous', status });
    expect(peer.asked).toHaveLength(1);
  },
);

test('EG-04: a write that the provider holds for too long is ambiguous, and so is one that the caller cancels', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  peer.answer = () => vi.advanceTimersByTime(60_000);
  expect(await egress.call(ask({ effect: 'write' }))).toMatchObject({
    kind: 'ambiguous',
    reason: 'timeout',
  });
  const stop = new AbortController();
  peer.answer = () => stop.abort();
  expect(await egress.call(ask({ effect: 'write', signal: stop.signal }))).toMatchObject({
    kind: 'ambiguous',
    reason: 'cancelled',
  });
  expect(peer.asked).toHaveLength(2);
});

test('EG-04: a write with the provider’s idempotency key is repeated with the same key and takes effect once', async () => {
  const key = 'order-7';
  peer.answer = (request, reply) => {
    const given = String(request.headers['idempotency-key']);
    if (!executed.includes(given)) executed.push(given);
    if (peer.asked.length < 3) request.socket.destroy();
    else send(reply, 200, { ok: true });
  };
  const outcome = await egress.call(
    ask({
      method: 'POST',
      effect: 'idempotent-write',
      headers: { 'idempotency-key': key },
      body: { form: { a: 'b&c=d' } },
    }),
  );
  expect(outcome).toMatchObject({ kind: 'ok' });
  expect(executed).toEqual([key]);
  expect(peer.asked.map(({ headers, body }) => [headers['idempotency-key'], body])).toEqual(
    Array(3).fill([key, 'a=b%26c%3Dd']),
  );
});

test('EG-04: a write that was never delivered may be sent again', async () => {
  const gone = await createPeer();
  await gone.close();
  const nowhere = egressTo({ sandbox: gone.url });
  expect(await nowhere.call(ask({ effect: 'write' }))).toMatchObject({
    kind: 'retry',
    reason: 'connect',
    status: null,
  });
  await nowhere.close();
  const unknown = egressTo({
    dial: { lookup: (_, __, back) => back(Object.assign(new Error('x'), { code: 'ENOTFOUND' }), []) },
  });
  expect(await unknown.call(ask({ effect: 'write' }))).toMatchObject({ kind: 'retry', reason: 'name' });
  await unknown.close();
});

/** A connection of WhatsApp whose key is `token`, over the given egress. */
const whatsappOver = (over: Egress, token: string, of = connection()) =>
  apiOver(
    {
      egress: over,
      clock: { now: () => new Date() },
      manifest: WHATSAPP,
      connector: whatsapp,
      connection: of,
      app: null,
    },
    {
      capability: 'messaging',
      credential: async () => ({
        kind: 'ok',
        credential: { kind: 'key', fields: { token: secret(token) } },
        version: 0,
      }),
      account: null,
      settings: {},
      extras: {},
    },
  );

/** Meta's error body. */
const graph = (code: number, over: object = {}) => ({ error: { message: 'm', code, ...over } });

test.each([
  ['a message id', 200, { messages: [{ id: 'wamid.1' }] }, {}, { kind: 'accepted', providerId: 'wamid.1' }],
  ['200 without an id', 200, { messages: [] }, {}, { kind: 'ambiguous' }],
  [
    '200 with an error inside',
    200,
    graph(131026),
    {},
    { kind: 'refused', fault: { code: '131026' }, credentialDead: false },
  ],
  ['a login page', 200, '<html>', {}, { kind: 'ambiguous' }],
  ['429 with a hint', 429, graph(130429), { 'retry-after': '7' }, { kind: 'retry', afterSeconds: 7 }],
  ['429 without a body', 429, '', {}, { kind: 'retry', afterSeconds: null }],
  ['400 that will pass', 400, graph(131056), {}, { kind: 'retry' }],
  ['400 that is said to pass', 400, graph(1, { is_transient: true }), {}, { kind: 'retry' }],
  ['500 that is explained', 500, graph(131000), {}, { kind: 'retry' }],
  ['500 that is explained as something final', 500, graph(190), {}, { kind: 'retry' }],
  ['500 that is not', 500, 'oops', {}, { kind: 'ambiguous' }],
  ['a dead credential', 401, graph(190), {}, { kind: 'refused', fault: { code: '190' }, credentialDead: true }],
  ['401 from something in between', 401, '', {}, { kind: 'refused', fault: { code: '-1' }, credentialDead: true }],
  ['404 without a word', 404, '', {}, { kind: 'refused', fault: { code: '-1' }, credentialDead: false }],
  ['a redirect', 302, '', { location: 'http://169.254.169.254/' }, { kind: 'refused', credentialDead: false }],
] as const)('EG-04: WhatsApp answers %s', async (_, status, body, headers, expected) => {
  const ledger = rememberedCalls();
  const rules = { production: false, providers: [{ ...WHATSAPP, sandbox: peer.url }] };
  const meta = createEgress({
    rules,
    ledger,
    clock: { now: () => new Date() },
    metrics: createMetrics(),
    log: silentLog,
  });
  peer.answer = (_request, reply) => send(reply, status, body, headers);
  const of = connection();
  const message = {
    accountId: '100',
    to: { phone: '919999900001', userId: null },
    text: 'Namaste',
    replyTo: null,
    messageId: 'm1',
  };
  expect(await sendText(whatsappOver(meta, 'a-token', of), message)).toMatchObject(expected);
  expect(peer.asked).toMatchObject([
    { method: 'POST', url: '/v23.0/100/messages', headers: { authorization: 'Bearer a-token' } },
  ]);
  expect(ledger.calls).toMatchObject([{ connection: of, path: '/v23.0/{number}/messages', attempt: 1, status }]);
  expect(JSON.stringify(ledger.calls)).not.toMatch(/a-token|919999900001|Namaste/);
  await meta.close();
});

test('EG-04: WhatsApp is reached under its own name only, and a private answer is a reason to wait', async () => {
  const { lookup, asked } = resolver(['127.0.0.1']);
  const rules = { production: true, providers: [WHATSAPP] };
  const meta = createEgress({
    rules,
    dial: { lookup },
    ledger: rememberedCalls(),
    clock: { now: () => new Date() },
    metrics: createMetrics(),
    log: silentLog,
  });
  const to = { phone: null, userId: 'IN.1' };
  const api = whatsappOver(meta, 't');
  const message = {
    accountId: '1',
    to,
    text: 'x',
    replyTo: null,
    messageId: 'm',
  };
  expect(await sendText(api, message)).toMatchObject({ kind: 'retry', why: 'private-address' });
  expect(await sendText(api, { ...message, accountId: '../1' })).toMatchObject({
    kind: 'refused',
  });
  expect(asked()).toBe(1);
  await meta.close();
});
