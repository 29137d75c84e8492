import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../../../testkit/until.ts';
import { openTestDb, START } from '../../../test/world.ts';
import { type ManualClock, manualClock } from '../../kernel/clock.ts';
import { type Db, notify, withSystem } from '../db/index.ts';
import { createMetrics, silentLog } from '../telemetry/index.ts';
import { createLoops, type Loop } from './index.ts';

let db: Db;
let clock: ManualClock;
let drop: () => Promise<void>;
beforeAll(async () => {
  clock = manualClock(START);
  ({ db, drop } = await openTestDb(clock));
});
afterAll(() => drop());

/** A process with one loop whose runs wait until they are let go. `asked` is how often it asked for the lease. */
function processWith(over: Partial<Loop> = {}) {
  const metrics = createMetrics();
  const waiting: { release: (error?: Error) => void; signal: AbortSignal }[] = [];
  const run = (signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      waiting.push({ signal, release: error => (error ? reject(error) : resolve()) });
    });
  const loop: Loop = { name: 'test.loop', seconds: 3600, run, ...over };
  let asked = 0;
  const onSystem = (reason: string) => {
    if (reason === 'lease') asked += 1;
  };
  const loops = createLoops({ db: { ...db, onSystem }, log: silentLog, metrics }, [loop]);
  const counted = async (outcome: string) =>
    (await metrics.loopRuns.get()).values.find(({ labels }) => labels.outcome === outcome)?.value ?? 0;
  return { loops, waiting, counted, asked: () => asked };
}

const running = async (waiting: readonly unknown[], count: number) => {
  await until(() => waiting.length >= count);
  expect(waiting).toHaveLength(count);
};

test('one run at a time: calls during a run make exactly one more', async () => {
  const { loops, waiting, counted } = processWith();
  const calls = [loops.runNow('test.loop'), loops.runNow('test.loop'), loops.runNow('test.loop')];
  await running(waiting, 1);
  waiting[0]?.release();
  await running(waiting, 2);
  waiting[1]?.release();
  await Promise.all(calls);
  expect(waiting).toHaveLength(2);
  expect(await counted('ok')).toBe(2);
});

test('a run that fails is counted and thrown to its caller, and the next one runs', async () => {
  const { loops, waiting, counted } = processWith();
  const failing = loops.runNow('test.loop');
  await running(waiting, 1);
  waiting[0]?.release(new Error('no disk'));
  await expect(failing).rejects.toThrow('no disk');
  const next = loops.runNow('test.loop');
  await running(waiting, 2);
  waiting[1]?.release();
  await next;
  expect([await counted('failed'), await counted('ok')]).toEqual([1, 1]);
});

test('a loop with a channel runs when it starts and on every notice', async () => {
  const { loops, waiting } = processWith({ wake: 'astrix_test_wake' });
  await loops.start();
  await running(waiting, 1);
  waiting[0]?.release();
  await until(async () => {
    await withSystem(db, 'lease', tx => notify(tx, 'astrix_test_wake', ''));
    return waiting.length > 1;
  });
  for (const { release } of waiting) release();
  await loops.stop();
});

test('a loop without a channel waits for its first interval', async () => {
  const { loops, waiting } = processWith({ seconds: 0.05 });
  await loops.start();
  expect(waiting).toHaveLength(0);
  await running(waiting, 1);
  waiting[0]?.release();
  await loops.stop();
});

test('stop aborts the run under way, waits for its end, and takes no more', async () => {
  const { loops, waiting } = processWith();
  const run = loops.runNow('test.loop');
  await running(waiting, 1);
  let stopped = false;
  const stopping = loops.stop().then(() => {
    stopped = true;
  });
  expect(waiting[0]?.signal.aborted).toBe(true);
  await new Promise(resolve => setImmediate(resolve));
  expect(stopped).toBe(false);
  waiting[0]?.release();
  await Promise.all([run, stopping]);
  await loops.runNow('test.loop');
  expect(waiting).toHaveLength(1);
});

test('F-23: with a lease one process runs, and another takes over when the lease has expired', async () => {
  const lease = { seconds: 0.05, leaseSeconds: 60 };
  const [one, other] = [processWith(lease), processWith(lease)];
  await one.loops.start();
  await running(one.waiting, 1);
  await other.loops.start();
  // It asks several times, and never gets the lease.
  await until(() => other.asked() > 3);
  expect(other.waiting).toHaveLength(0);
  // The first process hangs in its run: it renews nothing.
  const stopping = one.loops.stop();
  one.waiting[0]?.release();
  await stopping;
  clock.advance(61);
  await running(other.waiting, 1);
  other.waiting[0]?.release();
  await other.loops.stop();
});

test('names are unique, a lease outlasts the interval, and an unknown loop is named with those that exist', async () => {
  const loop: Loop = { name: 'test.loop', seconds: 60, run: async () => undefined };
  const make = (...loops: Loop[]) => createLoops({ db, log: silentLog, metrics: createMetrics() }, loops);
  expect(() => make(loop, loop)).toThrow('Two loops are named test.loop.');
  expect(() => make({ ...loop, leaseSeconds: 60 })).toThrow('has a lease that expires before its next run');
  await expect(make(loop).runNow('test.lop')).rejects.toThrow('No loop is named test.lop. There are: test.loop.');
});
