import { COLLECTIONS, type CollectionName, Problem } from '@astrix/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { newId } from '../../src/kernel/ids.ts';
import { createHouse, type House } from './house.ts';
import { columnsOf, ledgerOfAgency } from './ledger.ts';
import { ALL_ROUTES, ask, bodyFor, requestOf } from './requests.ts';

let house: House;
beforeAll(async () => {
  house = await createHouse({ ASTRIX_ROLE: 'api' });
});
afterAll(() => house.close());

const own = () => house.ids[0]![0]!;
const token = () => house.tokenOf({ agency: 0, role: 'owner' });
const withBody = ALL_ROUTES.filter(([, route]) => route.body);
const camel = (column: string) => column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
/** What somebody would try to slip in: who they are, whose it is, what it may do. */
const SLIPPED = ['agencyId', 'agency_id', 'role', 'authorId', 'client_id', 'status_', 'expires_at', 'version', 'all'];

/** Every object of a schema, with the way to it. */
function objectsOf(schema: z.ZodType, path = ''): { path: string; strict: boolean }[] {
  const def = schema.def as unknown as Record<string, unknown> & { type: string };
  const inner = (key: string) => (def[key] ? objectsOf(def[key] as z.ZodType, path) : []);
  if (def.type === 'object') {
    const catchall = def.catchall as z.ZodType | undefined;
    const fields = Object.entries(def.shape as Record<string, z.ZodType>);
    return [
      { path: path || '.', strict: (catchall?.def as { type?: string } | undefined)?.type === 'never' },
      ...fields.flatMap(([name, field]) => objectsOf(field, `${path}.${name}`)),
    ];
  }
  if (def.type === 'union')
    return (def.options as z.ZodType[]).flatMap((option, i) => objectsOf(option, `${path}|${i}`));
  // What has no shape cannot be checked on the way out.
  if (def.type === 'unknown' || def.type === 'any') return [{ path: path || '.', strict: false }];
  return [...inner('element'), ...inner('innerType'), ...inner('valueType'), ...inner('in'), ...inner('out')];
}

/** Names that a body may have, in any of its forms. */
function namesOf(schema: z.ZodType): string[] {
  const def = schema.def as unknown as { shape?: object; options?: z.ZodType[]; in?: z.ZodType };
  if (def.in) return namesOf(def.in);
  return def.options ? def.options.flatMap(namesOf) : Object.keys(def.shape ?? {});
}

describe('AZ-05: writes take the fields of the contract and no others', () => {
  test('every column of every table, as it is and in camel case, added to every body', async () => {
    const columns = [...new Set((await columnsOf(house.world.db)).flatMap(table => table.columns))];
    expect(columns.length).toBeGreaterThan(80);
    for (const [name, route] of withBody) {
      const body = bodyFor(name, route, own(), house.world.clock.now())!;
      const names = namesOf(route.body!);
      for (const field of columns.flatMap(column => [column, camel(column)]).filter(field => !names.includes(field)))
        expect(route.body!.safeParse({ ...body, [field]: newId() }).success, `${name} takes ${field}`).toBe(false);
    }
  });

  test('over HTTP an extra field is refused by name, and nothing of the request happens', async () => {
    const before = await ledgerOfAgency(house.world.db, house.world.agencies[0].id);
    for (const [name, route] of withBody) {
      for (const field of SLIPPED) {
        const body = { ...bodyFor(name, route, own(), house.world.clock.now()), [field]: newId() };
        const answer = await ask(house.world, route, requestOf(route, { path: own(), query: {}, body }, token()));
        expect(answer.status, `${name} ${field}`).toBe(400);
        const problem = Problem.parse(JSON.parse(answer.text));
        expect(problem.code).toBe('invalid_request');
        expect(problem.detail).toContain(field);
      }
    }
    expect(await ledgerOfAgency(house.world.db, house.world.agencies[0].id)).toEqual(before);
  });

  test('a query and a path take no extra field either', async () => {
    for (const [name, route] of ALL_ROUTES) {
      if (
        route.query &&
        !['webhooks.whatsapp-verify', 'webhooks.app-verify', 'connections.oauth-callback'].includes(name)
      )
        expect(
          objectsOf(route.query).every(({ strict }) => strict),
          `${name} query`,
        ).toBe(true);
      if (route.params)
        expect(
          objectsOf(route.params).every(({ strict }) => strict),
          `${name} path`,
        ).toBe(true);
    }
  });
});

describe('AZ-05: replies hold the fields of the contract and no others', () => {
  test('every object of every reply is closed; what is not is on this list', () => {
    const open = ALL_ROUTES.flatMap(([name, route]) =>
      objectsOf(route.reply)
        .filter(({ strict }) => !strict)
        .map(({ path }) => `${name} ${path}`),
    );
    // Rows of a pull are checked below against their collection; the redacted shape of a dead letter has no shape.
    expect(open).toEqual(['sync.pull |1.rows', 'webhooks.list-dead-letters .deadLetters.redacted']);
  });

  test('every row of a pull is exactly a row of its collection', async () => {
    const url = `/v1/sync?collections=${Object.keys(COLLECTIONS).join(',')}`;
    const { body } = await house.world.inject({ url, headers: { authorization: `Bearer ${token()}` } });
    const seen = new Set<string>();
    for (const line of body.trim().split('\n')) {
      const { t, c, rows } = JSON.parse(line) as { t: string; c: CollectionName; rows: unknown[] };
      if (t !== 'rows') continue;
      seen.add(c);
      for (const row of rows) expect(COLLECTIONS[c].row.strict().safeParse(row).error, c).toBeUndefined();
    }
    expect([...seen].sort()).toEqual(Object.keys(COLLECTIONS).sort());
  });
});
