import { CLIENT_RETENTION, type ClientRetention } from '@astrix/contract';
import { sql } from 'kysely';
import { type Db, declaredTables, withSystem } from '../db/index.ts';

const BATCH = 2000;
const [SHORT, LONG] = [CLIENT_RETENTION['days-30'], CLIENT_RETENTION['months-24']];
/** A row that is kept for the short period ends before this; one that is kept for the long one ends later until its last month. */
const BETWEEN_SECONDS = SHORT + 86_400;

/**
 * Moves the end of every row of a client's conversations to the period that holds now. Which period a row has is read from its end, so that
 * no row is moved twice, whatever is written meanwhile. Shortening leaves a row that is in the last month of its 24 where it is: its end
 * comes within that month. Answers whether all rows are done; an aborted `signal` ends it after the current batch.
 */
export async function redateRowsOfClient(
  db: Db,
  agencyId: string,
  clientId: string,
  retention: ClientRetention,
  signal?: AbortSignal,
): Promise<boolean> {
  const isLonger = retention === 'months-24';
  const by = isLonger ? LONG - SHORT : SHORT - LONG;
  const tables = (await declaredTables(db)).filter(
    declared => declared.retention === 'conversation' && declared.tenancy === 'client' && declared.expires,
  );
  for (const { table } of tables) {
    for (let batch = BATCH; batch === BATCH; ) {
      if (signal?.aborted) return false;
      batch = await withSystem(db, 'client-retention', async tx => {
        const name = sql.table(table);
        const ends = isLonger ? sql`<=` : sql`>`;
        const { rows } = await sql`
          update ${name} set expires_at = expires_at + make_interval(secs => ${by}) where ctid = any (array(
            select ctid from ${name} where agency_id = ${agencyId}::uuid and client_id = ${clientId}::uuid
              and expires_at ${ends} astrix_now() + make_interval(secs => ${BETWEEN_SECONDS})
              and expires_at > astrix_now() limit ${BATCH} for update)) returning 1`.execute(tx);
        return rows.length;
      });
    }
  }
  return true;
}
