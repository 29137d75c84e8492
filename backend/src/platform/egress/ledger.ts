import { expiresAt } from '@astrix/contract';
import { type Insertable, sql } from 'kysely';
import { newId } from '../../kernel/ids.ts';
import { codeOf, type Db, type Schema, withSystem } from '../db/index.ts';
import { type Log, type Metrics, nameOf } from '../telemetry/index.ts';
import type { OutcomeKind } from './outcome.ts';
import type {} from './tables.ts';

/** On whose behalf a call is made. `clientId` is null for a connection of the agency; `actorId` where nobody asked for it. */
export type Connection = {
  readonly agencyId: string;
  readonly clientId: string | null;
  readonly connectionId: string;
  readonly actorId: string | null;
};

export type Call = {
  readonly connection: Connection;
  readonly provider: string;
  readonly capability: string;
  readonly method: string;
  /** With its `{names}`, never with what stood in their place. */
  readonly path: string;
  readonly attempt: number;
  readonly status: number | null;
  readonly outcome: OutcomeKind;
  readonly reason: string | null;
  readonly durationMs: number;
  readonly bytesOut: number;
  readonly bytesIn: number;
  readonly at: Date;
};

export type CallLedger = {
  readonly record: (call: Call) => void;
  /** Nothing more can be kept: a call that could not be accounted for is not made. */
  readonly isFull: () => boolean;
  /** Resolves when what was recorded before is stored, or could not be. */
  readonly flush: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

const BATCH = 500;
const EVERY_MS = 1000;
const MOST_WAITING = 20_000;

/** The database works, and does not take these values. */
const isDataFault = (error: unknown) => /^2[23]/.test(codeOf(error));

type Row = Insertable<Schema['provider_calls']>;

/** Writes calls in batches beside the work, keeps what the database does not take, and never more of it than fits in memory (VT-13). */
export function createCallLedger(deps: { db: Db; log: Log; metrics: Metrics; mostWaiting?: number }): CallLedger {
  const most = deps.mostWaiting ?? MOST_WAITING;
  let waiting: Row[] = [];
  let writing: Promise<void> = Promise.resolve();
  let stopped = false;
  let failing = false;
  let flushes = 0;
  let timer: NodeJS.Timeout | null = null;

  const insert = (rows: readonly Row[]) =>
    withSystem(deps.db, 'provider-calls', tx =>
      // One parameter for all of them: five hundred rows of placeholders cost more to write down than to store.
      sql`insert into provider_calls select * from jsonb_populate_recordset(null::provider_calls, ${JSON.stringify(rows)}::jsonb)`.execute(
        tx,
      ),
    );

  /**
   * What is there now; what comes in the meantime waits for its own batch. Half as many at a time after a line that the database will never
   * take: alone it is dropped, and holds nobody back.
   */
  async function write(): Promise<void> {
    let size = BATCH;
    for (let left = waiting.length; left > 0; ) {
      const batch = waiting.slice(0, Math.min(size, left));
      try {
        await insert(batch);
        size = BATCH;
        failing = false;
      } catch (error) {
        const fault = { error: nameOf(error), count: waiting.length };
        if (!isDataFault(error)) {
          deps.log.error('calls could not be written', fault);
          failing = true;
          return;
        }
        if (batch.length > 1) {
          size = Math.ceil(batch.length / 2);
          continue;
        }
        deps.log.error('a call cannot be written', fault);
      }
      waiting = waiting.slice(batch.length);
      left -= batch.length;
      deps.metrics.providerCallsWaiting.set(waiting.length);
    }
  }

  function flush(): Promise<void> {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    flushes += 1;
    writing = writing.then(write).finally(() => {
      flushes -= 1;
      if (waiting.length > 0) schedule();
    });
    return writing;
  }

  function schedule(): void {
    if (stopped) return;
    timer ??= setTimeout(() => void flush(), EVERY_MS).unref();
  }

  return {
    record(call) {
      waiting.push(rowOf(call));
      deps.metrics.providerCallsWaiting.set(waiting.length);
      if (waiting.length >= BATCH && flushes === 0 && !failing) void flush();
      else schedule();
    },
    isFull: () => waiting.length >= most,
    flush,
    async stop() {
      stopped = true;
      await flush();
      if (waiting.length > 0) deps.log.error('calls were lost at the end', { count: waiting.length });
    },
  };
}

const rowOf = ({ connection, at, ...call }: Call): Row => ({
  agency_id: connection.agencyId,
  id: newId(at),
  client_id: connection.clientId,
  connection_id: connection.connectionId,
  actor_id: connection.actorId,
  provider: call.provider,
  capability: call.capability,
  method: call.method,
  path: call.path,
  attempt: call.attempt,
  status: call.status,
  outcome: call.outcome,
  reason: call.reason,
  duration_ms: Math.max(0, Math.round(call.durationMs)),
  bytes_out: call.bytesOut,
  bytes_in: call.bytesIn,
  at,
  expires_at: expiresAt('operational-log', at),
});
