import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sourcesOf } from './boundaries.ts';

/**
 * Who owns which table, and who touches it. The owner is the folder whose file adds the table to the interface `Schema`; every other
 * folder uses the owner's functions.
 */
export type Owners = ReadonlyMap<string, string>;

/** Reads across an owner's boundary that stay, each with its reason. Writes are never on this list. */
export const GRANTED_READS: readonly { readonly by: string; readonly table: string; readonly why: string }[] = [];

/** Files that take table names from the database or from a list, where the SQL cannot name them. */
export const ANY_TABLE: readonly { readonly file: string; readonly why: string }[] = [
  { file: 'backend/src/platform/retention/sweeper.ts', why: 'deletes what has expired from every table that expires' },
  {
    file: 'backend/src/platform/retention/client-end.ts',
    why: 'deletes a client from every table that says whose a row is',
  },
  {
    file: 'backend/src/platform/retention/redate.ts',
    why: 'moves the end of what a client keeps, in every table of conversations',
  },
];

const UNIT = /^backend\/src\/(?:(?:modules|platform)\/[^/]+|[^/]+)/;
/** The folder that counts as one owner; null outside of the backend. */
const unitOf = (path: string): string | null => UNIT.exec(path)?.[0] ?? null;

const withoutComments = (source: string) => source.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');

/** Tables that a source declares, by the keys of its `interface Schema`. */
export function tablesDeclared(source: string): string[] {
  const tables: string[] = [];
  for (const { index } of source.matchAll(/\binterface Schema \{/g)) {
    let depth = 0;
    let key = '';
    for (const token of source.slice(index).matchAll(/[{}]|\b(\w+)\??:/g)) {
      if (token[0] === '}') depth -= 1;
      else if (token[0] === '{') {
        if (depth === 1) tables.push(key);
        depth += 1;
      } else if (depth === 1) key = token[1] ?? '';
      if (depth === 0) break;
    }
  }
  return tables;
}

export function ownersOf(files: readonly { readonly path: string; readonly source: string }[]): Owners {
  const owners = new Map<string, string>();
  for (const { path, source } of files) {
    const unit = unitOf(path);
    if (unit === null) continue;
    for (const table of tablesDeclared(withoutComments(source))) {
      const other = owners.get(table);
      if (other !== undefined) throw new Error(`The table ${table} is declared by ${other} and by ${unit}.`);
      owners.set(table, unit);
    }
  }
  return owners;
}

export type Use = { readonly table: string; readonly kind: 'read' | 'write' };

const BUILDER =
  /\.(selectFrom|innerJoin|leftJoin|rightJoin|fullJoin|insertInto|updateTable|deleteFrom|mergeInto|using)\(\s*(?:'(\w+)(?: as \w+)?'|\[|([\w.]+))/g;
const READS = new Set(['selectFrom', 'innerJoin', 'leftJoin', 'rightJoin', 'fullJoin', 'using', 'from', 'join']);
const TEXTS = /`(?:[^`\\]|\\.)*`|'(?:[^'\\\n]|\\.)*'/g;
const STATEMENT = /\b(?:select|insert into|update|delete from)\b/i;
const CLAUSE = /\b(from|join|into|update|delete from)\s+(?:only\s+)?(?:public\.)?"?(\w+)"?/gi;

/** Tables that a source names in Kysely's builder or in SQL text. A table that is no literal comes out as `?`. */
export function tablesUsed(source: string, owners: Owners): Use[] {
  const code = withoutComments(source);
  const uses: Use[] = [];
  for (const [, method = '', table, expression] of code.matchAll(BUILDER)) {
    // `using` and `from` are also the names of other things; a builder names its table or takes it from a variable.
    const name = table ?? (expression === undefined || method === 'using' ? null : '?');
    if (name !== null) uses.push({ table: name, kind: READS.has(method) ? 'read' : 'write' });
  }
  for (const { 0: text } of code.matchAll(TEXTS)) {
    if (!STATEMENT.test(text)) continue;
    for (const [, clause = '', table = ''] of text.matchAll(CLAUSE))
      if (owners.has(table)) uses.push({ table, kind: READS.has(clause.toLowerCase()) ? 'read' : 'write' });
  }
  for (const [, argument = ''] of code.matchAll(/\bsql\.table\(\s*([^)]*)\)/g))
    uses.push({ table: /^'(\w+)'$/.exec(argument)?.[1] ?? '?', kind: 'write' });
  return uses;
}

/** What is wrong with the tables that one file touches, one sentence each. */
export function tableFaults(path: string, source: string, owners: Owners): string[] {
  const unit = unitOf(path);
  if (unit === null) return [];
  const faults = new Set<string>();
  for (const { table, kind } of tablesUsed(source, owners)) {
    if (table === '?') {
      if (!ANY_TABLE.some(({ file }) => file === path)) faults.add(`${path} touches a table that it does not name`);
      continue;
    }
    const owner = owners.get(table);
    if (owner === undefined) faults.add(`${path} touches ${table}, which no folder declares`);
    else if (owner !== unit && !(kind === 'read' && GRANTED_READS.some(one => one.by === unit && one.table === table)))
      faults.add(`${path} ${kind}s ${table}, which ${owner} owns`);
  }
  return [...faults];
}

export function tableFaultsIn(root: string): string[] {
  const files = sourcesOf(root)
    .filter(path => path.startsWith('backend/src/'))
    .map(path => ({ path, source: readFileSync(join(root, path), 'utf8') }));
  const owners = ownersOf(files);
  return files.flatMap(({ path, source }) => tableFaults(path, source, owners));
}
