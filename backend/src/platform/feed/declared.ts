import { type Collection, NEVER_ON_DEVICE, RETENTION } from '@astrix/contract';
import type { Db, TableDeclaration } from '../db/index.ts';

/** A trigger of `astrix_feed`, with the arguments that it was attached with; '-' means that there is no such column. */
type Feed = {
  readonly table: string;
  readonly collection: string;
  readonly idColumn: string;
  readonly clientColumn: string;
  readonly personColumn: string;
  readonly complete: boolean;
};

/**
 * Refuses collections that the schema does not feed as they are declared: each has one table with a complete trigger, and agrees with that
 * table's comment in scope, data class and retention. A collection of a class that no device may hold stops the boot (LC-05).
 */
export async function demandFed(
  db: Db,
  tables: readonly TableDeclaration[],
  collections: Readonly<Record<string, Collection>>,
): Promise<void> {
  const feeds = await readFeeds(db);
  const staffOnly = await readStaffPolicies(db);
  const faults = [
    ...feeds
      .filter(({ collection }) => !Object.hasOwn(collections, collection))
      .map(({ table, collection }) => `table ${table} feeds ${collection}, which no feature declares as a collection`),
    ...Object.entries(collections).flatMap(([name, declared]) => [
      ...classFaults(name, declared),
      ...feedFaults(
        name,
        declared,
        feeds.filter(({ collection }) => collection === name),
        tables,
      ),
      ...audienceFaults(
        name,
        declared,
        feeds.filter(({ collection }) => collection === name),
        staffOnly,
      ),
    ]),
  ];
  if (faults.length > 0)
    throw new Error(`The schema does not feed the collections as declared:\n- ${faults.join('\n- ')}`);
}

function classFaults(name: string, { dataClass, retention }: Collection): string[] {
  const faults: string[] = [];
  // The type of a collection says the same; this holds for a declaration that came around it.
  if ((NEVER_ON_DEVICE as readonly string[]).includes(dataClass))
    faults.push(`collection ${name} is of class ${dataClass}, which no device may hold`);
  if (!(RETENTION[retention].classes as readonly string[]).includes(dataClass))
    faults.push(`collection ${name} is of class ${dataClass}, which the retention class ${retention} does not cover`);
  return faults;
}

function feedFaults(
  name: string,
  declared: Collection,
  feeds: readonly Feed[],
  tables: readonly TableDeclaration[],
): string[] {
  const [feed, ...others] = feeds;
  if (!feed) return [`no table feeds the collection ${name}: attach astrix_feed('${name}', …) in a migration`];
  if (others.length > 0) return [`several tables feed the collection ${name}: ${feeds.map(f => f.table).join(', ')}`];
  const faults: string[] = [];
  const differs = (what: string, ours: string, theirs: string) =>
    faults.push(`collection ${name} declares ${what} ${ours}, but its table ${feed.table} says ${theirs}`);
  if (!feed.complete) faults.push(`the feed of ${feed.table} does not fire for every insert, update and delete`);
  const scope = scopeOf(feed);
  if (scope !== declared.scope) differs('the scope', declared.scope, scope);
  const table = tables.find(one => one.table === feed.table);
  if (!table) return [...faults, `collection ${name} is fed by ${feed.table}, which is not a declared table`];
  if (table.tenancy !== tenancyOf(feed)) differs('the tenancy', tenancyOf(feed), table.tenancy);
  if (table.dataClass !== declared.dataClass) differs('the data class', declared.dataClass, table.dataClass);
  if (table.retention !== declared.retention) differs('the retention', declared.retention, table.retention);
  return faults;
}

function audienceFaults(
  name: string,
  { audience }: Collection,
  feeds: readonly Feed[],
  staffOnly: ReadonlySet<string>,
): string[] {
  return feeds
    .filter(({ table }) => staffOnly.has(table) !== (audience !== 'everyone'))
    .map(({ table }) =>
      audience === 'everyone'
        ? `collection ${name} is for everyone, but the RLS policies of ${table} ask astrix_staff()`
        : `collection ${name} is for the audience ${audience}, but the RLS policies of ${table} do not ask astrix_staff()`,
    );
}

/** Tables whose rows the staff of a client do not see, or not all of them. */
async function readStaffPolicies(db: Db): Promise<ReadonlySet<string>> {
  const { rows } = await db.internals.query(
    `select tablename from pg_policies where schemaname = 'public' and cmd in ('ALL', 'SELECT') and 'astrix_tenant' = any (roles)
       and qual like '%astrix_staff()%'`,
  );
  return new Set(rows.map(row => String(row.tablename)));
}

const tenancyOf = ({ clientColumn, personColumn }: Feed): TableDeclaration['tenancy'] =>
  personColumn !== '-' ? 'person' : clientColumn !== '-' ? 'client' : 'agency';

/** Rows that are clients themselves belong to the agency's list of clients, although each is visible to those who work on it. */
const scopeOf = (feed: Feed): Collection['scope'] => {
  const tenancy = tenancyOf(feed);
  return tenancy === 'client' && feed.clientColumn === feed.idColumn ? 'agency' : (tenancy as Collection['scope']);
};

async function readFeeds(db: Db): Promise<Feed[]> {
  // Arguments of a trigger are stored one after the other, each ended by a zero byte. 29: for each row, on insert, delete and update.
  const { rows } = await db.internals.query(`
    select c.relname as name, string_to_array(encode(t.tgargs, 'escape'), '\\000') as args,
      t.tgtype & 29 = 29 and t.tgenabled <> 'D' as complete
    from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_proc p on p.oid = t.tgfoid join pg_namespace n on n.oid = c.relnamespace
    where p.proname = 'astrix_feed' and n.nspname = 'public' and not t.tgisinternal order by c.relname`);
  return (rows as unknown as { name: string; args: string[]; complete: boolean }[]).map(({ name, args, complete }) => {
    const [collection = '', idColumn = '', clientColumn = '', personColumn = ''] = args;
    return { table: name, collection, idColumn, clientColumn, personColumn, complete };
  });
}
