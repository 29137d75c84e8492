import { type AnyCapability, type Capability, capabilityOf, type FactOf, shorten } from '@astrix/contract';
import { canonicalJson } from '../kernel/canonical-json.ts';

/** No connected system is older, and a provider that has lost a time says 1970. */
const EARLIEST = Date.parse('2000-01-01T00:00:00Z');
/** The day of a time zone ahead of ours, and a provider's clock that is fast. */
const AHEAD_MS = 2 * 86_400_000;
/** A hundred thousand crore rupees, in paise. */
const MAX_MINOR = 1e14;

/** A row that cannot be used. `key` tells which one it is, as far as it can be read; `reason` is one word of ours, never the provider's. */
export type RejectedFact = {
  readonly key: string | null;
  readonly reason: 'unreadable' | 'shape' | 'time' | 'money' | 'id-twice';
};

export type ValidatedFacts<R> = { readonly rows: readonly R[]; readonly rejected: readonly RejectedFact[] };

type Row = Readonly<Record<string, unknown>>;

/**
 * Splits rows into those that fit the shape of their capability and can be true, each once, and those that cannot be used. Of two rows that
 * share a key and differ, the one that changed later holds. With the same time both are rejected: nobody can tell which of them is right
 * (EG-02, F-08).
 */
export function validateFacts<C extends Capability>(
  name: C,
  given: readonly unknown[],
  now: Date,
): ValidatedFacts<FactOf<C>> {
  const capability = capabilityOf(name);
  const rejected: RejectedFact[] = [];
  const twice = new Set<string>();
  const rows = new Map<string, Row>();
  for (const one of given) {
    const parsed = capability.fact.safeParse(one);
    if (!parsed.success) {
      rejected.push({ key: keyIfReadable(capability, one), reason: 'shape' });
      continue;
    }
    const row = parsed.data as Row;
    const key = capability.key(row);
    const reason = implausible(capability, row, now);
    const before = rows.get(key);
    if (reason !== null) rejected.push({ key, reason });
    else if (before === undefined || isLater(capability, row, before)) {
      rows.set(key, row);
      twice.delete(key);
    } else if (!isLater(capability, before, row) && canonicalJson(before) !== canonicalJson(row)) twice.add(key);
  }
  for (const key of twice) {
    rows.delete(key);
    rejected.push({ key, reason: 'id-twice' });
  }
  return { rows: [...rows.values()] as FactOf<C>[], rejected };
}

const isLater = ({ at }: AnyCapability, one: Row, other: Row): boolean => at !== null && at(one) > at(other);

/** Why a row that has the right shape cannot be true; null when it can. */
function implausible({ past, money }: AnyCapability, row: Row, now: Date): 'time' | 'money' | null {
  const latest = now.getTime() + AHEAD_MS;
  for (const field of past) {
    const at = typeof row[field] === 'string' ? Date.parse(row[field]) : null;
    if (at !== null && !(at >= EARLIEST && at <= latest)) return 'time';
  }
  for (const field of money)
    if (typeof row[field] === 'number' && !(row[field] >= 0 && row[field] <= MAX_MINOR)) return 'money';
  return null;
}

function keyIfReadable({ key }: AnyCapability, row: unknown): string | null {
  try {
    const text: unknown = key(row as Row);
    return typeof text === 'string' ? shorten(text, 300).toWellFormed() : null;
  } catch {
    return null;
  }
}
