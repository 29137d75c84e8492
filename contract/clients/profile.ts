import { z } from 'zod';
import { Email, Id, Instant, ShortText } from '../fields.ts';

/** Days of a week, Monday first. */
export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** Languages in which a client's customers write, by BCP 47 tag. The names are those that their speakers use. */
export const LANGUAGES = {
  en: 'English',
  hi: 'हिन्दी',
  bn: 'বাংলা',
  gu: 'ગુજરાતી',
  kn: 'ಕನ್ನಡ',
  ml: 'മലയാളം',
  mr: 'मराठी',
  or: 'ଓଡ଼ିଆ',
  pa: 'ਪੰਜਾਬੀ',
  ta: 'தமிழ்',
  te: 'తెలుగు',
  ur: 'اردو',
} as const;
export const LANGUAGE_TAGS = Object.keys(LANGUAGES) as [keyof typeof LANGUAGES, ...(keyof typeof LANGUAGES)[]];

/** A time of day in India, 00:00 to 24:00. Times of this form compare as text. */
const TimeOfDay = z.string().regex(/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/, 'must be a time such as 09:30');

const Span = z
  .strictObject({ from: TimeOfDay, to: TimeOfDay })
  .refine(span => span.from < span.to, { path: ['to'], message: 'must be later than the opening time' });

const Day = z
  .array(Span)
  .max(4)
  .refine(spans => spans.every((span, n) => n === 0 || spans[n - 1]!.to <= span.from), {
    message: 'must be in order and must not overlap',
  });

/** Opening hours of a week, in India's time. A day without a span is closed. */
export const WorkingHours = z.strictObject({
  mon: Day,
  tue: Day,
  wed: Day,
  thu: Day,
  fri: Day,
  sat: Day,
  sun: Day,
});
export type WorkingHours = z.infer<typeof WorkingHours>;

const Holiday = z.strictObject({ date: z.iso.date(), name: ShortText });

/** Somebody at the client whom the agency calls or writes to. */
const ContactPerson = z.strictObject({
  name: ShortText,
  role: z.string().trim().max(80),
  email: Email.nullable(),
  phone: z
    .string()
    .trim()
    .regex(/^\+[1-9]\d{6,14}$/, 'must begin with + and the country code, such as +919876543210')
    .nullable(),
});

/** What the agency keeps about a client beside its name and mark. */
export const ProfileFields = z.strictObject({
  contacts: z.array(ContactPerson).max(20),
  /** Null: nobody has said; the client then counts as always open. */
  hours: WorkingHours.nullable(),
  holidays: z
    .array(Holiday)
    .max(100)
    .refine(days => new Set(days.map(({ date }) => date)).size === days.length, {
      message: 'must name each date once',
    }),
  languages: z.array(z.enum(LANGUAGE_TAGS)).max(LANGUAGE_TAGS.length),
});
export type ProfileFields = z.infer<typeof ProfileFields>;

export const NO_PROFILE: ProfileFields = { contacts: [], hours: null, holidays: [], languages: [] };

/** The profile of a client as consoles keep it. Its id is the id of the client. */
export const ClientProfileRow = z.strictObject({
  id: Id,
  clientId: Id,
  ...ProfileFields.shape,
  /** Counts changes. A change names the version that it was made from. */
  version: z.int(),
  updatedAt: Instant,
});
export type ClientProfileRow = z.infer<typeof ClientProfileRow>;

const INDIA_OFFSET_MS = 5.5 * 60 * 60 * 1000;
const DAY_MS = 24 * 60 * 60 * 1000;
/** A holiday can close a whole week; a longer closure counts as closed until further notice. */
const DAYS_AHEAD = 14;

export type Opening =
  | { readonly open: true; readonly until: Date | null }
  | { readonly open: false; readonly opensAt: Date | null; readonly holiday: string | null };

/** Whether a client is open at `now`, and when that changes. India has one time zone and no daylight saving. */
export function openingAt({ hours, holidays }: Pick<ProfileFields, 'hours' | 'holidays'>, now: Date): Opening {
  if (hours === null) return { open: true, until: null };
  const midnight = Math.floor((now.getTime() + INDIA_OFFSET_MS) / DAY_MS) * DAY_MS - INDIA_OFFSET_MS;
  const dayOf = (n: number) => new Date(midnight + n * DAY_MS + INDIA_OFFSET_MS);
  const holidayOf = (n: number) =>
    holidays.find(({ date }) => date === dayOf(n).toISOString().slice(0, 10))?.name ?? null;
  const spansOf = (n: number) =>
    holidayOf(n) !== null
      ? []
      : hours[WEEKDAYS[(dayOf(n).getUTCDay() + 6) % 7]!].map(({ from, to }) => ({
          from: midnight + n * DAY_MS + msOf(from),
          to: midnight + n * DAY_MS + msOf(to),
        }));
  const spans = Array.from({ length: DAYS_AHEAD }, (_, n) => spansOf(n)).flat();
  const at = spans.findIndex(({ from, to }) => from <= now.getTime() && now.getTime() < to);
  if (at === -1) {
    const next = spans.find(({ from }) => from > now.getTime());
    return { open: false, opensAt: next ? new Date(next.from) : null, holiday: holidayOf(0) };
  }
  let end = at;
  while (spans[end + 1]?.from === spans[end]!.to) end++;
  const alwaysOpen = end === spans.length - 1;
  return { open: true, until: alwaysOpen ? null : new Date(spans[end]!.to) };
}

const msOf = (time: string): number => {
  const [hours, minutes] = time.split(':').map(Number) as [number, number];
  return (hours * 60 + minutes) * 60 * 1000;
};
