import { digitsOf } from '@astrix/contract/money';

const ZONE = 'Asia/Kolkata';
const DAY = 86_400_000;

const time = new Intl.DateTimeFormat('en-IN', { timeZone: ZONE, hour: 'numeric', minute: '2-digit', hour12: true });
const dayMonth = new Intl.DateTimeFormat('en-IN', { timeZone: ZONE, day: 'numeric', month: 'short' });
const weekday = new Intl.DateTimeFormat('en-IN', { timeZone: ZONE, weekday: 'long' });
const weekdayShort = new Intl.DateTimeFormat('en-IN', { timeZone: ZONE, weekday: 'short' });
const dayMonthYear = new Intl.DateTimeFormat('en-IN', {
  timeZone: ZONE,
  day: 'numeric',
  month: 'short',
  year: 'numeric',
});
const isoDay = new Intl.DateTimeFormat('en-CA', { timeZone: ZONE, year: 'numeric', month: '2-digit', day: '2-digit' });

/** What the server's clock says now: a machine that is a day wrong must not keep a closed window open (F-14). */
export const serverNow = (machine: Date, skewSeconds: number): Date => new Date(machine.getTime() - skewSeconds * 1000);

export const dayOf = (at: string | Date): string => isoDay.format(new Date(at));
export const timeOf = (at: string): string => time.format(new Date(at));
/** The day of the week: Tue. */
export const weekdayOf = (at: string): string => weekdayShort.format(new Date(at));
/** The whole time: Tue, 1 Dec 2026, 7:48 am. All times of the console are Indian time, so no zone is named. */
export function exactOf(at: string): string {
  const then = new Date(at);
  return `${weekdayShort.format(then)}, ${dayMonthYear.format(then)}, ${time.format(then)}`;
}

/** For a list: the time today, the day this week, the date before. */
export function shortOf(at: string, now: Date): string {
  const then = new Date(at);
  if (dayOf(then) === dayOf(now)) return time.format(then);
  if (dayOf(then) === dayOf(new Date(now.getTime() - DAY))) return 'Yesterday';
  if (now.getTime() - then.getTime() < 6 * DAY) return weekday.format(then).slice(0, 3);
  return dayMonth.format(then);
}

/** Between messages. */
export function dayMark(at: string, now: Date): string {
  const then = new Date(at);
  if (dayOf(then) === dayOf(now)) return 'Today';
  if (dayOf(then) === dayOf(new Date(now.getTime() - DAY))) return 'Yesterday';
  return `${weekday.format(then)}, ${dayMonth.format(then)}`;
}

export const dateTimeOf = (at: string): string => `${dayMonth.format(new Date(at))}, ${time.format(new Date(at))}`;

/** How long ago, for freshness. */
export function ago(at: string, now: Date): string {
  const seconds = Math.max(0, Math.round((now.getTime() - Date.parse(at)) / 1000));
  if (seconds < 5) return 'just now';
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

export type WindowState = { readonly state: 'never' | 'closed' | 'closing' | 'open'; readonly label: string };

const CLOSING_MS = 4 * 3_600_000;

/** The 24-hour customer service window, counted down. */
export function windowState(expiresAt: string | null, now: Date): WindowState {
  if (expiresAt === null) return { state: 'never', label: 'No window' };
  const left = Date.parse(expiresAt) - now.getTime();
  if (left <= 0) return { state: 'closed', label: 'Window closed' };
  const hours = Math.floor(left / 3_600_000);
  const minutes = Math.floor((left % 3_600_000) / 60_000);
  return {
    state: left <= CLOSING_MS ? 'closing' : 'open',
    label: hours > 0 ? `${hours} h ${minutes} min left` : minutes > 0 ? `${minutes} min left` : 'Under a minute left',
  };
}

/** Indian grouping: 1,23,456. */
export const count = (value: number): string => value.toLocaleString('en-IN');

export function bytesOf(bytes: number | null): string {
  if (bytes === null) return '';
  return bytes < 1_048_576 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1_048_576).toFixed(1)} MB`;
}

/** Minutes after midnight as a time field shows them, and back. */
export const clockOf = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
export function minutesOf(clock: string): number | null {
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(clock) ?? [];
  return hours && minutes ? Number(hours) * 60 + Number(minutes) : null;
}

const IST_OFFSET = '+05:30';
/** An hour of a day in India, some days from now. */
export const istAt = (now: Date, days: number, hour: number): Date =>
  new Date(`${dayOf(new Date(now.getTime() + days * DAY))}T${String(hour).padStart(2, '0')}:00:00${IST_OFFSET}`);

export type SnoozeChoice = { readonly label: string; readonly until: Date };

/** Only times that lie ahead. */
export function snoozeChoices(now: Date): SnoozeChoice[] {
  const today = weekday.format(now);
  const toMonday = { Sunday: 1, Monday: 7, Tuesday: 6, Wednesday: 5, Thursday: 4, Friday: 3, Saturday: 2 }[today] ?? 7;
  return [
    { label: 'In 1 hour', until: new Date(now.getTime() + 3_600_000) },
    { label: 'This evening, 6 pm', until: istAt(now, 0, 18) },
    { label: 'Tomorrow, 9 am', until: istAt(now, 1, 9) },
    { label: 'Monday, 9 am', until: istAt(now, toMonday, 9) },
  ].filter(
    (choice, index, all) =>
      choice.until.getTime() > now.getTime() + 60_000 &&
      all.findIndex(other => other.until.getTime() === choice.until.getTime()) === index,
  );
}

const money = new Map<string, { readonly format: Intl.NumberFormat; readonly perUnit: number }>();

function moneyFormat(currency: string) {
  const known = money.get(currency);
  if (known) return known;
  // The digits of ISO 4217, in which amounts are counted. Those of Intl are another number for some currencies.
  const digits = digitsOf(currency);
  const format = new Intl.NumberFormat('en-IN', {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  const made = { format, perUnit: 10 ** digits };
  money.set(currency, made);
  return made;
}

/** Minor units (ISO 4217) as ₹1,23,456.00: yen have no minor unit, and a dinar has a thousand. */
export function moneyOf(minor: number, currency: string): string {
  const { format, perUnit } = moneyFormat(currency);
  return format.format(minor / perUnit);
}

const calendar = new Intl.DateTimeFormat('en-IN', { timeZone: 'UTC', day: 'numeric', month: 'short', year: 'numeric' });
/** A day of a calendar, YYYY-MM-DD, which is the same day in every zone. */
export const dateOf = (day: string): string => calendar.format(new Date(`${day}T00:00:00Z`));

const parts = new Intl.NumberFormat('en-IN', { maximumFractionDigits: 4 });
/** A count in ten-thousandths. */
export const tenThousandths = (value: number): string => parts.format(value / 10_000);
