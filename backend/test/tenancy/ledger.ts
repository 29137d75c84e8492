import { sql } from 'kysely';
import { type Db, declaredTables, withSystem } from '../../src/platform/db/index.ts';

/** One hash for each table; `where` narrows it to some rows. Read by the system, which no wall hides anything from. */
export type Ledger = Readonly<Record<string, string>>;

async function hashes(db: Db, tables: readonly { name: string; where: string }[]): Promise<Ledger> {
  return withSystem(db, 'telemetry', async tx => {
    const ledger: Record<string, string> = {};
    for (const { name, where } of tables) {
      const { rows } = await sql<{ n: number; hash: string | null }>`
        select count(*) as n, md5(string_agg(md5(t::text), '' order by t::text)) as hash from ${sql.table(name)} t where ${sql.raw(where)}`.execute(
        tx,
      );
      ledger[name] = `${rows[0]?.n} ${rows[0]?.hash}`;
    }
    return ledger;
  });
}

/** Every row of one agency, in every table that can hold one, and its people. */
export async function ledgerOfAgency(db: Db, agencyId: string): Promise<Ledger> {
  const declared = await declaredTables(db);
  const own = declared.filter(table => table.tenancy !== 'system').map(table => table.table);
  const where = `agency_id = '${agencyId}'`;
  const members = `select person_id from memberships where ${where}`;
  return hashes(db, [
    ...own.map(name => ({ name, where })),
    { name: 'webhook_events', where },
    { name: 'people', where: `id in (${members})` },
    { name: 'sign_in_challenges', where: `person_id in (${members})` },
    { name: 'access_tokens', where: `session_id in (select id from sessions where ${where})` },
  ]);
}

/** Tables that keep count of deliveries and of nothing that anybody sees. */
const BOOKKEEPING = /^webhook_|^schema_migrations$|^leases$/;

/** Every row of every table, except the bookkeeping of the webhooks. */
export async function ledgerOfAll(db: Db): Promise<Ledger> {
  const declared = await declaredTables(db);
  const kept = declared.filter(({ table }) => !BOOKKEEPING.test(table));
  return hashes(
    db,
    kept.map(({ table }) => ({ name: table, where: 'true' })),
  );
}

/** Every row of one client, in every table that says whose client a row is of. */
export async function ledgerOfClient(db: Db, clientId: string): Promise<Ledger> {
  const tables = (await columnsOf(db)).filter(({ columns }) => columns.includes('client_id'));
  return hashes(db, [
    ...tables.map(({ table }) => ({ name: table, where: `client_id = '${clientId}'` })),
    { name: 'clients', where: `id = '${clientId}'` },
  ]);
}

/** Every declared table with its columns. A column named like the id of a client and of another type is none: OpenID Connect has a client id. */
export async function columnsOf(db: Db) {
  const declared = await declaredTables(db);
  return withSystem(db, 'telemetry', async tx => {
    const { rows } = await sql<{ table: string; columns: string[] }>`
      select c.relname as "table", array_agg(a.attname::text) as columns from pg_class c join pg_attribute a on a.attrelid = c.oid
      where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
        and (a.attname <> 'client_id' or a.atttypid = 'uuid'::regtype) group by 1`.execute(tx);
    const columns = new Map(rows.map(row => [row.table, row.columns]));
    return declared.map(table => ({ ...table, columns: columns.get(table.table) ?? [] }));
  });
}
