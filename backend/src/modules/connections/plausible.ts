import type { Capability, FactOf } from '@astrix/contract';
import { canonicalJson } from '../../kernel/canonical-json.ts';

type Rows = readonly Readonly<Record<string, unknown>>[];

/**
 * What has happened, by the field that says when. Not here: what is still to come, such as `shipBy`, and the time of a file, which whoever
 * saves it can set to anything.
 */
const HAPPENED: { readonly [C in Capability]?: readonly (keyof FactOf<C>)[] } = {
  orders: ['placedAt', 'updatedAt'],
  shipments: ['at', 'deliveredAt'],
  payments: ['createdAt'],
  metrics: ['date'],
  posts: ['publishedAt'],
  tasks: ['updatedAt'],
};

/** What cannot be below zero. The value of conversions can: on a day with more refunds than purchases. */
const MONEY: { readonly [C in Capability]?: readonly (keyof FactOf<C>)[] } = {
  orders: ['totalMinor'],
  shipments: ['codMinor'],
  payments: ['amountMinor'],
  metrics: ['spendMinor'],
};

/** By what one row is told from another. */
const keyOf = (capability: Capability, row: Rows[number]): string =>
  capability === 'metrics'
    ? JSON.stringify([row.level, row.entityId, row.date, row.dimension])
    : String(capability === 'shipments' ? row.awb : row.id);

/** None of the systems is older, and a provider that has lost a time says 1970. */
const EARLIEST = Date.parse('2000-01-01T00:00:00Z');
/** A day of a time zone that is ahead of ours, and a clock that is fast. */
const AHEAD_MS = 2 * 86_400_000;
/** A hundred thousand crore rupees, in paise. */
const MOST_MINOR = 1e14;

/**
 * Rows that fit their shape and still cannot be true, as one word; else the rows, each once. A list that is read while it changes shows a
 * row on two pages; two rows that share an id and differ are somebody's mistake, and nobody can tell which of them holds (EG-02, F-08).
 */
export function plausible<R>(
  capability: Capability,
  rows: readonly R[],
  now: Date,
): readonly R[] | 'time' | 'money' | 'id-twice' {
  const latest = now.getTime() + AHEAD_MS;
  const happened: readonly string[] = HAPPENED[capability] ?? [];
  const money: readonly string[] = MONEY[capability] ?? [];
  const seen = new Map<string, R>();
  for (const one of rows) {
    const row = one as Rows[number];
    for (const field of happened) {
      const at = typeof row[field] === 'string' ? Date.parse(row[field]) : null;
      if (at !== null && !(at >= EARLIEST && at <= latest)) return 'time';
    }
    for (const field of money)
      if (typeof row[field] === 'number' && !(row[field] >= 0 && row[field] <= MOST_MINOR)) return 'money';
    const key = keyOf(capability, row);
    const before = seen.get(key);
    if (before !== undefined && canonicalJson(before) !== canonicalJson(one)) return 'id-twice';
    seen.set(key, before ?? one);
  }
  return seen.size === rows.length ? rows : [...seen.values()];
}
