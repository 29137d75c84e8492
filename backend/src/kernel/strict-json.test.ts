import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JSON_LIMITS, parseStrictly } from './strict-json.ts';

const parse = (text: string) => parseStrictly(Buffer.from(text));
const FORBIDDEN = /__proto__|constructor|prototype/;

test('EG-02: what is JSON and within the limits is read as it was written', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), fc.boolean(), (value, pretty) => {
      const text = JSON.stringify(value, null, pretty ? 2 : 0);
      fc.pre(!FORBIDDEN.test(text) && !/\\u(?:0000|d[89a-f])/i.test(text) && text.length < 5000);
      expect(parse(text)).toEqual({ value: JSON.parse(text) });
    }),
    { numRuns: 500 },
  );
});

test('EG-02: whatever the bytes are, there is a value or a fault, and what it takes JSON.parse takes too', () => {
  const text = JSON.stringify({ a: [1, -2.5e3, 'x\\"y', { b: null, ключ: true }], z: { a: {} } });
  const change = fc.record({ at: fc.nat(text.length), to: fc.nat(255), cut: fc.boolean() });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 4 }), changes => {
      let bytes = Buffer.from(text);
      for (const { at, to, cut } of changes) {
        if (cut) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]);
        else if (at < bytes.length) bytes[at] = to;
      }
      const parsed = parseStrictly(bytes);
      if ('value' in parsed) expect(JSON.parse(bytes.toString().replace(/^\ufeff/, ''))).toEqual(parsed.value);
      else expect(parsed.fault).toMatch(/^[a-z-]+$/);
    }),
    { numRuns: 2000 },
  );
});

test('EG-02: the limits are exact', () => {
  const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  expect(parse(nested(JSON_LIMITS.depth))).toHaveProperty('value');
  expect(parse(nested(JSON_LIMITS.depth + 1))).toEqual({ fault: 'too-deep' });
  expect(parse(`{"${'k'.repeat(JSON_LIMITS.keyLength)}":1}`)).toHaveProperty('value');
  expect(parse(`{"${'k'.repeat(JSON_LIMITS.keyLength + 1)}":1}`)).toEqual({ fault: 'long-key' });
  const keys = (count: number) =>
    parseStrictly(Buffer.from(`[${Array(count).fill('{"a":1}').join()}]`), { ...JSON_LIMITS, keys: 10 });
  expect(keys(10)).toHaveProperty('value');
  expect(keys(11)).toEqual({ fault: 'too-many-keys' });
});

test('EG-02: what no database can hold is replaced, or refused where that is asked for', () => {
  const refusing = (text: string) => parseStrictly(Buffer.from(text), { ...JSON_LIMITS, unstorable: 'refused' });
  for (const [written, read] of [
    ['"a\\u0000b"', 'a\ufffdb'],
    ['"a\\ud800b"', 'a\ufffdb'],
    ['["\\udc00"]', ['\ufffd']],
  ] as const) {
    expect(parse(written)).toEqual({ value: read });
    expect(refusing(written)).toEqual({ fault: 'unstorable' });
  }
  for (const fine of ['"\\ud83d\\ude00"', '"\\\\u0000"', '"\\u00e9"']) expect(refusing(fine)).toEqual(parse(fine));
});

test('EG-02: the same key in two objects is not the same key', () => {
  expect(parse('{"a":{"a":1},"b":[{"a":1},{"a":2}]}')).toEqual({ value: { a: { a: 1 }, b: [{ a: 1 }, { a: 2 }] } });
  expect(parse('{"a":["a","a"],"b":"a"}')).toHaveProperty('value');
  expect(parse('{"a":1,"b":{"a":1},"a":2}')).toEqual({ fault: 'duplicate-key' });
});
