import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { CallRequest, Connection, Egress } from '../../src/platform/egress/index.ts';
import { ask, connection, createPeer, type EgressSetup, egressTo, type Peer, send, virtualTime } from './peer.ts';

let peer: Peer;
let time: ReturnType<typeof virtualTime>;
let egress: Egress | null = null;
/** When the server was asked, in milliseconds of the test's time: the ledger. */
let asked: { at: number; path: string }[];
let answer: (reply: ServerResponse, count: number) => void;
beforeAll(async () => {
  peer = await createPeer();
});
beforeEach(() => {
  time = virtualTime();
  asked = [];
  answer = reply => send(reply, 200, { ok: true });
  peer.answer = (request, reply) => {
    asked.push({ at: time.elapsed(), path: request.url ?? '' });
    answer(reply, asked.length);
  };
});
afterEach(async () => {
  await egress?.close();
  egress = null;
});
afterAll(() => peer.close());

const setUp = (over: EgressSetup = {}) => {
  egress = egressTo({ sandbox: peer.url, clock: time.clock, wait: time.wait, random: () => 0.5, ...over });
  return egress;
};
/** Waits for its turn and for further attempts up to `waitMs`. */
const call = ({ waitMs = 25_000, ...over }: Partial<CallRequest<{ ok: true }>> & { waitMs?: number } = {}) =>
  egress!.call(ask({ deadlineMs: 60_000 + waitMs, ...over }));
const run = <T>(promise: Promise<T>) => time.run(promise);
const inWindow = (from: number, to: number) => asked.filter(({ at }) => at >= from && at < to).length;
const on = (who: Connection, name: string) => ({ connection: who, parameters: { id: name } });

test('EG-03: a hundred at once leave at the rate of the budget, in order, and all are answered', async () => {
  setUp({ budget: { default: { burst: 5, perSecond: 10 } } });
  const who = connection();
  const outcomes = await run(Promise.all(Array.from({ length: 100 }, (_, n) => call(on(who, `n${n}`)))));
  expect(outcomes.every(({ kind }) => kind === 'ok')).toBe(true);
  expect(asked.map(({ path }) => path)).toEqual(Array.from({ length: 100 }, (_, n) => `/v1/things/n${n}`));
  for (let from = 0; from < 10_000; from += 250)
    expect(inWindow(from, from + 1000), `from ${from}`).toBeLessThanOrEqual(15);
  expect(asked.at(-1)!.at).toBeLessThan(10_000);
});

test('EG-03: who would wait beyond the deadline is told when to come back, and does not queue', async () => {
  setUp({ budget: { default: { burst: 1, perSecond: 1 } } });
  const who = connection();
  const outcomes = await run(Promise.all(Array.from({ length: 20 }, () => call({ connection: who, waitMs: 5000 }))));
  expect(outcomes.filter(({ kind }) => kind === 'ok')).toHaveLength(6);
  expect(outcomes.at(-1)).toMatchObject({ kind: 'retry', reason: 'budget' });
  expect(asked).toHaveLength(6);
});

test('EG-03: one connection that is out of budget holds up no other, and one class of cost no other', async () => {
  setUp({ budget: { default: { burst: 1, perSecond: 0.01 }, reports: { burst: 2, perSecond: 1 } } });
  const [busyOne, other] = [connection(), connection()];
  await run(call({ connection: busyOne }));
  expect(await run(call({ connection: busyOne }))).toMatchObject({
    kind: 'retry',
    reason: 'budget',
    afterSeconds: 100,
  });
  expect(await run(call({ connection: other }))).toMatchObject({ kind: 'ok' });
  expect(await run(call({ connection: busyOne, cost: 'reports' }))).toMatchObject({ kind: 'ok' });
  expect(await run(call({ connection: busyOne, cost: 'unheard-of' }))).toEqual({ kind: 'refused', reason: 'cost' });
});

test('EG-03, F-06: a storm of 429 with Retry-After: nothing of that connection leaves in the pause, the rest is unaffected', async () => {
  setUp({ budget: { default: { burst: 3, perSecond: 5 } } });
  const [limited, other] = [connection(), connection()];
  answer = (reply, n) => (n === 3 ? send(reply, 429, {}, { 'retry-after': '20' }) : send(reply, 200, { ok: true }));
  const storm = Promise.all(Array.from({ length: 30 }, (_, n) => call({ ...on(limited, `l${n}`), waitMs: 30_000 })));
  await time.advance(5000);
  expect(asked).toHaveLength(3);
  expect(await run(call(on(other, 'other')))).toMatchObject({ kind: 'ok' });
  expect(asked).toHaveLength(4);
  const outcomes = await run(storm);
  expect(outcomes.every(({ kind }) => kind === 'ok')).toBe(true);
  const later = asked.slice(4).map(({ at }) => at);
  expect(later[0]).toBe(20_000);
  expect(later).toHaveLength(28);
  for (const at of later) expect(later.filter(one => one >= at && one < at + 1000).length).toBeLessThanOrEqual(8);
});

