// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the sources under test are texts

import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { GRANTED_READS, ownersOf, tableFaults, tableFaultsIn, tablesDeclared, tablesUsed } from './boundary-tables.ts';

const root = join(import.meta.dirname, '..');
const OWNERS = ownersOf([
  {
    path: 'backend/src/modules/tickets/tables.ts',
    source: `declare module '../../platform/db/schema.ts' {
      interface Schema {
        tickets: { id: string; tags: { name: string }[] };
        /** comment: { not: a table } */
        ticket_notes: { id: string };
      }
    }
    export type Other = { parcels: { id: string } };`,
  },
  {
    path: 'backend/src/modules/parcels/index.ts',
    source: `declare module 'x' { interface Schema { parcels: { id: string } } }`,
  },
]);

test('a module touches only its own tables', () => {
  expect(tableFaultsIn(root)).toEqual([]);
});

test('a granted read names a table that its reader does not own, and says why', () => {
  for (const { by, why } of GRANTED_READS) {
    expect(by).toMatch(/^backend\/src\//);
    expect(why.length).toBeGreaterThan(20);
  }
});

describe('owners', () => {
  test('are the folders that declare the tables', () => {
    expect([...OWNERS]).toEqual([
      ['tickets', 'backend/src/modules/tickets'],
      ['ticket_notes', 'backend/src/modules/tickets'],
      ['parcels', 'backend/src/modules/parcels'],
    ]);
  });

  test('one table has one owner', () => {
    const source = 'interface Schema { tickets: { id: string } }';
    const files = ['one', 'two'].map(name => ({ path: `backend/src/modules/${name}/tables.ts`, source }));
    expect(() => ownersOf(files)).toThrow('The table tickets is declared by');
  });

  test('every table of the migrations has one', async () => {
    const { readdirSync, readFileSync } = await import('node:fs');
    const folder = join(root, 'backend/migrations');
    const sql = readdirSync(folder).map(name => readFileSync(join(folder, name), 'utf8'));
    const renamed = new Map(
      sql.flatMap(text =>
        [...text.matchAll(/^alter table (\w+) rename to (\w+)/gm)].map(([, from = '', to = '']) => [from, to] as const),
      ),
    );
    const made = sql
      .flatMap(text => [...text.matchAll(/^create table (\w+)/gm)].map(([, name = '']) => name))
      .map(name => renamed.get(name) ?? name);
    const { sourcesOf } = await import('./boundaries.ts');
    const declared = sourcesOf(root)
      .filter(path => path.startsWith('backend/src/'))
      .flatMap(path => tablesDeclared(readFileSync(join(root, path), 'utf8')));
    expect(made.length).toBeGreaterThan(20);
    expect(made.filter(name => !declared.includes(name) && !MIGRATIONS_ONLY.includes(name))).toEqual([]);
  });
});

/** Written by the migrator's own SQL before any module exists. */
const MIGRATIONS_ONLY = ['astrix_migrations'];

describe('the rule itself fires', () => {
  const WRONG: readonly (readonly [string, string])[] = [
    ["tx.selectFrom('parcels').selectAll()", 'reads parcels'],
    ["tx\n  .selectFrom('parcels as p')", 'reads parcels'],
    ["tx.selectFrom('tickets').innerJoin('parcels', 'a', 'b')", 'reads parcels'],
    ["tx.selectFrom('tickets').leftJoin('parcels as p', join => join)", 'reads parcels'],
    ["tx.insertInto('parcels').values({})", 'writes parcels'],
    ["tx.updateTable('parcels').set({})", 'writes parcels'],
    ["tx.deleteFrom('parcels')", 'writes parcels'],
    ['sql`select 1 from parcels where id = ${id}`', 'reads parcels'],
    ['sql`select 1 from tickets t join parcels p on p.id = t.id`', 'reads parcels'],
    ['sql`insert into parcels (id) values (1)`', 'writes parcels'],
    ['sql`update parcels set id = 1`', 'writes parcels'],
    ['sql`delete from parcels`', 'writes parcels'],
    ["const text = 'select id from parcels';", 'reads parcels'],
    ["sql.table('parcels')", 'writes parcels'],
    ['tx.selectFrom(table)', 'touches a table that it does not name'],
    ['sql`select 1 from ${sql.table(name)}`', 'touches a table that it does not name'],
    ["tx.selectFrom('invoices')", 'touches invoices, which no folder declares'],
  ];
  test.each(WRONG)('%s', (source, fault) => {
    const faults = tableFaults('backend/src/modules/tickets/read.ts', source, OWNERS);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(fault);
  });

  test.each([
    "tx.selectFrom('tickets').innerJoin('ticket_notes', 'a', 'b')",
    'sql`select 1 from tickets where id = ${id}`',
    "fail('not_found', { detail: 'It is not one of the parcels from parcels.' })",
    "// tx.selectFrom('parcels')",
    '/** insert into parcels */',
    "new Map().set('parcels', 1)",
  ])('but not on %s', source => {
    expect(tableFaults('backend/src/modules/tickets/read.ts', source, OWNERS)).toEqual([]);
  });

  test('tests and the sandbox are no owners', () => {
    expect(tableFaults('backend/sandbox/server.ts', "tx.selectFrom('parcels')", OWNERS)).toEqual([]);
  });

  test('every use of one source is seen', () => {
    const source =
      "tx.selectFrom('tickets').innerJoin('parcels', 'a', 'b'); sql`insert into ticket_notes (id) values (1)`";
    expect(tablesUsed(source, OWNERS)).toEqual([
      { table: 'tickets', kind: 'read' },
      { table: 'parcels', kind: 'read' },
      { table: 'ticket_notes', kind: 'write' },
    ]);
  });
});
