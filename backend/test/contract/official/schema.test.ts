import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { unbracket } from './bodies.ts';
import { describeSpecs } from './cases.ts';
import { pointerInto } from './openapi.ts';
import { sample } from './sample.ts';
import { isObject, type Judge, judge, listOf } from './schema.ts';
import { readSpec, specPath } from './specs.ts';
import type { Json, Schema } from './types.ts';

const how = (over: Partial<Judge> = {}): Judge => ({
  resolve: () => undefined,
  closed: true,
  direction: 'request',
  ...over,
});
const says = (schema: Schema, value: unknown, over?: Partial<Judge>) =>
  judge(schema, value, 'v', how(over)).map(({ at, says }) => `${at}: ${says}`);
const text = { type: 'string' };

describe('a schema', () => {
  test('is closed over all parts of an allOf together', () => {
    const schema = { allOf: [{ properties: { a: text }, additionalProperties: false }, { properties: { b: text } }] };
    expect(says(schema, { a: 'x', b: 'y' })).toEqual([]);
    expect(says(schema, { a: 'x', c: 'y' })).toEqual([expect.stringContaining('v.c: is not in the document')]);
    expect(says(schema, { c: 'y' }, { closed: false })).toEqual([]);
    expect(says({ allOf: [{ properties: { a: text } }, { additionalProperties: true }] }, { c: 'y' })).toEqual([]);
  });

  test('stays open where it says nothing about properties', () => {
    expect(says({ type: 'object' }, { a: 1 })).toEqual([]);
    expect(says({ properties: { a: {} }, oneOf: [{ required: ['a'] }, { required: ['b'] }] }, { a: 1, c: 1 })).toEqual([
      expect.stringContaining('v.c: is not in the document'),
    ]);
  });

  test('tells of the nearest branch what is wrong', () => {
    const branch = (kind: string, name: string) => ({
      required: ['kind', name],
      properties: { kind: { enum: [kind] }, [name]: { properties: { n: { type: 'integer' } } } },
    });
    const schema = { oneOf: [branch('a', 'x'), branch('b', 'y')] };
    expect(says(schema, { kind: 'b', y: { n: 'one' } })).toEqual(['v.y.n: is "one", and integer is expected']);
  });

  test('reads text as what is asked for', () => {
    const over = { text: true };
    expect(says({ type: 'integer', maximum: 9 }, '9', over)).toEqual([]);
    expect(says({ type: 'integer', maximum: 9 }, '10', over)).toEqual(['v: is 10, and anything to 9 is allowed']);
    expect(says({ type: 'boolean' }, 'true', over)).toEqual([]);
    expect(says({ type: 'string', enum: ['1', '2'] }, '1', over)).toEqual([]);
    expect(says({ type: 'array', items: { type: 'integer' } }, '[1,2]', { ...over, jsonText: true })).toEqual([]);
    expect(says({ type: 'array', items: { enum: ['a'] } }, 'a,b', { ...over, jsonText: true })).toEqual([
      'v[1]: is "b", and only "a" is allowed',
    ]);
  });

  test('holds sizes, bounds, patterns and formats', () => {
    expect(says({ minItems: 1 }, [])).toEqual(['v: has 0 items, and 1 to Infinity are allowed']);
    expect(says({ maxLength: 2 }, 'abc')).toEqual(['v: has 3 characters, and 0 to 2 are allowed']);
    expect(says({ minimum: 1, exclusiveMinimum: true }, 1)).toHaveLength(1);
    expect(says({ exclusiveMaximum: 5 }, 5)).toHaveLength(1);
    expect(says({ pattern: '^a' }, 'b')).toEqual(['v: is "b", and ^a is expected']);
    expect(says({ format: 'date' }, '5 January')).toEqual([
      'v: is "5 January", and a date like 2026-01-05 is expected',
    ]);
    expect(says({ format: 'date-time' }, '2026-01-05T09:30:00.000+0530')).toEqual([]);
    expect(says({ const: { a: 1 } }, { a: 2 })).toHaveLength(1);
  });

  test('knows what may be read only, written only, null, and a long as a number in a request', () => {
    const schema = {
      required: ['id', 'secret'],
      properties: { id: { ...text, readOnly: true }, secret: { ...text, writeOnly: true } },
    };
    expect(says(schema, { secret: 'x' })).toEqual([]);
    expect(says(schema, { id: 'x' }, { direction: 'reply' })).toEqual([]);
    expect(says(schema, {})).toEqual(['v.secret: is missing']);
    expect(says({ ...text, nullable: true }, null)).toEqual([]);
    expect(says(text, null)).toEqual(['v: is null, and string is expected']);
    expect(says({ ...text, format: 'int64' }, 5)).toEqual([]);
    expect(says({ ...text, format: 'int64' }, 5, { direction: 'reply' })).toEqual(['v: is 5, and string is expected']);
  });

  test('a circle of references ends', () => {
    const node: Schema = { properties: { next: { $ref: 'node' } }, allOf: [{ $ref: 'other' }] };
    const resolve = (ref: string) => (ref === 'node' ? node : { anyOf: [{ $ref: 'node' }, { type: 'object' }] });
    expect(() => judge({ $ref: 'loop' }, {}, 'v', how({ resolve: () => ({ $ref: 'loop' }) }))).not.toThrow();
    expect(
      judge(
        { properties: { next: { $ref: 'node' } } },
        { next: 1 },
        'v',
        how({ resolve: ref => (ref === 'node' ? { type: 'object' } : resolve(ref)) }),
      ),
    ).toHaveLength(1);
  });
});

