import { type Capability, capabilityOf, type DataGap, type FactOf } from '@astrix/contract';
import type { ConnectionRows } from '../../providers/read-connection.ts';
import { describeGaps } from './describe-gaps.ts';

/** As many as a page shows. */
export const PAGE_SIZE = 500;

type Newest = {
  readonly rows: readonly FactOf<Capability>[];
  readonly complete: boolean;
  readonly gaps: readonly DataGap[];
};

/** The newest rows, each thing once. The results of a search stay in the order of the provider, which knows how well they fit. */
export function newestOf(name: Capability, provider: string, found: ConnectionRows, text: string | null): Newest {
  const { at, key, covers } = capabilityOf(name);
  const covered = new Set(covers ? found.rows.map(covers) : []);
  const shown = found.rows.filter(row => !covered.has(key(row)));
  const sorted = at === null || text !== null ? shown : shown.toSorted((a, b) => at(b).localeCompare(at(a)));
  return {
    rows: sorted.slice(0, PAGE_SIZE),
    complete: found.complete && sorted.length <= PAGE_SIZE,
    gaps: describeGaps(provider, found),
  };
}
