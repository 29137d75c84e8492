import { expect, test } from 'vitest';
import { z } from 'zod';
import { COLLECTION_NAMES, COLLECTIONS, lenient, ROUTES, type RouteDefinition } from './index.ts';

const strict = z.strictObject({
  a: z.strictObject({ x: z.int() }).nullable(),
  list: z.array(z.strictObject({ y: z.string().max(3) })),
  either: z.discriminatedUnion('t', [
    z.strictObject({ t: z.literal('one'), n: z.int() }),
    z.strictObject({ t: z.literal('two') }),
  ]),
  map: z.record(z.string(), z.strictObject({ z: z.boolean() })),
  maybe: z.strictObject({ w: z.int() }).optional(),
});
const GOOD = {
  a: { x: 1 },
  list: [{ y: 'abc' }],
  either: { t: 'one', n: 2 },
  map: { k: { z: true } },
  maybe: { w: 1 },
};

test('F-22: unknown keys are dropped at every depth', () => {
  const more = {
    ...GOOD,
    extra: 1,
    a: { x: 1, extra: 1 },
    list: [{ y: 'abc', extra: 1 }],
    either: { t: 'one', n: 2, extra: 1 },
    map: { k: { z: true, extra: 1 } },
    maybe: { w: 1, extra: 1 },
  };
  expect(strict.safeParse(more).success).toBe(false);
  expect(lenient(strict).parse(more)).toEqual(GOOD);
});

test('F-22: everything else is checked as before', () => {
  const wrong = [
    { ...GOOD, a: { x: 'one' } },
    { ...GOOD, list: [{ y: 'abcd' }] },
    { ...GOOD, list: [{}] },
    { ...GOOD, either: { t: 'three' } },
    { ...GOOD, map: { k: { z: 1 } } },
    { ...GOOD, maybe: {} },
  ];
  for (const value of wrong) expect(lenient(strict).safeParse(value).success, JSON.stringify(value)).toBe(false);
});

test('F-22: a key for the prototype is dropped and changes nothing', () => {
  const parsed = lenient(strict).parse(JSON.parse(`{"__proto__":{"admin":true},${JSON.stringify(GOOD).slice(1)}`));
  expect(parsed).toEqual(GOOD);
  expect((parsed as { admin?: boolean }).admin).toBeUndefined();
});

test('a loose schema stays loose, and the strict one stays strict', () => {
  expect(lenient(z.looseObject({ a: z.int() })).parse({ a: 1, b: 2 })).toEqual({ a: 1, b: 2 });
  lenient(strict);
  expect(strict.safeParse({ ...GOOD, extra: 1 }).success).toBe(false);
});

/** Paths of objects in a JSON schema that refuse unknown keys. */
function closedIn(schema: unknown, path = ''): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const own = (schema as { additionalProperties?: unknown }).additionalProperties === false ? [path] : [];
  return [...own, ...Object.entries(schema).flatMap(([key, part]) => closedIn(part, `${path}/${key}`))];
}
const closed = (schema: z.ZodType) =>
  closedIn(z.toJSONSchema(lenient(schema), { io: 'input', unrepresentable: 'any' }));

test('F-22: no reply and no row of the contract refuses an unknown key', () => {
  for (const [id, route] of Object.entries(ROUTES) as [string, RouteDefinition][])
    expect(closed(route.reply), id).toEqual([]);
  for (const name of COLLECTION_NAMES) expect(closed(COLLECTIONS[name].row), name).toEqual([]);
});
