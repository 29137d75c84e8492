/**
 * How many digits the minor unit of a currency has: ISO 4217, list one. The browser's and the operating system's own tables (CLDR) say how
 * a currency is usually shown, which is another number for the forint, the rupiah or the Pakistani rupee. No schemas here: the window
 * imports this file.
 */
const UNUSUAL: Readonly<Record<string, number>> = Object.fromEntries([
  ...'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' ').map(code => [code, 0] as const),
  ...'BHD IQD JOD KWD LYD OMR TND'.split(' ').map(code => [code, 3] as const),
  ...'CLF UYW'.split(' ').map(code => [code, 4] as const),
]);

/** Digits after the decimal point that the minor unit of the currency (ISO 4217 code in capitals) stands for: 2 for INR, 0 for JPY. */
export const digitsOf = (currency: string): number => UNUSUAL[currency] ?? 2;
