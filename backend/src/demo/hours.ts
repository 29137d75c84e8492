import type { SeededRandom } from '../kernel/seeded-random.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** India has one time zone and no summer time. */
const IST = 5.5 * HOUR;

const hourOf = (at: number) => ((at + IST) % DAY) / HOUR;
const dayOf = (at: number) => Math.floor((at + IST) / DAY) * DAY - IST;

/** Hours of the day in India, from and to. */
type Hours = readonly [number, number];
export const DESK: Hours = [9, 21];
export const AWAKE: Hours = [7, 23];

/** The moment itself, or one within the last ninety minutes of the opening hours before it. */
export function within([from, to]: Hours, at: number, random: SeededRandom): number {
  const hour = hourOf(at);
  const back = random.between(0, 90 * 60) * 1000;
  if (hour >= from && hour < to) return at;
  return dayOf(at) + (hour < from ? to - 24 : to) * HOUR - back - 1000;
}

/** A moment between two ages before `now`: in the opening hours when the ages have one, or when the day before has one that is nearly as old. */
export function momentAged([least, most]: readonly [number, number], now: number, random: SeededRandom): number {
  const tries = Array.from({ length: 12 }, () => now - (least + random.fraction() * (most - least)));
  const evening = within(DESK, tries[0]!, random);
  const isSameDay = least >= 3 * HOUR && now - evening < 20 * HOUR;
  const open = tries.find(at => hourOf(at) >= DESK[0] && hourOf(at) < DESK[1]);
  return Math.floor((open ?? (isSameDay ? evening : tries[0]!)) / 1000) * 1000;
}

/** The next opening hour of a day after `at`, in days. */
export const morningAfter = (at: number, days: number): number => dayOf(at) + days * DAY + 10 * HOUR;
