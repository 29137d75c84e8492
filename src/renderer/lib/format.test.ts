import { digitsOf } from '@astrix/contract/money';
import { describe, expect, test } from 'vitest';
import {
  ago,
  bytesOf,
  clockOf,
  count,
  dateOf,
  dateTimeOf,
  dayMark,
  dayOf,
  exactOf,
  istAt,
  minutesOf,
  moneyOf,
  serverNow,
  shortOf,
  snoozeChoices,
  tenThousandths,
  timeOf,
  windowState,
} from './format.ts';

/** Friday noon in India. */
const NOW = new Date('2026-11-20T06:30:00.000Z');
const HOUR = 3_600_000;
const shifted = (ms: number) => new Date(NOW.getTime() + ms).toISOString();

describe('times are told as in India, wherever the machine stands', () => {
  test.each([
    ['2026-11-20T06:30:00.000Z', '12:00 pm', '2026-11-20'],
    ['2026-11-19T18:29:59.000Z', '11:59 pm', '2026-11-19'],
    ['2026-11-19T18:30:00.000Z', '12:00 am', '2026-11-20'],
    ['2026-11-20T12:00:00+05:30', '12:00 pm', '2026-11-20'],
    ['2028-02-28T18:30:00.000Z', '12:00 am', '2028-02-29'],
    ['2026-12-31T18:30:00.000Z', '12:00 am', '2027-01-01'],
    // Clocks change elsewhere on these days; in India they do not.
    ['2026-03-29T01:00:00.000Z', '6:30 am', '2026-03-29'],
    ['2026-11-01T06:00:00.000Z', '11:30 am', '2026-11-01'],
  ])('%s is %s on %s', (at, time, day) => {
    expect([timeOf(at).replaceAll(/\s/g, ' ').toLowerCase(), dayOf(at)]).toEqual([time, day]);
  });

  test('the exact form names the day and the year, without seconds or zone', () => {
    expect(exactOf('2026-11-20T06:30:05.000Z').replaceAll(/\s/g, ' ')).toBe('Fri, 20 Nov 2026, 12:00 pm');
    expect(dateTimeOf('2026-11-20T06:30:05.000Z').replaceAll(/\s/g, ' ')).toMatch(/^20 Nov, 12:00 pm$/i);
  });

  test.each([
    ['the same minute', 0, /^12:00/, 'Today'],
    ['this morning', -11 * HOUR, /^1:00/, 'Today'],
    ['a second before midnight', -12 * HOUR - 1000, /^Yesterday$/, 'Yesterday'],
    ['the day before that', -37 * HOUR, /^Wed$/, /^Wednesday, 18 Nov$/],
    ['six days ago', -6 * 24 * HOUR, /^14 Nov$/, /^Saturday, 14 Nov$/],
    ['a year ago', -365 * 24 * HOUR, /^20 Nov$/, /^Thursday, 20 Nov$/],
  ])('%s', (_what, shift, short, mark) => {
    expect(shortOf(shifted(shift), NOW)).toMatch(short);
    expect(dayMark(shifted(shift), NOW)).toMatch(mark);
  });
});

test.each([
  [0, 'just now'],
  [-4, 'just now'],
  [-5, '5 s ago'],
  [-59, '59 s ago'],
  [-60, '1 min ago'],
  [-3599, '59 min ago'],
  [-3600, '1 h ago'],
  [-86_399, '23 h ago'],
  [-86_400, '1 d ago'],
  [+500, 'just now'],
])('%i seconds is %s', (seconds, words) => expect(ago(shifted(seconds * 1000), NOW)).toBe(words));

describe('the service window', () => {
  test.each([
    [null, 'never', 'No window'],
    [-1, 'closed', 'Window closed'],
    [0, 'closed', 'Window closed'],
    [1, 'closing', 'Under a minute left'],
    [59_999, 'closing', 'Under a minute left'],
    [60_000, 'closing', '1 min left'],
    [HOUR - 1, 'closing', '59 min left'],
    [4 * HOUR, 'closing', '4 h 0 min left'],
    [4 * HOUR + 1, 'open', '4 h 0 min left'],
    [24 * HOUR - 1, 'open', '23 h 59 min left'],
  ])('with %s ms left it is %s: %s', (left, state, label) => {
    expect(windowState(left === null ? null : shifted(left), NOW)).toEqual({ state, label });
  });

  test.each([
    ['a day ahead', 86_400],
    ['a day behind', -86_400],
    ['five minutes ahead', 300],
    ['right', 0],
  ])('F-14: on a machine whose clock is %s it counts the same', (_what, skew) => {
    const machine = new Date(NOW.getTime() + skew * 1000);
    expect(windowState(shifted(2 * HOUR), serverNow(machine, skew)).label).toBe('2 h 0 min left');
    expect(windowState(shifted(-1000), serverNow(machine, skew)).state).toBe('closed');
  });
});