test('brackets of a form are read as lists and objects', () => {
  const pairs = [...new URLSearchParams('a[b][]=1&a[b][]=2&c[0][d]=x&c[1][d]=y&e=1&e=2&f[k]=v')];
  expect(unbracket(pairs)).toEqual({ a: { b: ['1', '2'] }, c: [{ d: 'x' }, { d: 'y' }], e: ['1', '2'], f: { k: 'v' } });
});

test.each([
  '^[A-Z2-7]{14}$',
  '^([A-Z]{2})$',
  '^\\d{4}-\\d{2}(\\.\\d{1,9})?Z$',
  '^(a|b)+c*$',
  '^/v1/[^/]+/x$',
  '^https?://',
])('a text is made for %s', pattern => {
  expect(sample(pattern)).toMatch(new RegExp(pattern));
});

/** A value with one thing changed, in every place: a member left out, and a scalar of another kind. */
function changed(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap((item, n) => changed(item).map(other => value.with(n, other)));
  if (!isObject(value)) return [typeof value === 'string' ? 4711 : 'another kind', null];
  return Object.entries(value).flatMap(([name, item]) => {
    const { [name]: _, ...rest } = value;
    return [rest, ...changed(item).map(other => ({ ...value, [name]: other }))];
  });
}

describeSpecs('our reading of schemas and that of Ajv', () => {
  test.each([
    ['whatsapp', () => parse(readFileSync(specPath('whatsapp', 'business-messaging-api_v23.0.yaml'), 'utf8')) as Json],
    ['jira', () => readSpec('jira', 'swagger-v3.v3.json')],
  ] as const)('%s: agree on its examples and on these with one thing changed', (_, read) => {
    const document = read();
    const ajv = new Ajv2020({ strict: false, validateFormats: false, logger: false, allErrors: true, verbose: false });
    ajv.addSchema({ $id: 'doc', components: document.components });
    const resolve = pointerInto(document);
    let compared = 0;
    const differences: string[] = [];
    for (const { schema, value } of examplesIn(document).slice(0, 150)) {
      const rooted = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"doc#/')) as object;
      const validate = ajv.compile(rooted);
      for (const one of [value, ...changed(value).slice(0, 40)]) {
        compared += 1;
        const theirs = validate(one);
        const errors = new Set(validate.errors?.map(({ keyword }) => keyword));
        const ours = judge(schema, one, 'v', { resolve, closed: false, direction: 'reply' }).filter(
          ({ says }) => !/a time like|a date like|int32/.test(says),
        );
        // An allOf of closed parts is closed as a whole here, and of oneOf one branch at least has to fit, not exactly one.
        const meant = errors.has('additionalProperties') || errors.has('oneOf') || errors.has('unevaluatedProperties');
        if (theirs ? ours.length > 0 : ours.length === 0 && !meant)
          differences.push(`${JSON.stringify(one).slice(0, 200)} ${JSON.stringify([ours, [...errors]])}`);
      }
    }
    expect(compared).toBeGreaterThan(1000);
    expect(differences).toEqual([]);
  });
});

/** Every example of a JSON reply that stands in a document, with its schema. */
const examplesIn = (document: Json): { schema: Schema; value: unknown }[] =>
  Object.values(document.paths as Json).flatMap(item =>
    listOf(Object.values(item as Json)).flatMap(operation =>
      listOf(Object.values((operation.responses ?? {}) as Json)).flatMap(({ content }) => {
        const media = isObject(content) ? content['application/json'] : null;
        if (!isObject(media) || !isObject(media.schema)) return [];
        const given = [
          media.example,
          ...listOf(Object.values((media.examples ?? {}) as Json)).map(({ value }) => value),
        ];
        const values = given.flatMap(value =>
          typeof value === 'string' ? readable(value) : value === undefined ? [] : [value],
        );
        return values.map(value => ({ schema: media.schema as Schema, value }));
      }),
    ),
  );
const readable = (json: string): unknown[] => {
  try {
    return [JSON.parse(json)];
  } catch {
    return [];
  }
};
