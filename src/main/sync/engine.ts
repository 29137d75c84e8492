import { COLLECTION_NAMES, type CollectionName, isCollection, type SyncLine } from '@astrix/contract';
import { type AstrixClient, SdkError } from '@astrix/sdk';
import type { Topic } from '../../shared/ipc.ts';
import { type AppliedBatch, type Cache, CacheError } from '../cache/api.ts';
import type { ConsoleLog } from '../log/log.ts';
import type { Clock } from '../ports.ts';
import type { Timers } from '../timers.ts';
import type { StatusBoard } from './status.ts';

export type EngineDeps = {
  readonly client: AstrixClient;
  readonly cache: Cache;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly status: StatusBoard;
  readonly log: ConsoleLog;
  readonly onChanged: (topics: Topic[]) => void;
  /** Messages and notices about accounts that are new, after the first pull. */
  readonly onArrived: (applied: Pick<AppliedBatch, 'arrived' | 'notices'>) => void;
  readonly onOnline: () => void;
  /** The server no longer takes the token. */
  readonly onRefused: () => Promise<void>;
  readonly onEnded: (reason: 'revoked' | 'expired') => Promise<void>;
  readonly onSeen: () => void;
};

/** The server says something every 15 seconds; silence for longer means that the line is dead. */
const SILENCE_MS = 35_000;
const BACK_OFF_MS = [300, 700, 1500, 3000, 5000];
const DISK_FULL = 'The disk is full: new messages cannot be saved.';
/** Rows written in one transaction: large enough to be fast, small enough that nobody waits for it. */
const ROWS_PER_WRITE = 500;

