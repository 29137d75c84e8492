import { COLLECTION_NAMES, type CollectionName } from '@astrix/contract';
import { type AstrixClient, SdkError } from '@astrix/sdk';
import type { Topic } from '../../shared/ipc.ts';
import type { AppliedBatch, Cache } from '../cache/api.ts';
import type { ConsoleLog } from '../log/log.ts';
import type { Clock } from '../ports.ts';
import type { StatusBoard } from './status.ts';

export type Timers = { readonly after: (ms: number, work: () => void) => () => void };
export const realTimers: Timers = {
  after: (ms, work) => {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  },
};

export type EngineDeps = {
  readonly client: AstrixClient;
  readonly cache: Cache;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly status: StatusBoard;
  readonly log: ConsoleLog;
  readonly onChanged: (topics: Topic[]) => void;
  readonly onArrived: (arrived: AppliedBatch['arrived']) => void;
  readonly onOnline: () => void;
  /** The server no longer takes the token. */
  readonly onRefused: () => Promise<void>;
  readonly onEnded: () => Promise<void>;
  readonly onSeen: () => void;
};

/** The server says something every 15 seconds; silence for longer means that the line is dead. */
const SILENCE_MS = 35_000;
const BACK_OFF_MS = [300, 700, 1500, 3000, 5000];
/** Rows written in one transaction: large enough to be fast, small enough that nobody waits for it. */
const ROWS_PER_WRITE = 500;

export type SyncEngine = {
  readonly start: () => void;
  readonly stop: () => Promise<void>;
  readonly wake: () => void;
  readonly pullNow: () => Promise<void>;
};

/** Holds the live stream, pulls when it says so, and keeps trying when there is nobody to hear. */
export function createSyncEngine(deps: EngineDeps): SyncEngine {
  const { client, cache, clock, timers, status } = deps;
  const stopping = new AbortController();
  let running: Promise<void> | null = null;
  let wakeUp: () => void = () => undefined;
  let failures = 0;

  function offline(trouble: string | null): void {
    const since = status.get().offlineSince ?? clock.now().toISOString();
    status.set({ connection: 'offline', offlineSince: since, syncing: false, trouble });
  }

  async function listen(): Promise<void> {
    const stream = new AbortController();
    const signal = AbortSignal.any([stopping.signal, stream.signal]);
    let silence = timers.after(SILENCE_MS, () => stream.abort());
    try {
      for await (const event of client.live({ signal })) {
        silence();
        silence = timers.after(SILENCE_MS, () => stream.abort());
        if (event.event === 'ended') return await deps.onEnded();
        if (event.event === 'ready') becomeOnline();
        if (event.event === 'ready' || event.event === 'ping') learnTime(event.data.serverTime);
        if (event.event !== 'ping') void pull();
      }
    } finally {
      silence();
    }
  }

  function becomeOnline(): void {
    failures = 0;
    status.set({ connection: 'online', offlineSince: null, trouble: null });
    deps.onOnline();
  }

  function learnTime(serverTime: string): void {
    deps.onSeen();
    status.set({ clockSkewSeconds: Math.round((clock.now().getTime() - Date.parse(serverTime)) / 1000) });
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      if (status.get().connection !== 'offline') status.set({ connection: 'connecting' });
      try {
        await listen();
        if (!stopping.signal.aborted) offline(null);
      } catch (error) {
        if (stopping.signal.aborted) return;
        await failed(error);
      }
      await pause(BACK_OFF_MS[Math.min(failures, BACK_OFF_MS.length - 1)]!);
      failures += 1;
    }
  }

  async function failed(error: unknown): Promise<void> {
    if (!(error instanceof SdkError)) throw error;
    const { failure } = error;
    if (failure.kind === 'problem' && failure.problem.status === 401) {
      await deps.onRefused();
      if (!stopping.signal.aborted) offline(null);
      return;
    }
    offline(
      failure.kind === 'not-astrix'
        ? 'This network answers in place of the server. It may ask for a sign-in of its own.'
        : null,
    );
  }

  const pause = (ms: number) =>
    new Promise<void>(resolve => {
      const done = () => {
        cancel();
        resolve();
      };
      const cancel = timers.after(ms * (0.75 + Math.random() / 2), done);
      wakeUp = done;
      stopping.signal.addEventListener('abort', done, { once: true });
    });

  let pulling: Promise<void> | null = null;
  let again = false;
  /** One pull at a time; a wish during a pull makes one more. */
  function pull(): Promise<void> {
    again = true;
    pulling ??= (async () => {
      while (again && !stopping.signal.aborted) {
        again = false;
        await pullOnce([]).catch(error =>
          deps.log('pull failed', { error: error instanceof Error ? error.name : 'unknown' }),
        );
      }
    })().finally(() => {
      pulling = null;
      status.set({ syncing: false });
    });
    return pulling;
  }

  async function pullOnce(backfill: readonly string[]): Promise<void> {
    const state = await cache.syncState();
    const first = state.cursor === null;
    const pending = new Map<CollectionName, unknown[]>();
    const gone: { c: CollectionName; ids: string[] }[] = [];
    let held = 0;
    let received = 0;
    status.set({ syncing: true, received: 0 });

    const write = async (cursor: string | null, done: boolean) => {
      const rows = COLLECTION_NAMES.flatMap(c => (pending.has(c) ? [{ c, rows: pending.get(c) ?? [] }] : []));
      const applied = await cache.apply({ rows, gone: gone.splice(0), cursor, done });
      pending.clear();
      received += held;
      held = 0;
      if (first) status.set({ received });
      if (applied.topics.length > 0) deps.onChanged(applied.topics);
      if (!first && applied.arrived.length > 0) deps.onArrived(applied.arrived);
    };

    for await (const line of client.sync({ since: state.cursor ?? undefined, backfill, signal: stopping.signal })) {
      switch (line.t) {
        case 'hello': {
          const known = new Set(state.clientIds);
          const fresh = line.clients.filter(id => !known.has(id));
          const whole = first || line.reset || (state.epoch !== null && state.epoch !== line.epoch);
          // Clients that are new to this copy must be sent whole, and only now is known which.
          if (!whole && fresh.some(id => !backfill.includes(id))) return pullOnce(fresh);
          await cache.beginPull({
            epoch: line.epoch,
            clientIds: line.clients,
            serverTime: line.serverTime,
            reset: line.reset,
          });
          if (known.size !== line.clients.length || fresh.length > 0) deps.onChanged(['clients']);
          break;
        }
        case 'rows': {
          const list = pending.get(line.c) ?? [];
          list.push(...line.rows);
          pending.set(line.c, list);
          held += line.rows.length;
          if (held >= ROWS_PER_WRITE) await write(null, false);
          break;
        }
        case 'gone':
          gone.push({ c: line.c, ids: line.ids });
          break;
        case 'cursor':
          await write(line.cursor, false);
          break;
        case 'end':
          await write(line.cursor, true);
          status.set({ syncedAt: clock.now().toISOString() });
      }
    }
  }

  return {
    start() {
      running ??= run();
    },
    async stop() {
      stopping.abort();
      await running?.catch(() => undefined);
      await pulling?.catch(() => undefined);
    },
    wake() {
      failures = 0;
      wakeUp();
    },
    pullNow: () => pull(),
  };
}
