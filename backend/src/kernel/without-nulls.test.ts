import { expect, test } from 'vitest';
import { withoutNulls } from './without-nulls.ts';

test('a key of null is as good as no key, at every depth', () => {
  expect(withoutNulls({ a: null, b: { c: null, d: 0 }, e: [{ f: null, g: '' }] })).toEqual({
    b: { d: 0 },
    e: [{ g: '' }],
  });
});

test('an element of a list stays, so that the others keep their places', () => {
  expect(withoutNulls([null, 1, [null]])).toEqual([null, 1, [null]]);
});

test.each([null, 0, false, '', 'null'])('%j stays what it is', value => {
  expect(withoutNulls(value)).toBe(value);
});
