import { expect, test } from 'vitest';
import { movedTo, neighbourOf } from './rail-order.ts';

const ids = ['a', 'b', 'c', 'd'];

test.each([
  ['down', 'a', 2, 'b c a d'],
  ['up', 'd', 0, 'd a b c'],
  ['beyond the end', 'b', 9, 'a c d b'],
  ['before the beginning', 'b', -1, 'b a c d'],
  ['to its own place', 'c', 2, 'a b c d'],
  ['an unknown one', 'x', 0, 'a b c d'],
])('a client is moved %s', (_how, id, to, order) => {
  expect(movedTo(ids, id, to).join(' ')).toBe(order);
});

test.each([
  ['a', 1, 'b'],
  ['b', -1, 'a'],
  ['a', -1, null],
  ['d', 1, null],
  ['x', 1, null],
  [null, 1, null],
] as const)('from %s by %i is %s', (id, by, found) => {
  expect(neighbourOf(ids, id, by)).toBe(found);
});
