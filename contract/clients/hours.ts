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

/** When a client is open in a week, by day, and the days on which it is closed. Times are of India, such as 09:30. */
export type Hours = {
  /** Null: nobody has said; the client then counts as always open. */
  readonly hours: { readonly [D in Weekday]: readonly { readonly from: string; readonly to: string }[] } | null;
  readonly holidays: readonly { readonly date: string; readonly name: string }[];
};

const INDIA_OFFSET_MS = 5.5 * 60 * 60 * 1000;
const DAY_MS = 24 * 60 * 60 * 1000;
/** A holiday can close a whole week; a longer closure counts as closed until further notice. */
const DAYS_AHEAD = 14;

export type Opening =
  | { readonly open: true; readonly until: Date | null }
  | { readonly open: false; readonly opensAt: Date | null; readonly holiday: string | null };

/** Whether a client is open at `now`, and when that changes. India has one time zone and no daylight saving. */
export function openingAt({ hours, holidays }: Hours, now: Date): Opening {
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
