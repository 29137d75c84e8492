import type { ReadRequest } from './read.ts';

const DAY_MS = 86_400_000;

/** The day that it is in `timeZone`, less `before` days: YYYY-MM-DD. An unknown zone counts as UTC; only the edge of a range moves by that. */
export const dayIn = (timeZone: string, now: Date, before = 0): string =>
  dayBefore(formatOf(timeZone).format(now), before);

export const dayBefore = (day: string, days: number): string =>
  new Date(Date.parse(day) - days * DAY_MS).toISOString().slice(0, 10);

/** Canada writes its dates as ISO does. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-CA', { timeZone });
  } catch {
    return new Intl.DateTimeFormat('en-CA', { timeZone: 'UTC' });
  }
}

/** Days of one page of a report, both included. */
export type DayWindow = {
  readonly from: string;
  readonly to: string;
  /** The provider's own cursor within these days; null for the first page of them. */
  readonly token: string | null;
  /** The cursor after this page: the same days with the provider's `token`, or without one the days before them; null when there are none. */
  readonly after: (token: string | null) => string | null;
  /** Whether the range is within what the provider tells; false where it begins earlier. */
  readonly told: boolean;
};

type Cut = {
  readonly timeZone: string;
  /** The most days on one page; null for the whole range at once. */
  readonly days: number | null;
  /** The first day that the provider tells of. */
  readonly earliest: string;
};

const CURSOR = /^(\d{4}-\d\d-\d\d)(?:\|(.+))?$/s;
const later = (one: string, other: string) => (one > other ? one : other);

/**
 * The days that a page of a report is about, the newest first. `since` and `until` are instants, so the days at both ends are read whole. A
 * cursor holds the last day of its page, which keeps pages the same however late they are asked for.
 */
export function dayWindow(
  { since, until, cursor }: Pick<ReadRequest, 'since' | 'until' | 'cursor'>,
  { timeZone, days, earliest }: Cut,
): DayWindow {
  const last = dayIn(timeZone, until);
  const asked = since === null ? earliest : dayIn(timeZone, since);
  const first = later(asked, earliest);
  const [, to = last, token = null] = CURSOR.exec(cursor ?? '') ?? [];
  const from = days === null ? first : later(dayBefore(to, days - 1), first);
  const older = from > first ? dayBefore(from, 1) : null;
  return { from, to, token, after: next => (next ? `${to}|${next}` : older), told: asked >= earliest };
}
