/** Readers for JSON that somebody else wrote: each answers a usable value or null, and none throws. */

export type Json = Readonly<Record<string, unknown>>;

export const object = (value: unknown): Json | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;

export const objects = (value: unknown): Json[] =>
  Array.isArray(value) ? value.map(object).filter(item => item !== null) : [];

/** What should be a list of objects, and whatever else stands there instead: nothing is overlooked. */
export function items(value: unknown): { readonly known: readonly Json[]; readonly odd: readonly unknown[] } {
  if (value === undefined || value === null) return { known: [], odd: [] };
  if (!Array.isArray(value)) return { known: [], odd: [value] };
  return { known: objects(value), odd: value.filter(item => object(item) === null) };
}

/**
 * At most `most` UTF-16 units, without the two things a database cannot hold: NUL and halves of surrogate pairs, which a customer
 * can send and a careless cut can make.
 */
export function clamp(value: string, most: number): string {
  const cut = value.length > most ? value.slice(0, most).replace(/[\ud800-\udbff]$/, '') : value;
  return cut.replaceAll('\0', '').toWellFormed();
}

/** Text with something to see in it. */
export function text(value: unknown, most: number): string | null {
  if (typeof value !== 'string') return null;
  const kept = clamp(value, most);
  return kept.trim() === '' ? null : kept;
}

export const digits = (value: unknown): string | null =>
  typeof value === 'string' && /^\+?\d{5,20}$/.test(value) ? value.replace('+', '') : null;

/** Business-scoped user id: country, `ENT` for the one of a linked portfolio, up to 128 letters and digits. */
export const bsuid = (value: unknown): string | null =>
  typeof value === 'string' && /^[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}$/.test(value) ? value : null;

/** Provider time: seconds since 1970, as text or number. A missing or absurd one falls back to when we received it. */
export function instant(value: unknown, receivedAt: Date): string {
  const seconds = typeof value === 'string' || typeof value === 'number' ? Number(value) : Number.NaN;
  const usable = seconds > 1_000_000_000 && seconds < 10_000_000_000;
  return (usable ? new Date(seconds * 1000) : receivedAt).toISOString();
}
