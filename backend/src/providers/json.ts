/** Readers for JSON that somebody else wrote: each answers a usable value or null, and none throws. */
import { shorten } from '@astrix/contract';

export type Json = Readonly<Record<string, unknown>>;

export const object = (value: unknown): Json | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;

export const objects = (value: unknown): Json[] =>
  Array.isArray(value) ? value.map(object).filter(item => item !== null) : [];

/** The objects of what should be a list of objects, and everything else in it, so that nothing is overlooked. */
export function items(value: unknown): { readonly known: readonly Json[]; readonly odd: readonly unknown[] } {
  if (value === undefined || value === null) return { known: [], odd: [] };
  if (!Array.isArray(value)) return { known: [], odd: [value] };
  return { known: objects(value), odd: value.filter(item => object(item) === null) };
}

/**
 * At most `maxLength` UTF-16 units of whole characters, without the two things that PostgreSQL cannot store: NUL and halves of surrogate pairs. A
 * customer can send both.
 */
export function clamp(value: string, maxLength: number): string {
  return shorten(value, maxLength).replaceAll('\0', '').toWellFormed();
}

/** Text that is more than white space, clamped; null for anything else. */
export function text(value: unknown, maxLength: number): string | null {
  if (typeof value !== 'string') return null;
  const kept = clamp(value, maxLength);
  return kept.trim() === '' ? null : kept;
}

/** A time in seconds since 1970, as text or number. A missing or absurd one falls back to the time of arrival. */
export function instant(value: unknown, receivedAt: Date): string {
  const seconds = typeof value === 'string' || typeof value === 'number' ? Number(value) : Number.NaN;
  const usable = seconds > 1_000_000_000 && seconds < 10_000_000_000;
  return (usable ? new Date(seconds * 1000) : receivedAt).toISOString();
}
