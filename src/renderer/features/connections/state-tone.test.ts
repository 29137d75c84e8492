import { expect, test } from 'vitest';
import { toneOf } from './state-tone.ts';

test.each([
  ['paid', 'done'],
  ['delivered', 'done'],
  ['approved', 'done'],
  ['pending', 'waiting'],
  ['unshipped', 'waiting'],
  ['failed', 'danger'],
  ['rejected', 'danger'],
  ['expired', 'plain'],
  ['cancelled', 'plain'],
  ['refunded', 'plain'],
  ['returned', 'plain'],
  ['open', 'plain'],
  ['a state of tomorrow', 'plain'],
] as const)('%s is shown as %s', (state, tone) => {
  expect(toneOf(state)).toBe(tone);
});
