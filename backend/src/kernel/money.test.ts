import { expect, test } from 'vitest';
import { digitsOf, minorOf } from './money.ts';

test.each([
  ['1299.50', 'INR', 129_950],
  ['1299.5', 'INR', 129_950],
  ['0', 'INR', 0],
  ['0.1', 'INR', 10],
  ['4.35', 'INR', 435],
  ['1.1000', 'INR', 110],
  ['1299', 'JPY', 1299],
  ['1299.00', 'JPY', 1299],
  ['1.234', 'KWD', 1234],
  ['9999999999999.99', 'INR', 999_999_999_999_999],
])('%s %s is %d in minor units', (amount, currency, minor) => {
  expect(minorOf(amount, currency)).toBe(minor);
});

test.each([
  ['-1.00', 'INR'],
  ['NaN', 'INR'],
  ['Infinity', 'INR'],
  ['1e3', 'INR'],
  ['1,299.00', 'INR'],
  ['', 'INR'],
  ['1.005', 'INR'],
  ['1.5', 'JPY'],
  ['9999999999999.999', 'KWD'],
  ['99999999999999', 'INR'],
  ['1', 'rupees'],
])('%s %s is refused as an amount', (amount, currency) => {
  expect(minorOf(amount, currency)).toBeNull();
});

test('every currency is read into its minor units of ISO 4217 and back', () => {
  const currencies = Intl.supportedValuesOf('currency');
  expect(currencies.length).toBeGreaterThan(150);
  for (const currency of currencies) {
    const digits = digitsOf(currency);
    for (const minor of [0, 1, 9, 129_950, 1_234_567_899]) {
      const padded = String(minor).padStart(digits + 1, '0');
      const text = digits === 0 ? padded : `${padded.slice(0, -digits)}.${padded.slice(-digits)}`;
      expect([currency, minorOf(text, currency)]).toEqual([currency, minor]);
    }
    expect([currency, minorOf(`1.${'0'.repeat(digits)}1`, currency)]).toEqual([currency, null]);
  }
});

test.each([
  ['INR', 2],
  ['HUF', 2],
  ['IDR', 2],
  ['PKR', 2],
  ['MGA', 2],
  ['UGX', 0],
  ['JPY', 0],
  ['IQD', 3],
  ['CLF', 4],
])('%s has %d digits in ISO 4217, whatever CLDR shows', (currency, digits) => {
  expect(digitsOf(currency)).toBe(digits);
});
