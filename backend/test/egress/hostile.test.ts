import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { type Answer, HEAD, reply, say } from '../../sandbox/answers.ts';
import { bytes, type Effect, type Egress, type Explain, json, nothing } from '../../src/platform/egress/index.ts';
import { GOOD, good, HOSTILE, Thing, text } from './hostile-replies.ts';
import { ask, egressTo, PROVIDER, rememberedCalls } from './peer.ts';
import { createRawPeer, type RawPeer } from './raw-peer.ts';

let peer: RawPeer;
let egress: Egress;
let ledger: ReturnType<typeof rememberedCalls>;
const prototypeBefore = Object.getOwnPropertyNames(Object.prototype).join();
beforeAll(async () => {
  peer = await createRawPeer();
});
beforeEach(() => {
  peer.asked.length = 0;
  ledger = rememberedCalls();
  egress = egressTo({ sandbox: peer.url, ledger, wait: async () => undefined });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(async () => {
  stopTime();
  vi.useRealTimers();
  expect(Object.getOwnPropertyNames(Object.prototype).join()).toBe(prototypeBefore);
  await egress.close();
});
afterAll(() => peer.close());

const explain: Explain = body => {
  const told = z.object({ error: z.object({ code: z.string(), message: z.string() }) }).safeParse(body);
  return told.success ? { kind: 'permanent', code: told.data.error.code, reason: told.data.error.message } : null;
};
const call = (effect: Effect) =>
  egress.call({ ...ask(), effect, method: effect === 'read' ? 'GET' : 'POST', reply: json(Thing), explain });

let ticking: NodeJS.Timeout | undefined;
const stopTime = () => {
  clearInterval(ticking);
  ticking = undefined;
};
/** Gives this answer, and lets the time of time-outs pass from then on: however busy the machine is, the peer is asked before. */
const andTimePasses =
  (answer: Answer): Answer =>
  socket => {
    ticking ??= setInterval(() => vi.advanceTimersByTime(1000), 1);
    answer(socket);
  };

describe('EG-02, F-08: a hostile reply', () => {
  test.each(HOSTILE)('%s', async (_, answer, expected) => {
    peer.answer = expected.reason === 'timeout' ? andTimePasses(answer) : answer;
    const read = await call('read');
    expect(read).toMatchObject(expected);
    expect(read).not.toHaveProperty('data');
    expect(read.kind === 'malformed').toBe('stale' in read);

    peer.asked.length = 0;
    const write = await call('write');
    expect(write.kind).toBe(expected.kind === 'permanent' ? 'permanent' : 'ambiguous');
    expect(write).not.toHaveProperty('data');
    expect(peer.asked).toHaveLength(1);

    stopTime();
    // Nothing of it is left in the way of the next call.
    peer.answer = good();
    expect(await call('read')).toMatchObject({ kind: 'ok', data: GOOD });
  });

  test('there are more than 22 of them', () => expect(HOSTILE.length).toBeGreaterThanOrEqual(22));

  test('what is odd but whole is taken: a mark in front, unknown keys, NUL and half characters in a text', async () => {
    peer.answer = reply(`\ufeff${JSON.stringify({ ...GOOD, nested: { customerPhone: '+919999900001' } })}`);
    expect(await call('read')).toMatchObject({ kind: 'ok', data: GOOD });
    expect((await call('read')) as object).not.toHaveProperty('data.nested');
    peer.answer = text('{"id":"T\\u00001","state":"ready","paise":1,"note":"\\ud83d half"}');
    expect(await call('read')).toMatchObject({ kind: 'ok', data: { id: 'T\ufffd1', note: '\ufffd half' } });
    peer.answer = reply(gzipSync(JSON.stringify(GOOD)), { 'content-encoding': 'GZIP' });
    expect(await call('read')).toMatchObject({ kind: 'ok', data: GOOD });
  });

  test('a second reply that nobody asked for is not given to the next who asks', async () => {
    const one = { ...GOOD, id: 'mine' };
    const stray = JSON.stringify({ ...GOOD, id: 'stray' });
    const body = JSON.stringify(one);
    peer.answer = say(
      `${HEAD}content-length: ${body.length}\r\n\r\n${body}${HEAD}content-length: ${stray.length}\r\n\r\n${stray}`,
    );
    for (let round = 0; round < 5; round++)
      expect(await call('read')).toMatchObject({ kind: 'ok', data: { id: 'mine' } });
  });

  test('a schema of ours that throws is our fault and says so, and the process goes on', async () => {
    peer.answer = good();
    const broken = json(Thing.refine(() => throwBroken()));
    expect(await egress.call({ ...ask(), reply: broken })).toMatchObject({ kind: 'malformed', reason: 'adapter' });
    expect(await egress.call({ ...ask(), effect: 'write', reply: broken })).toMatchObject({ kind: 'ambiguous' });
  });

  test('a file is taken by its type and size, and «nothing» looks at nothing', async () => {
    peer.answer = reply('%PDF-1.7', { 'content-type': 'Application/PDF; x=y' });
    const pdf = await egress.call({ ...ask(), reply: bytes(['application/pdf'], 1000) });
    expect(pdf).toMatchObject({ kind: 'ok' });
    expect(pdf.kind === 'ok' && pdf.data.toString()).toBe('%PDF-1.7');
    for (const [answer, reason] of [
      [reply('<html>', { 'content-type': 'text/html' }), 'content-type'],
      [reply('', { 'content-type': 'application/pdf' }), 'empty'],
      [reply('%'.repeat(1001), { 'content-type': 'application/pdf' }), 'too-large'],
    ] as const) {
      peer.answer = answer;
      expect(await egress.call({ ...ask(), reply: bytes(['application/pdf'], 1000) })).toMatchObject({ reason });
    }
    peer.answer = reply('<html>', {}, '202 Accepted');
    expect(await egress.call({ ...ask(), effect: 'write', reply: nothing })).toMatchObject({ kind: 'ok', data: null });
  });

  test('nothing of what the provider wrote stands in the ledger', async () => {
    peer.answer = text('{"error":{"code":"E 42 <b>","message":"Asha Rao, +91 99999 00001, is unknown"}}');
    const outcome = await call('write');
    expect(outcome).toMatchObject({ kind: 'permanent', reason: 'Asha Rao, +91 99999 00001, is unknown' });
    expect(ledger.calls).toHaveLength(1);
    expect(JSON.stringify(ledger.calls)).not.toMatch(/Asha|\+91|<b>|"T1"|things\/T1/);
    expect(ledger.calls[0]).toMatchObject({ provider: PROVIDER.id, path: '/v1/things/{id}', reason: 'other' });
  });
});

const throwBroken = (): never => {
  throw new TypeError('a refinement with a mistake');
};