type Hello = Extract<SyncLine, { t: 'hello' }>;

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

  /** By the clock of the server, as far as it is known: what the window shows as an age must be one (F-14). */
  const serverNow = () => new Date(clock.now().getTime() - status.get().clockSkewSeconds * 1000).toISOString();

  function offline(trouble: string | null): void {
    cut.abort();
    const since = status.get().offlineSince ?? serverNow();
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
        if (event.event === 'ended') return await deps.onEnded(event.data.reason === 'expired' ? 'expired' : 'revoked');
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
      let wait = 0;
      try {
        await listen();
        if (!stopping.signal.aborted) offline(null);
      } catch (error) {
        if (stopping.signal.aborted) return;
        wait = await failed(error);
      }
      await pause(Math.max(wait, backOff(failures)));
      failures += 1;
    }
  }

  /** Says what is wrong, and answers for how many milliseconds the server wants to be left alone. */
  async function failed(error: unknown): Promise<number> {
    if (!(error instanceof SdkError)) {
      deps.log('live stream failed', { error: nameOf(error) });
      offline(null);
      return 0;
    }
    const { failure } = error;
    if (failure.kind === 'problem' && failure.problem.status === 401) {
      await refused();
      if (!stopping.signal.aborted) offline(null);
      return 0;
    }
    offline(
      failure.kind === 'not-astrix'
        ? 'This network answers in place of the server. It may ask for a sign-in of its own.'
        : null,
    );
    return askedToWait(error);
  }

  const refused = () => deps.onRefused().catch(error => deps.log('token not renewed', { error: nameOf(error) }));

  const pause = (ms: number) =>
    new Promise<void>(resolve => {
      const done = () => {
        cancel();
        resolve();
      };
      const cancel = timers.after(ms, done);
      wakeUp = done;
      stopping.signal.addEventListener('abort', done, { once: true });
    });

  let pulling: Promise<void> | null = null;
  let again = false;
  let pullFailures = 0;
  let cancelRetry: () => void = () => undefined;
  /** Ends a pull whose line is dead: without it one that hangs would hold up all that follow. */
  let cut = new AbortController();

  /** One pull at a time. A pull requested while one is running triggers exactly one more. */
  function pull(): Promise<void> {
    again = true;
    pulling ??= (async () => {
      while (again && !stopping.signal.aborted) {
        again = false;
        cancelRetry();
        cut = new AbortController();
        await pullOnce([]).then(pulled, pullFailed);
      }
      pulling = null;
      status.set({ syncing: false });
    })();
    return pulling;
  }

  function pulled(): void {
    pullFailures = 0;
    if (status.get().trouble === DISK_FULL) status.set({ trouble: null });
  }

  /** Nobody else comes back to it: the live stream may well go on, and says nothing until the next change. */
  async function pullFailed(error: unknown): Promise<void> {
    deps.log('pull failed', { error: nameOf(error) });
    if (error instanceof CacheError && error.failure === 'disk-full') status.set({ trouble: DISK_FULL });
    if (error instanceof SdkError && error.failure.kind === 'problem' && error.failure.problem.status === 401)
      await refused();
    if (stopping.signal.aborted || status.get().connection !== 'online') return;
    cancelRetry = timers.after(Math.max(askedToWait(error), backOff(pullFailures)), () => void pull());
    pullFailures += 1;
  }

  async function pullOnce(backfill: readonly string[]): Promise<void> {
    const state = await cache.syncState();
    const first = state.cursor === null;
    const batch = gatherRows(first);
    status.set({ syncing: true, received: 0 });
    const lines = client.sync({
      since: state.cursor ?? undefined,
      backfill,
      collections: COLLECTION_NAMES,
      backfillCollections: first ? [] : COLLECTION_NAMES.filter(name => !state.collections.includes(name)),
      signal: AbortSignal.any([stopping.signal, cut.signal]),
    });
    for await (const line of lines) {
      switch (line.t) {
        case 'hello': {
          const fresh = newClients(state.clientIds, line.clients);
          const whole = first || line.reset || (state.epoch !== null && state.epoch !== line.epoch);
          // Clients that are new to this cache must be sent whole, and only now is known which.
          if (!whole && fresh.some(id => !backfill.includes(id))) return pullOnce(fresh);
          await begin(line);
          if (state.clientIds.length !== line.clients.length || fresh.length > 0) deps.onChanged(['clients']);
          break;
        }
        case 'rows':
          await batch.add(line.c, line.rows);
          break;
        case 'gone':
          batch.remove(line.c, line.ids);
          break;
        case 'cursor':
          await batch.write(line.cursor, false);
          break;
        case 'end':
          await batch.write(line.cursor, true);
          status.set({ syncedAt: serverNow() });
      }
    }
  }

  const begin = ({ epoch, clients, serverTime, reset }: Hello) =>
    cache.beginPull({ epoch, clientIds: clients, serverTime, reset, collections: COLLECTION_NAMES });

  /** Gathers rows until there are enough for one transaction. A collection that this version does not know is passed over (F-22). */
  function gatherRows(first: boolean) {
    const pending = new Map<CollectionName, unknown[]>();
    const gone: { c: CollectionName; ids: string[] }[] = [];
    let held = 0;
    let received = 0;

    async function write(cursor: string | null, done: boolean): Promise<void> {
      const rows = COLLECTION_NAMES.flatMap(c => (pending.has(c) ? [{ c, rows: pending.get(c) ?? [] }] : []));
      const applied = await cache.apply({ rows, gone: gone.splice(0), cursor, done });
      pending.clear();
      received += held;
      held = 0;
      if (first) status.set({ received });
      if (applied.topics.length > 0) deps.onChanged(applied.topics);
      if (!first && applied.arrived.length + applied.notices.length > 0) deps.onArrived(applied);
    }

    return {
      write,
      async add(collection: string, rows: readonly unknown[]): Promise<void> {
        if (!isCollection(collection)) return;
        const list = pending.get(collection) ?? [];
        list.push(...rows);
        pending.set(collection, list);
        held += rows.length;
        if (held >= ROWS_PER_WRITE) await write(null, false);
      },
      remove(collection: string, ids: string[]): void {
        if (isCollection(collection)) gone.push({ c: collection, ids });
      },
    };
  }

  return {
    start() {
      running ??= run();
    },
    async stop() {
      stopping.abort();
      cancelRetry();
      await running;
      await pulling;
    },
    wake() {
      failures = 0;
      wakeUp();
    },
    pullNow: () => pull(),
  };
}

const newClients = (known: readonly string[], visible: readonly string[]): string[] => {
  const before = new Set(known);
  return visible.filter(id => !before.has(id));
};

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'unknown');

/** Spread by a quarter each way, so that all consoles of an office do not come back in one moment. */
const backOff = (failures: number): number =>
  BACK_OFF_MS[Math.min(failures, BACK_OFF_MS.length - 1)]! * (0.75 + Math.random() / 2);

function askedToWait(error: unknown): number {
  if (!(error instanceof SdkError) || error.failure.kind !== 'problem') return 0;
  return (error.failure.problem.retryAfterSeconds ?? 0) * 1000;
}
