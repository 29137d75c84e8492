import { describe, expect, test } from 'vitest';
import { OUT_OF_REACH } from '../meta/errors.ts';
import { failureOf } from './failures.ts';
import { bsuid, digits } from './values.ts';

describe('how WhatsApp names a customer', () => {
  test('anything but text is nobody', () => {
    for (const value of [undefined, null, 0, 919876543210, true, '', ' ', [], {}, Number.NaN]) {
      expect(digits(value)).toBeNull();
      expect(bsuid(value)).toBeNull();
    }
  });

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
});

test.each([
  ['a number that this access does not reach', 100, OUT_OF_REACH, /reconnect/],
  [
    'the same in the words of Meta',
    100,
    'Object with ID 1 does not exist, cannot be loaded due to missing permissions, or …',
    /reconnect/,
  ],
  ['a text that is too long', 100, "Param text['body'] must be at most 4096 characters long.", /Change the text/],
  ['a recipient that is wrong', 131_009, 'Parameter value is not valid: recipient', /The text is not the reason/],
  ['a field that is missing', 131_008, 'Required parameter is missing: to', /The text is not the reason/],
  ['a number without a registration', 133_010, '', /register the number/],
  ['a fault of WhatsApp', 131_000, '', /again in some minutes/],
])('the next step of a failure helps against its cause: %s', (_, code, details, next) => {
  expect(failureOf(code, details).next).toMatch(next);
});

test('every failure has a reason and a next step that fit the contract, and never the words of Meta’s title', () => {
  for (const code of [0, 10, 100, 190, 200, 299, 368, 131_026, 131_047, 131_056, 132_001, 999_999]) {
    const failure = failureOf(code, 'x'.repeat(1000));
    expect(failure.code).toBe(String(code));
    expect(failure.reason.length).toBeGreaterThan(10);
    expect(failure.reason.length).toBeLessThanOrEqual(400);
    expect(failure.next.length).toBeGreaterThan(10);
  }
  expect(failureOf(250, '')).toMatchObject({ reason: failureOf(10, '').reason });
});
