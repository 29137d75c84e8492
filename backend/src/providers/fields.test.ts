import { describe, expect, test } from 'vitest';
import { instantOf, time, Written, WrittenDecimal } from './fields.ts';

describe('a time', () => {
  test.each([
    ['2026-11-30T10:00:00Z', '2026-11-30T10:00:00.000Z'],
    ['2026-11-30t10:00:00z', '2026-11-30T10:00:00.000Z'],
    ['2026-11-30T10:00:00.5+05:30', '2026-11-30T04:30:00.500Z'],
    ['2026-11-30T10:00:00.123456789+0530', '2026-11-30T04:30:00.123Z'],
    ['2026-11-30 10:00:00-08', '2026-11-30T18:00:00.000Z'],
    ['2026-11-30T10:00+0000', '2026-11-30T10:00:00.000Z'],
  ])('%s with its zone is %s', (text, at) => {
    expect(instantOf(text)).toBe(at);
    expect(instantOf(text, '+05:30')).toBe(at);
  });

  test('without a zone is of the zone that is known, and of none otherwise', () => {
    expect(instantOf('2026-11-30T10:00:00')).toBeNull();
    expect(instantOf('2026-11-30T10:00:00', '+05:30')).toBe('2026-11-30T04:30:00.000Z');
  });

  test.each([
    '',
    '2026-11-30',
    '2026-02-30T10:00:00Z',
    '2026-11-30T25:00:00Z',
    '30/11/2026 10:00',
    'NaN',
    '1780000000',
  ])('%j is none', text => {
    expect(instantOf(text, '+05:30')).toBeNull();
    expect(time('+05:30').safeParse(text).success).toBe(false);
  });
});

test('a number counts with quotes and without, as long as it is exact', () => {
  expect([Written.parse('17'), Written.parse(17)]).toEqual(['17', '17']);
  expect(WrittenDecimal.parse(12.5)).toBe('12.5');
  for (const odd of [1e300, 12.5, true, {}, null]) expect(Written.safeParse(odd).success).toBe(false);
});
