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

type Lane = { tokens: number; at: number; waiting: number; tail: Promise<void>; readonly bucket: Bucket };
type Connection = { pausedUntil: number; strikes: number; readonly lanes: Map<string, Lane> };

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
      connection = { pausedUntil: 0, strikes: 0, lanes: new Map() };
      connections.set(key, connection);
    }
    return connection;
  }

  /** Forgets connections that are as good as new, so that the memory follows those in use. */
  function sweep(): void {
    const now = msOf(time.clock);
    for (const [key, connection] of connections) {
      const lanes = [...connection.lanes.values()];
      if (
        connection.pausedUntil <= now &&
        lanes.every(lane => lane.waiting === 0 && tokensAt(lane, now) >= lane.bucket.burst)
      )
        connections.delete(key);
    }
    sweepAt = Math.max(SWEEP_FROM, connections.size * 2);
  }

  function laneOf(connection: Connection, cost: string, bucket: Bucket): Lane {
    let lane = connection.lanes.get(cost);
    if (!lane) {
      const now = msOf(time.clock);
      const paused = connection.pausedUntil > now;
      lane = {
        tokens: paused ? 1 : bucket.burst,
        at: paused ? connection.pausedUntil : now,
        waiting: 0,
        tail: Promise.resolve(),
        bucket,
      };
      connection.lanes.set(cost, lane);
    }
    return lane;
  }

  function msUntilFree(connection: Connection, lane: Lane, ahead: number): number {
    const now = msOf(time.clock);
    const start = Math.max(now, connection.pausedUntil);
    const missing = 1 + ahead - tokensAt(lane, start);
    return start - now + Math.max(0, Math.ceil((missing / lane.bucket.perSecond) * 1000));
  }

  function take(lane: Lane): Turn {
    const now = msOf(time.clock);
    lane.tokens = tokensAt(lane, now) - 1;
    lane.at = now;
    return { kind: 'go' };
  }

  async function atTheHead(connection: Connection, lane: Lane, request: TurnRequest): Promise<Turn> {
    for (;;) {
      if (request.signal?.aborted) return { kind: 'stopped', reason: 'cancelled' };
      const forbidden = await request.forbidden();
      if (forbidden !== null) return { kind: 'stopped', reason: forbidden };
      const ms = msUntilFree(connection, lane, 0);
      if (ms <= 0) return take(lane);
      if (msOf(time.clock) + ms > request.until) return { kind: 'later', afterMs: ms };
      await time.wait(Math.min(ms, SLICE_MS), request.signal);
    }
  }

  return {
    /** Resolves when the call may leave, or says why not. */
    async turn(request: TurnRequest): Promise<Turn> {
      const connection = connectionOf(request.connection);
      const lane = laneOf(connection, request.cost, request.bucket);
      const expected = msUntilFree(connection, lane, lane.waiting);
      if (lane.waiting >= MAX_WAITING || msOf(time.clock) + expected > request.until)
        return { kind: 'later', afterMs: expected };
      const before = lane.tail;
      let done = () => {};
      lane.tail = new Promise(resolve => {
        done = resolve;
      });
      lane.waiting += 1;
      try {
        await Promise.race([before, aborted(request.signal)]);
        return await atTheHead(connection, lane, request);
      } finally {
        lane.waiting -= 1;
        // Who leaves the middle of the queue hands on the place, not the turn.
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
      for (const lane of connection.lanes.values()) Object.assign(lane, { tokens: 1, at: until });
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
      const lanes = [...connection.lanes.values()].map(lane => ({
        left: Math.max(0, Math.floor(tokensAt(lane, Math.max(now, connection.pausedUntil)))),
        of: Math.floor(lane.bucket.burst),
      }));
      const scarcest = lanes.sort((a, b) => a.left / a.of - b.left / b.of)[0];
      const pausedSeconds = Math.max(0, Math.ceil((connection.pausedUntil - now) / 1000));
      return scarcest ? { ...scarcest, pausedSeconds } : null;
    },

    size: () => connections.size,
  };
}

const aborted = (signal: AbortSignal | undefined) =>
  new Promise<void>(resolve => signal?.addEventListener('abort', () => resolve(), { once: true }));

const tokensAt = (lane: Lane, at: number) =>
  Math.min(lane.bucket.burst, lane.tokens + (Math.max(0, at - lane.at) / 1000) * lane.bucket.perSecond);

export type Budgets = ReturnType<typeof createBudgets>;
