import type { DataClass, RetentionClass } from '@astrix/contract';
import { sql } from 'kysely';
import { PgBoss } from 'pg-boss';
import type { z } from 'zod';
import type { Clock } from '../../kernel/clock.ts';
import { type AnyTx, type Db, listen, notify } from '../db/index.ts';
import { type Log, nameOf } from '../telemetry/index.ts';

/** Everything a job must say about itself, like a route. `run` must be safe to repeat: a job is delivered at least once. */
export type JobDefinition = {
  readonly name: string;
  readonly tenancy: 'client' | 'agency' | 'system';
  readonly dataClass: DataClass;
  readonly retention: RetentionClass;
  readonly schema: z.ZodType;
  readonly retryLimit: number;
  /** How many of them one process works on at the same time: a slow provider must not hold up everybody. */
  readonly lanes: number;
  readonly run: (data: never, context: JobContext) => Promise<void>;
};

export type JobContext = { readonly db: Db; readonly clock: Clock; readonly log: Log; readonly signal: AbortSignal };

export type Job<T> = JobDefinition & { readonly schema: z.ZodType<T> };

export function defineJob<S extends z.ZodType>(
  definition: Omit<JobDefinition, 'schema' | 'run'> & {
    readonly schema: S;
    readonly run: (data: z.output<S>, context: JobContext) => Promise<void>;
  },
): Job<z.output<S>> {
  return definition as unknown as Job<z.output<S>>;
}

export type Jobs = {
  /** Puts a job into the transaction that causes it: both happen or neither does. */
  readonly enqueue: <T>(
    tx: AnyTx,
    job: Pick<Job<T>, 'name' | 'schema'>,
    data: T,
    options?: { readonly startAfter?: Date },
  ) => Promise<void>;
  /** Begins to work on the jobs of these modules; only worker processes do. */
  readonly work: (jobs: readonly JobDefinition[], context: Omit<JobContext, 'signal'>) => Promise<void>;
  readonly stop: () => Promise<void>;
};

const CHANNEL = 'astrix_jobs';
const NO_JOB = '00000000-0000-4000-8000-000000000000';

/**
 * pg-boss on our own database. Its tables lie outside the tenant wall, so a job is written with the owner's rights, in the
 * caller's transaction, and carries ids only. NOTIFY wakes the workers; polling is the fallback.
 */
export async function startJobs(db: Db, names: readonly string[], log: Log): Promise<Jobs> {
  const executeSql = async (text: string, values?: unknown[]) => {
    const { rows, rowCount } = await db.internals.query(text, values);
    return { rows, rowCount };
  };
  const boss = new PgBoss({ db: { executeSql }, schema: 'jobs', supervise: true, schedule: false });
  boss.on('error', (error: Error) => log.warn('job queue', { error: nameOf(error) }));
  await boss.start();
  for (const name of names) {
    await boss.createQueue(`${name}.dead`);
    await boss.createQueue(name, {
      deadLetter: `${name}.dead`,
      retryLimit: 8,
      retryDelay: 2,
      retryBackoff: true,
      expireInSeconds: 120,
    });
    // pg-boss looks a queue up when it first needs it, on a connection of its own. Doing that inside a caller's transaction would wait
    // for itself where there is one connection, so it is done here: completing a job that does not exist changes nothing.
    await boss.complete(name, NO_JOB);
  }
  const workers = new Map<string, string[]>();
  const stopping = new AbortController();
  let unlisten: () => Promise<void> = async () => undefined;

  return {
    async enqueue(tx, job, data, options) {
      const role = await sql<{
        role: string;
      }>`select current_setting('role') as role, set_config('role', 'none', true)`.execute(tx);
      const inTx = async (text: string, values?: unknown[]) => {
        const result = await tx.executeQuery<Record<string, unknown>>(rawQuery(text, values));
        return { rows: result.rows, rowCount: result.rows.length };
      };
      await boss.send(job.name, job.schema.parse(data) as object, {
        db: { executeSql: inTx },
        ...(options?.startAfter ? { startAfter: options.startAfter } : {}),
      });
      await sql`select set_config('role', ${role.rows[0]?.role ?? 'none'}, true)`.execute(tx);
      await notify(tx, CHANNEL, job.name);
    },

    async work(jobs, context) {
      for (const job of jobs) {
        const lane = () =>
          boss.work(job.name, { pollingIntervalSeconds: 2, batchSize: 1 }, async ([one]) => {
            if (!one) return;
            await job.run(job.schema.parse(one.data) as never, { ...context, signal: stopping.signal });
          });
        workers.set(job.name, await Promise.all(Array.from({ length: job.lanes }, lane)));
      }
      unlisten = await listen(db, CHANNEL, name => {
        const woken = name === '' ? [...workers.values()].flat() : (workers.get(name) ?? []);
        for (const id of woken) boss.notifyWorker(id);
      });
    },

    async stop() {
      stopping.abort();
      await unlisten();
      await boss.stop({ graceful: true, timeout: 10_000, close: false });
    },
  };
}

function rawQuery(text: string, values: unknown[] | undefined) {
  return {
    sql: text,
    parameters: values ?? [],
    query: { kind: 'RawNode' as const, sqlFragments: [text], parameters: [] },
    queryId: { queryId: text },
  };
}
