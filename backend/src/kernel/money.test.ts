import { expect, test } from 'vitest';
import { minorOf } from './money.ts';

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
  ['99999999999999', 'INR'],
  ['1', 'rupees'],
])('%s %s is refused as an amount', (amount, currency) => {
  expect(minorOf(amount, currency)).toBeNull();
});
