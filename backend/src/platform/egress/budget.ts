import { msOf, type Time } from './wait.ts';

/** Tokens that a connection may save up, and how many it gets in a second. */
export type Bucket = { readonly burst: number; readonly perSecond: number };

export type Turn =
  | { readonly kind: 'go' }
  /** Not before so long: more than the caller can wait. */
  | { readonly kind: 'later'; readonly afterMs: number }
  | { readonly kind: 'stopped'; readonly reason: string };

export type BudgetLeft = { readonly left: number; readonly of: number; readonly pausedSeconds: number };

export type TurnRequest = {
  readonly connection: string;
  readonly cost: string;
  readonly bucket: Bucket;
  /** The caller gives up at this moment, in milliseconds. */
  readonly until: number;
  /** Asked at the turn, and at least once a second while waiting: a word, when the call may not happen any more. */
  readonly forbidden: () => Promise<string | null>;
  readonly signal?: AbortSignal | undefined;
};

type CostQueue = { tokens: number; at: number; waiting: number; tail: Promise<void>; readonly bucket: Bucket };
type Connection = { pausedUntil: number; strikes: number; readonly queues: Map<string, CostQueue> };

const SLICE_MS = 1000;
const MAX_WAITING = 1000;
const SWEEP_FROM = 5000;
const MAX_PAUSE_MS = 60_000;

/**
 * The budget of each connection: a token bucket for each class of cost, taken in the order of asking. A pause that the provider asked for
 * holds back all classes of that connection and no other, and ends with a single token: whoever waited is let out at the rate, not at once.
 */
export function createBudgets(time: Time) {
  const connections = new Map<string, Connection>();
  let sweepAt = SWEEP_FROM;

  function connectionOf(key: string): Connection {
    let connection = connections.get(key);
    if (!connection) {
      if (connections.size >= sweepAt) sweep();
      connection = { pausedUntil: 0, strikes: 0, queues: new Map() };
      connections.set(key, connection);
    }
    return connection;
  }

  /** Forgets connections that are as good as new, so that the memory follows those in use. */
  function sweep(): void {
    const now = msOf(time.clock);
    for (const [key, connection] of connections) {
      const queues = [...connection.queues.values()];
      if (
        connection.pausedUntil <= now &&
        queues.every(queue => queue.waiting === 0 && tokensAt(queue, now) >= queue.bucket.burst)
      )
        connections.delete(key);
    }
    sweepAt = Math.max(SWEEP_FROM, connections.size * 2);
  }

  function queueOf(connection: Connection, cost: string, bucket: Bucket): CostQueue {
    let queue = connection.queues.get(cost);
    if (!queue) {
      const now = msOf(time.clock);
      const paused = connection.pausedUntil > now;
      queue = {
        tokens: paused ? 1 : bucket.burst,
        at: paused ? connection.pausedUntil : now,
        waiting: 0,
        tail: Promise.resolve(),
        bucket,
      };
      connection.queues.set(cost, queue);
    }
    return queue;
  }

  function msUntilFree(connection: Connection, queue: CostQueue, ahead: number): number {
    const now = msOf(time.clock);
    const start = Math.max(now, connection.pausedUntil);
    const missing = 1 + ahead - tokensAt(queue, start);
    return start - now + Math.max(0, Math.ceil((missing / queue.bucket.perSecond) * 1000));
  }

  function take(queue: CostQueue): Turn {
    const now = msOf(time.clock);
    queue.tokens = tokensAt(queue, now) - 1;
    queue.at = now;
    return { kind: 'go' };
  }

  async function atTheHead(connection: Connection, queue: CostQueue, request: TurnRequest): Promise<Turn> {
    for (;;) {
      if (request.signal?.aborted) return { kind: 'stopped', reason: 'cancelled' };
      const forbidden = await request.forbidden();
      if (forbidden !== null) return { kind: 'stopped', reason: forbidden };
      const ms = msUntilFree(connection, queue, 0);
      if (ms <= 0) return take(queue);
      if (msOf(time.clock) + ms > request.until) return { kind: 'later', afterMs: ms };
      await time.wait(Math.min(ms, SLICE_MS), request.signal);
    }
  }

  return {
    /** Resolves when the call may leave, or says why not. */
    async turn(request: TurnRequest): Promise<Turn> {
      const connection = connectionOf(request.connection);
      const queue = queueOf(connection, request.cost, request.bucket);
      const expected = msUntilFree(connection, queue, queue.waiting);
      if (queue.waiting >= MAX_WAITING || msOf(time.clock) + expected > request.until)
        return { kind: 'later', afterMs: expected };
      const before = queue.tail;
      let done = () => {};
      queue.tail = new Promise(resolve => {
        done = resolve;
      });
      queue.waiting += 1;
      try {
        await Promise.race([before, aborted(request.signal)]);
        return await atTheHead(connection, queue, request);
      } finally {
        queue.waiting -= 1;
        // A request that leaves the middle of the queue passes on its position, not its turn.
        void before.then(done);
      }
    },

    /** The provider said «not now»: nothing of this connection leaves before. Without a hint 1, 2, 4 … seconds. Answers the milliseconds. */
    pause(key: string, hintSeconds: number | null): number {
      const connection = connectionOf(key);
      const ms = hintSeconds === null ? Math.min(1000 * 2 ** connection.strikes, MAX_PAUSE_MS) : hintSeconds * 1000;
      connection.strikes = Math.min(connection.strikes + 1, 10);
      const until = Math.max(connection.pausedUntil, msOf(time.clock) + ms);
      connection.pausedUntil = until;
      for (const queue of connection.queues.values()) Object.assign(queue, { tokens: 1, at: until });
      return ms;
    },

    /** The provider answered again. */
    relax(key: string): void {
      const connection = connections.get(key);
      if (connection) connection.strikes = 0;
    },

    /** The scarcest class of cost; null for a connection that has not asked yet. */
    left(key: string): BudgetLeft | null {
      const connection = connections.get(key);
      if (!connection) return null;
      const now = msOf(time.clock);
      const queues = [...connection.queues.values()].map(queue => ({
        left: Math.max(0, Math.floor(tokensAt(queue, Math.max(now, connection.pausedUntil)))),
        of: Math.floor(queue.bucket.burst),
      }));
      const scarcest = queues.sort((a, b) => a.left / a.of - b.left / b.of)[0];
      const pausedSeconds = Math.max(0, Math.ceil((connection.pausedUntil - now) / 1000));
      return scarcest ? { ...scarcest, pausedSeconds } : null;
    },

    size: () => connections.size,
  };
}

const aborted = (signal: AbortSignal | undefined) =>
  new Promise<void>(resolve => signal?.addEventListener('abort', () => resolve(), { once: true }));

const tokensAt = (queue: CostQueue, at: number) =>
  Math.min(queue.bucket.burst, queue.tokens + (Math.max(0, at - queue.at) / 1000) * queue.bucket.perSecond);

export type Budgets = ReturnType<typeof createBudgets>;
