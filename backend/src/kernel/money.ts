/** ISO 4217: how many digits a minor unit has, where it is not two. */
const DIGITS: Readonly<Record<string, number>> = Object.fromEntries([
  ...'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' ').map(code => [code, 0] as const),
  ...'BHD IQD JOD KWD LYD OMR TND'.split(' ').map(code => [code, 3] as const),
]);

export const digitsOf = (currency: string): number => DIGITS[currency] ?? 2;

const DECIMAL = /^(\d{1,13})(?:\.(\d{1,10}))?$/;

/**
 * A decimal text such as «1299.50» in minor units of its currency (ISO 4217), digit by digit and never through a float. Null for what is
 * no amount: a sign, an exponent, a currency that is no code, a fraction finer than the currency has.
 */
export function minorOf(amount: string, currency: string): number | null {
  const match = DECIMAL.exec(amount);
  if (!match || !/^[A-Z]{3}$/.test(currency)) return null;
  const [, whole = '', fraction = ''] = match;
  const digits = digitsOf(currency);
  if (/[1-9]/.test(fraction.slice(digits))) return null;
  return Number(whole + fraction.slice(0, digits).padEnd(digits, '0'));
}
