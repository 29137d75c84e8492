import { z } from 'zod';
import { Email, Id, Instant, ShortText } from '../fields.ts';
import { LANGUAGES } from './hours.ts';

const LANGUAGE_TAGS = Object.keys(LANGUAGES) as [keyof typeof LANGUAGES, ...(keyof typeof LANGUAGES)[]];

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
