import { expect, test } from 'vitest';
import { retryAfterSeconds } from './retry-after.ts';

const now = new Date('2026-11-20T06:30:00.000Z');

test.each([
  ['1', 1],
  [' 90 ', 90],
  ['Fri, 20 Nov 2026 06:31:30 GMT', 90],
  ['Fri, 20 Nov 2026 06:30:00 GMT', null],
  ['Fri, 20 Nov 2020 06:30:00 GMT', null],
  ['315360000', 86_400],
  ['Fri, 20 Nov 2036 06:30:00 GMT', 86_400],
  ['0', null],
  ['-5', null],
  ['1.5', null],
  ['1e9', null],
  ['0x10', null],
  ['soon', null],
  ['2026', 2026],
  ['999999999999', 86_400],
  ['9999999999999', null],
  ['', null],
  ['1, 2', null],
  ['x'.repeat(10_000), null],
  [undefined, null],
])('EG-03: Retry-After «%s» means %s', (header, seconds) => {
  expect(retryAfterSeconds(header, now)).toBe(seconds);
});
