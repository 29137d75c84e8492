import { expect, test } from 'vitest';
import { withPlace } from './thread-range.ts';

test('the message that has the focus stays in the page, in its place', () => {
  expect(withPlace([40, 41, 42], 3)).toEqual([3, 40, 41, 42]);
  expect(withPlace([40, 41, 42], 90)).toEqual([40, 41, 42, 90]);
});

test('a message in view is drawn once, and nothing is added without a focus', () => {
  expect(withPlace([40, 41, 42], 41)).toEqual([40, 41, 42]);
  expect(withPlace([40, 41, 42], undefined)).toEqual([40, 41, 42]);
});
