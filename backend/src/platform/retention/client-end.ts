import { sql } from 'kysely';
import { type Db, declaredTables, withSystem } from '../db/index.ts';
import { referringFirst } from './sweeper.ts';

const BATCH = 2000;

/** What the agency must keep of a client that is gone: who did what, until its own period ends. */
const KEPT: readonly string[] = ['security-audit'];

/**
 * Deletes every row that belongs to one client, in small transactions; the row of the client stays for its owner to delete. What has begun goes on at the next call; a second
 * process does no harm. Answers whether nothing is left; an aborted `signal` ends it after the current batch.
 */
export async function deleteRowsOfClient(
  db: Db,
  agencyId: string,
  clientId: string,
  signal?: AbortSignal,
): Promise<boolean> {
  for (const table of await tablesOfClients(db)) {
    for (let batch = BATCH; batch === BATCH; ) {
      if (signal?.aborted) return false;
      batch = await deleteBatch(db, table, agencyId, clientId);
    }
  }
  return true;
}

/** Referring tables first. The feed is last, because each deletion writes into it. */
async function tablesOfClients(db: Db): Promise<string[]> {
  const declared = await declaredTables(db);
  const { rows } = await withSystem(db, 'client-end', tx =>
    sql<{ name: string }>`
      select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid
      where c.relkind = 'r' and a.attname = 'client_id' and a.atttypid = 'uuid'::regtype and not a.attisdropped`.execute(
      tx,
    ),
  );
  const withClient = new Set(rows.map(({ name }) => name));
  const tables = declared
    .filter(({ table, retention }) => withClient.has(table) && !KEPT.includes(retention))
    .map(({ table }) => table);
  const ordered = await referringFirst(db, tables);
  return [...ordered.filter(table => table !== 'changes'), ...ordered.filter(table => table === 'changes')];
}

async function deleteBatch(db: Db, table: string, agencyId: string, clientId: string): Promise<number> {
  return withSystem(db, 'client-end', async tx => {
    const name = sql.table(table);
    const { rows } = await sql`
      delete from ${name} where ctid in (
        select ctid from ${name} where agency_id = ${agencyId}::uuid and client_id = ${clientId}::uuid limit ${BATCH}) returning 1`.execute(
      tx,
    );
    return rows.length;
  });
}
