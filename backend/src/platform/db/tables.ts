import { DATA_CLASSES, RETENTION, type RetentionClass } from '@astrix/contract';
import { z } from 'zod';
import type { Db } from './database.ts';

const retentionClasses = Object.keys(RETENTION) as [RetentionClass, ...RetentionClass[]];

/** What a table says about itself in its comment. */
const Declaration = z.strictObject({
  tenancy: z.enum(['agency', 'client', 'person', 'system']),
  dataClass: z.enum(DATA_CLASSES),
  retention: z.enum(retentionClasses),
  audit: z.string().min(1).max(60),
});

export type TableDeclaration = z.infer<typeof Declaration> & {
  readonly table: string;
  /** It has an `expires_at`, whatever else may end its rows earlier. */
  readonly expires: boolean;
};

type LiveTable = {
  name: string;
  comment: string | null;
  rls: boolean;
  forced: boolean;
  columns: string[];
  first_key: string | null;
};

/**
 * Reads every table of the live database and refuses one that does not declare itself, or whose RLS policies do not match what it
 * declares (RT-00, GV-01, AZ-03). Throws with every fault at once, so that they can be fixed together.
 */
export async function declaredTables(db: Db): Promise<readonly TableDeclaration[]> {
  const { rows } = await db.internals.query(`
    select c.relname as name, obj_description(c.oid, 'pg_class') as comment, c.relrowsecurity as rls, c.relforcerowsecurity as forced,
      (select array_agg(a.attname::text) from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
      (select a.attname::text from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0] where i.indrelid = c.oid and i.indisprimary) as first_key
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind in ('r', 'p') order by c.relname`);
  const faults: string[] = [];
  const tables: TableDeclaration[] = [];
  for (const table of rows as unknown as LiveTable[]) {
    const declared = readDeclaration(table);
    if (typeof declared === 'string') {
      faults.push(declared);
      continue;
    }
    faults.push(...policyFaults(table, declared));
    tables.push(declared);
  }
  if (faults.length > 0)
    throw new Error(`The schema violates the table rules (tenancy, data class, retention):\n- ${faults.join('\n- ')}`);
  return tables;
}

function readDeclaration(table: LiveTable): TableDeclaration | string {
  if (table.comment === null) return `table ${table.name} declares neither tenancy nor data class nor retention`;
  try {
    const expires = table.columns.includes('expires_at');
    return { table: table.name, expires, ...Declaration.parse(JSON.parse(table.comment)) };
  } catch (error) {
    return `table ${table.name} has a comment that is not a valid declaration: ${(error as Error).message}`;
  }
}

function policyFaults(table: LiveTable, declared: TableDeclaration): string[] {
  const faults: string[] = [];
  if (!table.rls) faults.push(`table ${table.name} has no row-level security`);
  if (declared.tenancy !== 'system') {
    if (!table.forced) faults.push(`table ${table.name} does not force row-level security on its owner`);
    if (table.first_key !== 'agency_id')
      faults.push(`table ${table.name} has a primary key that does not begin with agency_id`);
  }
  if (RETENTION[declared.retention].seconds !== null && !table.columns.includes('expires_at')) {
    faults.push(`table ${table.name} is of class ${declared.retention} but has no expires_at`);
  }
  return faults;
}
