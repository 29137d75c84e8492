import { digitsOf } from '@astrix/contract';

export { digitsOf };

const DECIMAL = /^(\d{1,13})(?:\.(\d{1,10}))?$/;

/**
 * A decimal text such as «1299.50» in minor units of its currency (ISO 4217), digit by digit and never through a float. Null for what is
 * no amount: a sign, an exponent, a currency that is no code, a fraction finer than the currency has, more than a number holds exactly.
 */
export function minorOf(amount: string, currency: string): number | null {
  const match = DECIMAL.exec(amount);
  if (!match || !/^[A-Z]{3}$/.test(currency)) return null;
  const [, whole = '', fraction = ''] = match;
  const digits = digitsOf(currency);
  if (/[1-9]/.test(fraction.slice(digits))) return null;
  const minor = Number(whole + fraction.slice(0, digits).padEnd(digits, '0'));
  return Number.isSafeInteger(minor) ? minor : null;
}
