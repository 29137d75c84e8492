const DAY_MS = 86_400_000;

/** The day that it is in `timeZone`, less `before` days: YYYY-MM-DD. A zone that is unknown here counts as UTC; it moves only the window. */
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
