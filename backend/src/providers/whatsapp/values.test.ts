import { describe, expect, test } from 'vitest';
import { failureOf, isCredentialDead, isTransient } from './failures.ts';
import { bsuid, clamp, digits, instant, items, object, objects, text } from './values.ts';
import { answerHandshake } from './webhook.ts';

const NOW = new Date('2026-11-20T06:30:00.000Z');
const ODD = [undefined, null, 0, 1.5, true, '', ' ', [], {}, () => 1, Number.NaN];

describe('readers of JSON that somebody else wrote', () => {
  test('none throws, and each answers its own kind or nothing', () => {
    for (const value of ODD) {
      expect([null, value]).toContain(object(value));
      expect(Array.isArray(objects(value))).toBe(true);
      expect(items(value).known.every(item => typeof item === 'object')).toBe(true);
      expect(text(value, 10)).toBeNull();
      expect(digits(value)).toBeNull();
      expect(bsuid(value)).toBeNull();
      expect(instant(value, NOW)).toBe(NOW.toISOString());
    }
  });

  test.each([
    ['a😀', 2, 'a'],
    ['a\0b', 9, 'ab'],
    ['a\ud800', 9, 'a\ufffd'],
    ['abc', 2, 'ab'],
  ])('clamp %j to %i', (value, most, kept) => expect(clamp(value, most)).toBe(kept));

  test.each([
    ['+919876543210', '919876543210'],
    ['919876543210', '919876543210'],
    ['1234', null],
    ['1'.repeat(21), null],
    ['91 98765', null],
    ['९१९८७६५४३२१०', null],
  ])('digits of %s', (value, kept) => expect(digits(value)).toBe(kept));

  test.each([
    ['IN.Abc123', true],
    ['IN.ENT.Abc123', true],
    ['in.Abc123', false],
    ['IN.', false],
    [`IN.${'a'.repeat(129)}`, false],
    ['IN.a-b', false],
  ])('business-scoped id %s', (value, known) => expect(bsuid(value)).toBe(known ? value : null));

  test('times outside of any sense are the time of arrival', () => {
    for (const absurd of ['0', '-5', '99999999999', '1e40', 'soon', Number.POSITIVE_INFINITY])
      expect(instant(absurd, NOW)).toBe(NOW.toISOString());
    expect(instant('1763620000', NOW)).toBe(instant(1_763_620_000, NOW));
  });
});

describe('failures', () => {
  test('every code has a reason and a next step that fit the contract, and never the words of Meta’s title', () => {
    for (const code of [0, 10, 100, 190, 200, 299, 368, 131_026, 131_047, 131_056, 132_001, 999_999]) {
      const failure = failureOf(code, 'x'.repeat(1000));
      expect(failure.code).toBe(String(code));
      expect(failure.reason.length).toBeGreaterThan(10);
      expect(failure.reason.length).toBeLessThanOrEqual(400);
      expect(failure.next.length).toBeGreaterThan(10);
    }
    expect(failureOf(250, '')).toMatchObject({ reason: failureOf(10, '').reason });
  });

  test('what may be sent again, and what needs a new credential', () => {
    expect([4, 130_429, 131_016, 131_056].every(isTransient)).toBe(true);
    expect([0, 100, 131_026, 131_047, 190].some(isTransient)).toBe(false);
    expect([0, 190, 100, 131_005].map(isCredentialDead)).toEqual([true, true, false, false]);
  });
});

describe('WH-13: the handshake by itself', () => {
  test('it echoes digits and nothing else', () => {
    const query = { 'hub.mode': 'subscribe', 'hub.verify_token': 't', 'hub.challenge': '42' };
    expect(answerHandshake('t', query)).toBe('42');
    for (const wrong of ['', '4 2', '<b>', ['42'], 42, null])
      expect(answerHandshake('t', { ...query, 'hub.challenge': wrong })).toBeNull();
    expect(answerHandshake('', { ...query, 'hub.verify_token': undefined })).toBeNull();
  });
});
