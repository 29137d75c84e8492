import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson } from './canonical-json.ts';

// The expected bytes follow RFC 8785, the JSON Canonicalization Scheme.

test('keys are ordered by UTF-16 code units, at every depth', () => {
  const order = ['\r', '1', '\u0080', 'ö', '€', '\ud83d\ude00', '\ufb33'];
  const value = Object.fromEntries(order.toReversed().map((key, at) => [key, at]));
  expect(Object.keys(JSON.parse(canonicalJson([value]))[0] as object).toSorted()).toEqual(order.toSorted());
  expect([...canonicalJson({ z: value }).matchAll(/"((?:\\.|[^"\\])+)":\d/g)].map(([, key]) => key)).toEqual(
    order.map(key => JSON.stringify(key).slice(1, -1)),
  );
  expect(canonicalJson({ b: { d: 1, c: [{ f: 2, e: 3 }] }, a: null })).toBe(
    '{"a":null,"b":{"c":[{"e":3,"f":2}],"d":1}}',
  );
});

test.each([
  [0, '0'],
  [-0, '0'],
  [5e-324, '5e-324'],
  [-1.7976931348623157e308, '-1.7976931348623157e+308'],
  [9007199254740992, '9007199254740992'],
  [1e21, '1e+21'],
  [1e20, '100000000000000000000'],
  [0.000001, '0.000001'],
  [1e-7, '1e-7'],
  [333333333.3333333, '333333333.3333333'],
])('the number %d is written as ECMAScript writes it', (value, text) => {
  expect(canonicalJson(value)).toBe(text);
});

test('in a text only what must be escaped is escaped, in the short form where there is one', () => {
  expect(canonicalJson('\u20ac$\u000f\nA\'B"\\"/\u2028\u007f\u0008\t\f\r')).toBe(
    '"€$\\u000f\\nA\'B\\"\\\\\\"/\u2028\u007f\\b\\t\\f\\r"',
  );
});

test('what JSON does not have is written as its nearest form', () => {
  expect(canonicalJson({ a: undefined, b: [undefined], c: new Date(0) })).toBe(
    '{"b":[null],"c":"1970-01-01T00:00:00.000Z"}',
  );
});

test('the same value gives the same bytes, and they read back as the value', () => {
  const shuffled = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(shuffled);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .toReversed()
        .map(([key, item]) => [key, shuffled(item)]),
    );
  };
  fc.assert(
    fc.property(fc.jsonValue(), value => {
      fc.pre(!JSON.stringify(value).includes('__proto__'));
      const text = canonicalJson(value);
      expect(canonicalJson(shuffled(value))).toBe(text);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});
