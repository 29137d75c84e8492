import { expect, test } from 'vitest';
import { manualClock } from '../../kernel/clock.ts';
import { createBreaker } from './breaker.ts';
import { createBudgets, type TurnRequest } from './budget.ts';

const bucket = { burst: 2, perSecond: 1 };
const setUp = () => {
  const clock = manualClock('2026-11-20T06:30:00.000Z');
  const budgets = createBudgets({ clock, wait: async ms => clock.advance(ms / 1000) });
  const turn = (over: Partial<TurnRequest> = {}) =>
    budgets.turn({
      connection: 'c',
      cost: 'default',
      bucket,
      until: clock.now().getTime() + 60_000,
      forbidden: async () => null,
      ...over,
    });
  return { clock, budgets, turn };
};

test('EG-03: connections that are as good as new are forgotten; one that is paused is not', async () => {
  const { clock, budgets, turn } = setUp();
  budgets.pause('paused', 86_400);
  for (let n = 0; n < 20_000; n++) {
    await turn({ connection: `c${n}` });
    if (n % 1000 === 0) clock.advance(60);
  }
  expect(budgets.size()).toBeLessThan(12_000);
  expect(await turn({ connection: 'paused' })).toMatchObject({ kind: 'later' });
});

test('VT-13: a switch that is pulled while somebody waits is seen within a second, and costs no token', async () => {
  const { clock, turn } = setUp();
  await turn();
  await turn();
  const from = clock.now().getTime();
  let asked = 0;
  const forbidden = async () => (++asked > 1 ? 'switched-off' : null);
  expect(await turn({ bucket, forbidden })).toEqual({ kind: 'stopped', reason: 'switched-off' });
  expect(clock.now().getTime() - from).toBeLessThanOrEqual(1000);
  expect(await turn()).toEqual({ kind: 'go' });
});

test('EG-03: at most a thousand wait in one queue, and who cancels lets the next one through', async () => {
  const clock = manualClock('2026-11-20T06:30:00.000Z');
  const waits: (() => void)[] = [];
  const budgets = createBudgets({
    clock,
    wait: (_, signal) =>
      new Promise(resolve => {
        signal?.addEventListener('abort', () => resolve());
        waits.push(resolve);
      }),
  });
  const stop = new AbortController();
  const ask = (signal?: AbortSignal) =>
    budgets.turn({
      connection: 'c',
      cost: 'default',
      bucket: { burst: 1, perSecond: 1 },
      until: Number.MAX_SAFE_INTEGER,
      forbidden: async () => null,
      signal,
    });
  await ask();
  const waitsAre = async (count: number) => {
    while (waits.length < count) await new Promise(resolve => setImmediate(resolve));
  };
  const head = ask(stop.signal);
  const impatient = new AbortController();
  const middle = ask(impatient.signal);
  const others = Array.from({ length: 998 }, () => ask());
  expect(await ask()).toMatchObject({ kind: 'later' });
  await waitsAre(1);
  impatient.abort();
  expect(await middle).toEqual({ kind: 'stopped', reason: 'cancelled' });
  expect(waits).toHaveLength(1);
  stop.abort();
  expect(await head).toEqual({ kind: 'stopped', reason: 'cancelled' });
  await waitsAre(2);
  clock.advance(1);
  waits.at(-1)?.();
  expect(await others[0]).toEqual({ kind: 'go' });
});

test('EG-03: the breaker opens after failures in a row, doubles its pause up to the cap, and forgets what is well', () => {
  const clock = manualClock('2026-11-20T06:30:00.000Z');
  const breaker = createBreaker(clock, { failures: 3, coolDownMs: 1000, maxCoolDownMs: 3000 });
  expect([breaker.failed('k'), breaker.failed('k')]).toEqual([false, false]);
  breaker.alive('k');
  expect([breaker.failed('k'), breaker.failed('k'), breaker.failed('k'), breaker.failed('k')]).toEqual([
    false,
    false,
    true,
    false,
  ]);
  for (const pause of [1000, 2000, 3000, 3000]) {
    expect(breaker.enter('k')).toBe(pause);
    clock.advance(pause / 1000);
    expect(breaker.enter('k')).toBe(0);
    expect(breaker.enter('k')).toBeGreaterThan(0);
    expect(breaker.failed('k')).toBe(true);
  }
  clock.advance(3);
  expect(breaker.enter('k')).toBe(0);
  breaker.unknown('k');
  expect(breaker.enter('k')).toBe(0);
  breaker.alive('k');
  expect([breaker.enter('k'), breaker.enter('k'), breaker.size()]).toEqual([0, 0, 0]);
});
