import { sql } from 'kysely';
import { type Db, declaredTables, withSystem } from '../db/index.ts';
import type { Loop } from '../loops/index.ts';
import type { Metrics } from '../telemetry/index.ts';

const BATCH = 2000;
const EVERY_SECONDS = 60;
const LEASE_SECONDS = 300;

export type SweepResult = { readonly table: string; readonly deleted: number };

/**
 * Deletes expired rows, in small transactions, from every table that has an `expires_at` (RT-00). Safe to run twice at once. A table that
 * cannot be swept does not stop the others; its error is thrown at the end. An aborted `signal` ends the sweep after the current batch.
 */
export async function sweepOnce(db: Db, metrics?: Metrics, signal?: AbortSignal): Promise<SweepResult[]> {
  const results: SweepResult[] = [];
  const faults: unknown[] = [];
  const expiring = (await declaredTables(db)).filter(declared => declared.expires).map(({ table }) => table);
  for (const table of await referringFirst(db, expiring)) {
    if (signal?.aborted) break;
    try {
      let deleted = 0;
      for (let batch = BATCH; batch === BATCH && !signal?.aborted; deleted += batch)
        batch = await deleteExpired(db, table);
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

/**
 * Tables that refer to others come before them: what goes with a row is gone by itself already, and the transaction that deletes the row
 * stays short. A feed shows nothing newer than the oldest transaction that is open.
 */
export async function referringFirst(db: Db, tables: readonly string[]): Promise<string[]> {
  const { rows } = await withSystem(db, 'retention-sweep', tx =>
    sql<{ referring: string; referred: string }>`
      select conrelid::regclass::text as referring, confrelid::regclass::text as referred from pg_constraint where contype = 'f'`.execute(
      tx,
    ),
  );
  const ordered = new Set<string>();
  const visit = (table: string, path: readonly string[]) => {
    if (ordered.has(table) || path.includes(table)) return;
    for (const { referring, referred } of rows) if (referred === table) visit(referring, [...path, table]);
    ordered.add(table);
  };
  for (const table of tables) visit(table, []);
  return [...ordered].filter(table => tables.includes(table));
}

/** The oldest first, by the index of the expiry. Takes no row lock first: that asks for the right to update, which nobody has on a table that is only ever added to. */
async function deleteExpired(db: Db, table: string): Promise<number> {
  return withSystem(db, 'retention-sweep', async tx => {
    const name = sql.table(table);
    const { rows } =
      await sql`delete from ${name} where ctid in (select ctid from ${name} where expires_at <= astrix_now() order by expires_at limit ${BATCH}) returning 1`.execute(
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

/** Sweeps every minute, in one process at a time. */
export const sweepLoop = (db: Db, metrics: Metrics): Loop => ({
  name: 'retention.sweep',
  seconds: EVERY_SECONDS,
  leaseSeconds: LEASE_SECONDS,
  run: signal => sweepOnce(db, metrics, signal).then(() => undefined),
});