test('EG-03, F-06: without a hint the pauses grow, and the end of a pause lets out one at a time', async () => {
  setUp({ budget: { default: { burst: 50, perSecond: 2 } } });
  const who = connection();
  let limited = true;
  answer = reply => (limited ? send(reply, 429, {}) : send(reply, 200, { ok: true }));
  const first = await run(call({ connection: who, effect: 'write', waitMs: 0 }));
  expect(first).toMatchObject({ kind: 'retry', reason: 'rate-limited', status: 429 });
  const gaps: number[] = [];
  for (let n = 0; n < 4; n++) {
    const at = asked.at(-1)!.at;
    await run(call({ connection: who, effect: 'write', waitMs: 60_000 }));
    gaps.push(asked.at(-1)!.at - at);
  }
  expect(gaps).toEqual([1000, 2000, 4000, 8000]);
  limited = false;
  const from = asked.at(-1)!.at;
  await run(Promise.all(Array.from({ length: 10 }, () => call({ connection: who, waitMs: 60_000 }))));
  // The saved-up burst is gone: one as the pause ends, the others at the rate.
  expect(inWindow(from + 1, from + 16_400)).toBe(1);
  expect(inWindow(from + 16_400, from + 17_400)).toBeLessThanOrEqual(2);
});

test('EG-03, F-07: a storm of 500: reads are tried three times at most, the breaker stops the rest, and recovery is seen in under a minute', async () => {
  setUp();
  const who = connection();
  let down = true;
  answer = reply => (down ? send(reply, 500, 'oops') : send(reply, 200, { ok: true }));
  const first = await run(call({ connection: who }));
  expect(first).toMatchObject({ kind: 'retry', reason: 'provider-error', status: 500 });
  expect(asked).toHaveLength(3);

  // Ten minutes out of order, and somebody asks twice a second.
  const start = time.elapsed();
  for (let n = 0; n < 1200; n++) {
    const outcome = await run(call({ connection: who, waitMs: 400 }));
    expect(outcome.kind).toBe('retry');
    await time.advance(500);
  }
  const tries = asked.length - 3;
  expect(tries).toBeGreaterThan(10);
  expect(tries).toBeLessThan(40);
  expect(await run(call({ connection: connection(), effect: 'write' }))).toMatchObject({ kind: 'ambiguous' });

  down = false;
  const recovered = time.elapsed();
  while ((await run(call({ connection: who, waitMs: 400 }))).kind !== 'ok') await time.advance(500);
  expect(time.elapsed() - recovered).toBeLessThan(60_000);
  expect(start).toBeLessThan(recovered);
  // And it is closed again: many at once all go through.
  const all = await run(Promise.all(Array.from({ length: 20 }, () => call({ connection: who }))));
  expect(all.every(({ kind }) => kind === 'ok')).toBe(true);
});

test('EG-03: half-open means one: of many who ask at once only a single call finds out', async () => {
  setUp();
  const who = connection();
  answer = reply => send(reply, 503, '');
  for (let n = 0; n < 2; n++) await run(call({ connection: who }));
  await time.advance(31_000);
  const before = asked.length;
  const outcomes = await run(Promise.all(Array.from({ length: 30 }, () => call({ connection: who, effect: 'write' }))));
  expect(asked.length - before).toBe(1);
  expect(outcomes.filter(({ kind }) => kind === 'ambiguous')).toHaveLength(1);
  expect(outcomes.filter(outcome => outcome.kind === 'retry' && outcome.reason === 'breaker-open')).toHaveLength(29);
});

test.each([429, 500, 502, 503, 504, 408])('EG-03: %i is never «not there», whatever the body says', async status => {
  setUp();
  answer = reply => send(reply, status, { error: 'not_found' });
  const explain = () => ({ kind: 'permanent', code: 'not_found', reason: 'gone' }) as const;
  for (const effect of ['read', 'write', 'idempotent-write'] as const) {
    const outcome = await run(call({ effect, explain, waitMs: 0 }));
    expect(outcome.kind).toBe(effect === 'write' && status !== 429 ? 'ambiguous' : 'retry');
  }
});

test('EG-03: calls that come together do not come back together: the pause before each attempt is drawn anew', async () => {
  let draws = 0;
  setUp({ random: () => (draws++ % 10) / 10 });
  answer = (reply, n) => (n <= 4 ? send(reply, 500, '') : send(reply, 200, { ok: true }));
  await run(Promise.all(Array.from({ length: 4 }, () => call())));
  expect(draws).toBe(4);
  expect(new Set(asked.slice(4).map(({ at }) => at)).size).toBe(4);
});
