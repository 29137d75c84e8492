import { describe, expect, test } from 'vitest';
import { clamp, instant, items, object, objects, text } from './json.ts';

const NOW = new Date('2026-11-20T06:30:00.000Z');
const ODD = [undefined, null, 0, 1.5, true, '', ' ', [], {}, () => 1, Number.NaN];

describe('readers of JSON that somebody else wrote', () => {
  test('no reader throws, and each answers its own kind or nothing', () => {
    for (const value of ODD) {
      expect([null, value]).toContain(object(value));
      expect(Array.isArray(objects(value))).toBe(true);
      expect(items(value).known.every(item => typeof item === 'object')).toBe(true);
      expect(text(value, 10)).toBeNull();
      expect(instant(value, NOW)).toBe(NOW.toISOString());
    }
  });

  test.each([
    ['a😀', 2, 'a'],
    ['a\0b', 9, 'ab'],
    ['a\ud800', 9, 'a\ufffd'],
    ['abc', 2, 'ab'],
  ])('clamp %j to %i', (value, maxLength, kept) => expect(clamp(value, maxLength)).toBe(kept));

  test('absurd times become the time of arrival', () => {
    for (const absurd of ['0', '-5', '99999999999', '1e40', 'soon', Number.POSITIVE_INFINITY])
      expect(instant(absurd, NOW)).toBe(NOW.toISOString());
    expect(instant('1763620000', NOW)).toBe(instant(1_763_620_000, NOW));
  });
});

test('a text that is cut ends with a whole character and can be stored', () => {
  const long = `${'a'.repeat(299)}👩‍👩‍👧 and more`;
  expect(clamp(long, 300)).toBe('a'.repeat(299));
  expect(clamp('\ud83d\0x', 3)).toBe('\ufffdx');
});
