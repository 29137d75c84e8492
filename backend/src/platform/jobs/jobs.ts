import { RETENTION } from '@astrix/contract';
import { sql } from 'kysely';
import { PgBoss } from 'pg-boss';
import { type Actor, type AnyTx, actorOf, type Db, exclusively, listen, notify } from '../db/index.ts';
import { type Log, nameOf } from '../telemetry/index.ts';
import { demandDeclared } from './declared.ts';
import type { Job, JobContext, JobDefinition } from './job.ts';

export type Jobs = {
  /** Checks the declarations and makes the queues. Throws when a declaration is impossible. */
  readonly start: (definitions: readonly JobDefinition[]) => Promise<void>;
  /** Puts a job into the transaction that causes it: both happen or neither does. */
  readonly enqueue: <T>(
    tx: AnyTx,
    job: Pick<Job<T>, 'name' | 'schema'>,
    data: T,
    options?: { readonly startAfter?: Date },
  ) => Promise<void>;
  /** Works on the jobs that `start` was given; only worker processes do. */
  readonly work: (context: Omit<JobContext, 'signal'>) => Promise<void>;
  readonly stop: () => Promise<void>;
};

const CHANNEL = 'astrix_jobs';
const NO_JOB = '00000000-0000-4000-8000-000000000000';
const DAY_SECONDS = 86_400;
/** A job whose worker died is taken again when it was not heard of for this long. The least that pg-boss allows. */
const HEARTBEAT_SECONDS = 10;
/** How often jobs without a heartbeat are looked for. */
const SUPERVISE_SECONDS = 3;
/** The longest that a waiting and a completed job are kept; the retention class may say less. */
const KEEP_WAITING_SECONDS = 14 * DAY_SECONDS;
const KEEP_DONE_SECONDS = 7 * DAY_SECONDS;

/**
 * pg-boss on our own database. Its tables have no RLS policies, so a job is written with the owner's rights, in the caller's transaction,
 * and carries ids only. NOTIFY wakes the workers; polling is the fallback.
 */
export function createJobs(db: Db, log: Log): Jobs {
  const executeSql = async (text: string, values?: unknown[]) => {
    const { rows, rowCount } = await db.internals.query(text, values);
    return { rows, rowCount };
  };
  const boss = new PgBoss({
    db: { executeSql },
    schema: 'jobs',
    supervise: true,
    superviseIntervalSeconds: SUPERVISE_SECONDS,
    monitorIntervalSeconds: SUPERVISE_SECONDS,
    schedule: false,
  });
  boss.on('error', (error: Error) => log.warn('job queue', { error: nameOf(error) }));
  const known = new Map<string, JobDefinition>();
  const workers = new Map<string, string[]>();
  const stopping = new AbortController();
  let started = false;
  let unlisten: () => Promise<void> = async () => undefined;

  async function makeQueue(job: JobDefinition): Promise<void> {
    const limit = RETENTION[job.retention].seconds ?? Number.POSITIVE_INFINITY;
    const keep = {
      retentionSeconds: Math.min(KEEP_WAITING_SECONDS, limit),
      deleteAfterSeconds: Math.min(KEEP_DONE_SECONDS, limit),
    };
    const options = {
      ...keep,
      deadLetter: `${job.name}.dead`,
      retryLimit: job.retryLimit,
      retryDelay: 1,
      retryBackoff: true,
      expireInSeconds: 120,
      heartbeatSeconds: HEARTBEAT_SECONDS,
    };
    await boss.createQueue(options.deadLetter, keep);
    await boss.updateQueue(options.deadLetter, keep);
    // Creating leaves a queue of an earlier version as it is; updating makes it match the declaration.
    await boss.createQueue(job.name, options);
    await boss.updateQueue(job.name, options);
    // pg-boss looks a queue up when it first needs it, on a connection of its own. Inside a caller's transaction that would wait for
    // itself where there is one connection, so it happens here: completing a job that does not exist changes nothing.
    await boss.complete(job.name, NO_JOB);
  }

  return {
    async start(definitions) {
      for (const job of definitions) {
        if (known.has(job.name)) throw new Error(`Two jobs are named ${job.name}.`);
        demandDeclared(job);
        known.set(job.name, job);
      }
      // It makes its schema and its queues; two processes that start on an empty database at once would make them twice.
      await exclusively(db, 'The job queue', async () => {
        await boss.start();
        started = true;
        for (const job of definitions) await makeQueue(job);
      });
    },

    async enqueue(tx, job, data, options) {
      const definition = known.get(job.name);
      if (!definition) throw new Error(`No module declares the job ${job.name}.`);
      const payload = job.schema.parse(data) as object;
      demandOwn(definition, payload, actorOf(tx));
      const role = await sql<{
        role: string;
      }>`select current_setting('role') as role, set_config('role', 'none', true)`.execute(tx);
      const inTx = async (text: string, values?: unknown[]) => {
        const result = await tx.executeQuery<Record<string, unknown>>(rawQuery(text, values));
        return { rows: result.rows, rowCount: result.rows.length };
      };
      await boss.send(job.name, payload, {
        db: { executeSql: inTx },
        ...(options?.startAfter ? { startAfter: options.startAfter } : {}),
      });
      await sql`select set_config('role', ${role.rows[0]?.role ?? 'none'}, true)`.execute(tx);
      await notify(tx, CHANNEL, job.name);
    },

    async work(context) {
      for (const job of known.values()) {
        const worker = () =>
          boss.work(job.name, { pollingIntervalSeconds: 2, batchSize: 1 }, async ([one]) => {
            if (!one) return;
            await job.run(job.schema.parse(one.data) as never, { ...context, signal: stopping.signal });
          });
        workers.set(job.name, await Promise.all(Array.from({ length: job.concurrency }, worker)));
      }
      unlisten = await listen(db, CHANNEL, name => {
        const woken = name === '' ? [...workers.values()].flat() : (workers.get(name) ?? []);
        for (const id of woken) boss.notifyWorker(id);
      });
    },

    async stop() {
      stopping.abort();
      await unlisten();
      if (started) await boss.stop({ graceful: true, timeout: 10_000, close: false });
    },
  };
}

/** A tenant cannot make work for another agency. */
function demandOwn({ name, tenancy }: JobDefinition, payload: object, actor: Actor | null): void {
  if (tenancy !== 'agency' || actor === null) return;
  if ((payload as { agencyId?: unknown }).agencyId !== actor.agencyId)
    throw new Error(`The job ${name} names another agency than the one that enqueues it.`);
}

function rawQuery(text: string, values: unknown[] | undefined) {
  return {
    sql: text,
    parameters: values ?? [],
    query: { kind: 'RawNode' as const, sqlFragments: [text], parameters: [] },
    queryId: { queryId: text },
  };
}
