import type { Dealt } from './deal.ts';
import type { DemoOrder } from './orders.ts';

/** Made once: a formatter costs far more than what it writes. */
const money = [0, 2].map(
  digits => new Intl.NumberFormat('en-IN', { style: 'currency', currency: 'INR', minimumFractionDigits: digits }),
);
/** Paise as «₹1,299», and «₹1,299.50» where they are no whole rupees. */
export const rupees = (minor: number) => money[minor % 100 === 0 ? 0 : 1]!.format(minor / 100);
const dates = new Map<string, Intl.DateTimeFormat>();
function dayIn(locale: string, at: Date): string {
  const made =
    dates.get(locale) ?? new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long', timeZone: 'Asia/Kolkata' });
  dates.set(locale, made);
  return made.format(at);
}

/** A text of the scene with its names, numbers and amounts. Throws for a word that nothing is known of. */
export function fill(
  text: string,
  { numbers, customer, bulk, others, locale, good }: Dealt,
  order: DemoOrder | null,
): string {
  const words: Readonly<Record<string, string | undefined>> = {
    item: good.name,
    price: rupees(good.priceMinor),
    bulk: String(bulk),
    bulkTotal: rupees(good.priceMinor * bulk),
    // Without the title or an initial.
    name: customer.name?.split(' ').find(word => !word.endsWith('.')) ?? 'Sir/Madam',
    signed: customer.name ?? others.firm,
    ...others,
    order: numbers?.number,
    amount: numbers ? rupees(numbers.amountMinor) : undefined,
    qty: numbers ? String(numbers.quantity) : undefined,
    awb: numbers?.awb,
    placed: order ? dayIn(locale, order.placedAt) : undefined,
  };
  return text.replace(/\{(\w+)\}/g, (_, word: string) => {
    const found = words[word];
    if (found === undefined) throw new Error(`A scene has {${word}} and nothing to fill in: ${text}`);
    return found;
  });
}
