import type { DataGap } from '@astrix/contract';
import { shorten } from '@astrix/contract';
import type { MissingValues, UnreadableRow } from '../../providers/read.ts';
import type { RejectedFact } from '../../providers/validate-facts.ts';

type Why = NonNullable<UnreadableRow['why']> | RejectedFact['reason'];

/** Why a row is left out, in words that an agency can pass on to the provider's support. */
const LEFT_OUT: Readonly<Record<Why, (provider: string) => string>> = {
  unreadable: name => `${name} sent them in a form that it does not document.`,
  shape: name => `${name} sent them in a form that it does not document.`,
  time: () => 'They are dated before the year 2000, or in the future.',
  money: () => 'Their amount is below zero, or larger than any real one.',
  'id-twice': name => `${name} sent them twice with different content, and nobody can tell which is right.`,
  'no-day': name => `${name} added them up without saying for which day.`,
};

const MAX_WORDS = 300;
/** As many as a reply may hold. */
const MAX_GAPS = 20;

/** What a read left out, by reason, for the people who look at the rest of it. */
export function describeGaps(
  provider: string,
  found: {
    readonly unreadable: readonly UnreadableRow[];
    readonly rejected: readonly RejectedFact[];
    readonly missing: readonly MissingValues[];
  },
): DataGap[] {
  const gaps = new Map<string, DataGap>();
  const add = (kind: DataGap['kind'], rows: number, words: string) => {
    const why = shorten(words, MAX_WORDS);
    const before = gaps.get(`${kind} ${why}`)?.rows ?? 0;
    gaps.set(`${kind} ${why}`, { kind, rows: before + rows, why });
  };
  for (const { why = 'unreadable' } of found.unreadable) add('row-left-out', 1, LEFT_OUT[why](provider));
  for (const { reason } of found.rejected) add('row-left-out', 1, LEFT_OUT[reason](provider));
  for (const { rows, why } of found.missing) if (rows > 0) add('value-missing', rows, why);
  return [...gaps.values()].slice(0, MAX_GAPS);
}
