import { sql } from 'kysely';
import { newId } from '../../kernel/ids.ts';
import { type Db, declaredTables, withSystem } from '../db/index.ts';
import { type Log, type Metrics, nameOf } from '../telemetry/index.ts';

const BATCH = 2000;
const EVERY_SECONDS = 60;
const LEASE_SECONDS = 300;

export type SweepResult = { readonly table: string; readonly deleted: number };

/**
 * Deletes what has expired, in small transactions, from every table whose rows have an end (RT-00). Safe to run twice at once. A table
 * that cannot be swept does not keep the others from it; its error is thrown when all have had their turn.
 */
export async function sweepOnce(db: Db, metrics?: Metrics): Promise<SweepResult[]> {
  const results: SweepResult[] = [];
  const faults: unknown[] = [];
  for (const { table } of (await declaredTables(db)).filter(declared => declared.expires)) {
    try {
      let deleted = 0;
      for (let batch = BATCH; batch === BATCH; deleted += batch) batch = await deleteExpired(db, table);
      const overdue = await secondsOverdue(db, table);
      metrics?.swept.inc({ table }, deleted);
      metrics?.overdue.set({ table }, overdue);
      results.push({ table, deleted });
    } catch (error) {
      faults.push(error);
    }
  }
  if (faults.length > 0) throw new AggregateError(faults, `${faults.length} tables could not be swept`);
  return results;
}

/** Takes no row lock first: that asks for the right to update, which nobody has on a table that is only ever added to. */
async function deleteExpired(db: Db, table: string): Promise<number> {
  return withSystem(db, 'retention-sweep', async tx => {
    const name = sql.table(table);
    const { rows } =
      await sql`delete from ${name} where ctid in (select ctid from ${name} where expires_at <= astrix_now() limit ${BATCH}) returning 1`.execute(
        tx,
      );
    return rows.length;
  });
}

async function secondsOverdue(db: Db, table: string): Promise<number> {
  return withSystem(db, 'retention-sweep', async tx => {
    const { rows } = await sql<{
      seconds: number | null;
    }>`select extract(epoch from astrix_now() - min(expires_at))::float8 as seconds from ${sql.table(table)}`.execute(
      tx,
    );
    return Math.max(0, rows[0]?.seconds ?? 0);
  });
}

/** Sweeps every minute, in one process at a time: the holder of a lease, which runs out by itself if the holder dies (F-23). */
export function startSweeper(db: Db, log: Log, metrics: Metrics): { readonly stop: () => void } {
  const owner = newId();
  const tick = async () => {
    if (await holdLease(db, 'retention-sweep', owner)) await sweepOnce(db, metrics);
  };
  const timer = setInterval(
    () => void tick().catch(error => log.error('sweep failed', { error: nameOf(error) })),
    EVERY_SECONDS * 1000,
  );
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

/** True while `owner` holds the lease; taking it over from somebody raises the generation. */
export function holdLease(db: Db, name: string, owner: string): Promise<boolean> {
  return withSystem(db, 'lease', async tx => {
    const { rows } = await sql`
      insert into leases (name, owner, generation, until) values (${name}, ${owner}::uuid, 1, astrix_now() + ${LEASE_SECONDS} * interval '1 second')
      on conflict (name) do update set owner = excluded.owner, until = excluded.until,
        generation = leases.generation + (case when leases.owner = excluded.owner then 0 else 1 end)
      where leases.owner = excluded.owner or leases.until <= astrix_now() returning 1`.execute(tx);
    return rows.length === 1;
  });
}
