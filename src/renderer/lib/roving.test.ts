import { expect, test } from 'vitest';
import { placeAfter } from './roving.ts';

test.each([
  ['ArrowDown', 0, 1],
  ['ArrowDown', 4, 4],
  ['ArrowDown', -1, 0],
  ['ArrowUp', 4, 3],
  ['ArrowUp', 0, 0],
  ['Home', 3, 0],
  ['End', 1, 4],
  ['j', 1, null],
  ['Enter', 1, null],
] as const)('%s from place %i of five goes to %s', (key, at, to) => {
  expect(placeAfter(key, at, 5)).toBe(to);
});

test('an empty list has no place', () => {
  expect(placeAfter('End', -1, 0)).toBeNull();
});