test.each([
  [0, '0'],
  [999, '999'],
  [1000, '1,000'],
  [123_456, '1,23,456'],
  [10_000_000, '1,00,00,000'],
])('%i is written %s', (value, words) => expect(count(value)).toBe(words));

test.each([
  [null, ''],
  [0, '1 KB'],
  [1500, '1 KB'],
  [1_048_575, '1024 KB'],
  [1_048_576, '1.0 MB'],
  [16_000_000, '15.3 MB'],
])('%s bytes are %j', (bytes, words) => expect(bytesOf(bytes)).toBe(words));

test('minutes after midnight and back, for every minute of a day; anything else is none', () => {
  for (let minute = 0; minute < 1440; minute++) expect(minutesOf(clockOf(minute))).toBe(minute);
  for (const clock of ['', '9:00', '24:00', '23:60', '99:99', '12:3a', ' 12:30', '12:30:00'])
    expect(minutesOf(clock)).toBeNull();
});

describe('snoozing', () => {
  const at = (text: string) => new Date(`${text}+05:30`);
  const shown = (now: Date) => snoozeChoices(now).map(({ label, until }) => [label, until.toISOString()]);

  test.each(Array.from({ length: 14 }, (_, n) => n))(
    'every choice lies ahead and none comes twice, %i half days on',
    half => {
      for (const now of [
        new Date(NOW.getTime() + half * 12 * HOUR),
        new Date(NOW.getTime() + half * 12 * HOUR + 6 * HOUR),
      ]) {
        const untils = snoozeChoices(now).map(choice => choice.until.getTime());
        expect(Math.min(...untils)).toBeGreaterThan(now.getTime() + 60_000);
        expect(new Set(untils).size).toBe(untils.length);
        for (const choice of snoozeChoices(now))
          if (choice.label.startsWith('Monday'))
            expect(choice.until.toLocaleDateString('en', { weekday: 'long', timeZone: 'Asia/Kolkata' })).toBe('Monday');
      }
    },
  );

  test('on a Friday noon', () => {
    expect(shown(NOW)).toEqual([
      ['In 1 hour', at('2026-11-20T13:00:00').toISOString()],
      ['This evening, 6 pm', at('2026-11-20T18:00:00').toISOString()],
      ['Tomorrow, 9 am', at('2026-11-21T09:00:00').toISOString()],
      ['Monday, 9 am', at('2026-11-23T09:00:00').toISOString()],
    ]);
  });

  test('on a Sunday evening tomorrow is Monday, and this evening is over', () => {
    expect(shown(at('2026-11-22T18:30:00')).map(([label]) => label)).toEqual(['In 1 hour', 'Tomorrow, 9 am']);
  });

  test('shortly after midnight in India tomorrow is the next day there, whatever day it is in London', () => {
    expect(istAt(at('2026-11-21T00:30:00'), 1, 9)).toEqual(at('2026-11-22T09:00:00'));
  });
});

describe('money and counts of providers', () => {
  test.each([
    [12_345_600, 'INR', '₹1,23,456.00'],
    [1, 'INR', '₹0.01'],
    [0, 'INR', '₹0.00'],
    [-49_900, 'INR', '-₹499.00'],
    [100, 'JPY', '¥100'],
    [1234, 'KWD', 'KWD 1.234'],
    // Usually shown without fillér, in which amounts are counted all the same.
    [129_950, 'HUF', 'Ft 1,299.50'],
    [99_999_999_999_999, 'INR', '₹9,99,99,99,99,999.99'],
  ] as const)('%i minor units of %s are %s', (minor, currency, shown) => {
    expect(moneyOf(minor, currency).replaceAll('\u00a0', ' ')).toBe(shown);
  });

  test('every currency is written with the digits of ISO 4217, so that an amount can be read back', () => {
    for (const currency of Intl.supportedValuesOf('currency'))
      for (const minor of [0, 1, 7, 129_950, 1_234_567_899, -129_950]) {
        const digits = moneyOf(minor, currency).replaceAll(/[^\d.-]/g, '');
        const [, sign = '', whole = '', fraction = ''] = /(-?)\.?(\d+)(?:\.(\d+))?$/.exec(digits) ?? [];
        expect([currency, fraction.length]).toEqual([currency, digitsOf(currency)]);
        expect([currency, Number(`${sign}${whole}${fraction}`)]).toEqual([currency, minor]);
      }
  });

  test('a day of a calendar is the same day everywhere', () => {
    expect(dateOf('2026-11-28')).toBe('28 Nov 2026');
    expect(dateOf('2026-01-01')).toBe('1 Jan 2026');
  });

  test('fractions of a conversion', () => {
    expect([15_000, 1, 12_345_670_000].map(tenThousandths)).toEqual(['1.5', '0.0001', '12,34,567']);
  });
});
