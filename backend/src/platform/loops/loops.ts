import { newId } from '../../kernel/ids.ts';
import { type Db, listen } from '../db/index.ts';
import { type Log, type Metrics, nameOf } from '../telemetry/index.ts';
import { holdLease } from './lease.ts';

/** Periodic work beside the requests, in worker processes. `run` must be safe to repeat, and safe to run in two processes at once. */
export type Loop = {
  /** Unique in the product: `<module>.<what>`. */
  readonly name: string;
  readonly seconds: number;
  /** A NOTIFY channel. A loop with one runs when it starts and on every notice; `seconds` is then only the fallback. */
  readonly wake?: string;
  /** With a lease one process at a time runs the loop. Longer than `seconds`: the holder renews it with each run. */
  readonly leaseSeconds?: number;
  /** `signal` aborts when the process drains: finish the step under way and return. */
  readonly run: (signal: AbortSignal) => Promise<void>;
};

export type Loops = {
  readonly start: () => Promise<void>;
  /** Runs a loop now, whoever holds its lease, and resolves when it has run. Throws what the run throws. */
  readonly runNow: (name: string) => Promise<void>;
  /** Takes no more work, and resolves when the runs under way have ended. */
  readonly stop: () => Promise<void>;
};

export type LoopDeps = { readonly db: Db; readonly log: Log; readonly metrics: Metrics };

/** The one owner of timers: one run at a time in this process, and a wake during a run makes it run once more. */
export function createLoops({ db, log, metrics }: LoopDeps, loops: readonly Loop[]): Loops {
  const owner = newId();
  const stopping = new AbortController();
  const runners = new Map<string, ReturnType<typeof createRunner>>();
  const timers: NodeJS.Timeout[] = [];
  const listeners: (() => Promise<void>)[] = [];

  function createRunner(loop: Loop) {
    const waking = new Set<Promise<void>>();
    let running: Promise<void> | null = null;
    let again = false;

    async function runOnce(): Promise<void> {
      const began = performance.now();
      try {
        await loop.run(stopping.signal);
        metrics.loopRuns.inc({ loop: loop.name, outcome: 'ok' });
      } catch (error) {
        metrics.loopRuns.inc({ loop: loop.name, outcome: 'failed' });
        throw error;
      } finally {
        metrics.loopSeconds.observe({ loop: loop.name }, (performance.now() - began) / 1000);
      }
    }

    function runNow(): Promise<void> {
      again = true;
      running ??= (async () => {
        while (again && !stopping.signal.aborted) {
          again = false;
          await runOnce();
        }
      })().finally(() => {
        running = null;
      });
      return running;
    }

    async function runIfHeld(): Promise<void> {
      if (loop.leaseSeconds !== undefined && !(await holdLease(db, loop.name, owner, loop.leaseSeconds))) return;
      await runNow();
    }

    return {
      loop,
      runNow,
      wake: () => {
        if (stopping.signal.aborted) return;
        const woken = runIfHeld()
          .catch(error => log.warn('a loop failed', { loop: loop.name, error: nameOf(error) }))
          .finally(() => waking.delete(woken));
        waking.add(woken);
      },
      ended: async () => {
        await Promise.all(waking);
        await running?.catch(() => undefined);
      },
    };
  }

  for (const loop of loops) {
    if (runners.has(loop.name)) throw new Error(`Two loops are named ${loop.name}.`);
    if (loop.leaseSeconds !== undefined && loop.leaseSeconds <= loop.seconds)
      throw new Error(`The loop ${loop.name} has a lease that expires before its next run.`);
    runners.set(loop.name, createRunner(loop));
  }

  return {
    async start() {
      for (const { loop, wake } of runners.values()) {
        const timer = setInterval(wake, loop.seconds * 1000);
        timer.unref();
        timers.push(timer);
        if (loop.wake === undefined) continue;
        listeners.push(await listen(db, loop.wake, wake));
        // Notices from before this moment were heard by nobody.
        wake();
      }
    },
    async runNow(name) {
      const runner = runners.get(name);
      if (!runner) throw new Error(`No loop is named ${name}. There are: ${[...runners.keys()].join(', ')}.`);
      await runner.runNow();
    },
    async stop() {
      stopping.abort();
      for (const timer of timers) clearInterval(timer);
      for (const unlisten of listeners) await unlisten();
      for (const runner of runners.values()) await runner.ended();
    },
  };
}
