import { z } from 'zod';

/** Values as providers write them, for the schemas of rows. A value that is none of its kind makes its row unreadable. */

/** A number or a name that a provider may write with quotes or without, as text. Beyond 2⁵³ a number without quotes is refused. */
export const Written = z.union([z.string(), z.int().transform(String)]);

/** A decimal number with quotes or without, as text: «12.5» and 12.5 are the same amount. */
export const WrittenDecimal = z.union([z.string(), z.number().transform(String)]);

const TIME = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d)(:\d\d)?(?:\.(\d{1,9}))?(Z|z|[+-]\d\d(?::?\d\d)?)?$/;

/**
 * A time in ISO 8601 as UTC with milliseconds. `zone` is that of a time which names none (+05:30); without it such a time is refused, because
 * it could be any of 24 hours. Null for what is no time, such as the 30th of February.
 */
export function instantOf(text: string, zone: string | null = null): string | null {
  const [, day, minutes, seconds = ':00', fraction = '', told] = TIME.exec(text) ?? [];
  const offset = offsetOf(told ?? zone);
  if (day === undefined || offset === null || !isDay(day)) return null;
  const at = new Date(`${day}T${minutes}${seconds}.${fraction.slice(0, 3).padEnd(3, '0')}${offset}`);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}

function offsetOf(zone: string | null): string | null {
  if (zone === null || /^z$/i.test(zone)) return zone === null ? null : 'Z';
  return `${zone.slice(0, 3)}:${zone.slice(3).replace(':', '') || '00'}`;
}

/** Date rolls the 30th of February over into March. */
const isDay = (day: string): boolean => {
  const at = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day);
};

/** A time in ISO 8601, read by `instantOf`. */
export const time = (zone: string | null = null): z.ZodType<string> =>
  z
    .string()
    .max(60)
    .transform((text, context) => {
      const at = instantOf(text, zone);
      if (at === null) context.addIssue({ code: 'custom', message: 'is no time' });
      return at ?? '';
    });
