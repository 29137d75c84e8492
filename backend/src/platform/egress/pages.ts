import type { Clock } from '../../kernel/clock.ts';
import type { Failed, Outcome } from './outcome.ts';
import { msOf } from './wait.ts';

export type PageCaps = {
  readonly pages: number;
  readonly rows: number;
  readonly bytes: number;
  readonly ms: number;
};
export const PAGE_CAPS: PageCaps = { pages: 200, rows: 50_000, bytes: 64 * 1_048_576, ms: 120_000 };

export type Page<R> = {
  readonly rows: readonly R[];
  /** A value, never a link; null or empty on the last page. */
  readonly next: string | null;
};

export type Paging<R> = {
  /** One page; null asks for the first one. Usually a `call`, whose reader answers a `Page`. */
  readonly fetch: (cursor: string | null) => Promise<Outcome<Page<R>>>;
  readonly clock: Clock;
  readonly caps?: Partial<PageCaps>;
  readonly signal?: AbortSignal;
};

export type Pages<R> =
  | { readonly kind: 'ok'; readonly rows: readonly R[]; readonly pages: number; readonly bytes: number }
  | Failed;

const MAX_CURSOR = 4096;

/**
 * All rows of all pages, or the failure that came first: never some of them as if they were all. A cursor that comes back, a list that does
 * not end and a provider that dawdles are `malformed`, so that what is stored stays (EG-02).
 */
export async function pages<R>({ fetch, clock, caps, signal }: Paging<R>): Promise<Pages<R>> {
  const most = { ...PAGE_CAPS, ...caps };
  const until = msOf(clock) + most.ms;
  const rows: R[] = [];
  const seen = new Set<string>();
  let cursor: string | null = null;
  let size = 0;
  for (let count = 1; ; count++) {
    if (signal?.aborted) return { kind: 'refused', reason: 'cancelled' };
    const page: Outcome<Page<R>> = await fetch(cursor);
    if (page.kind !== 'ok') return page;
    size += page.bytes;
    if (size > most.bytes) return odd('too-many-bytes');
    if (rows.length + page.data.rows.length > most.rows) return odd('too-many-rows');
    for (const row of page.data.rows) rows.push(row);
    cursor = page.data.next === '' ? null : page.data.next;
    if (cursor === null) return { kind: 'ok', rows, pages: count, bytes: size };
    if (cursor.length > MAX_CURSOR) return odd('cursor');
    if (seen.has(cursor)) return odd('cursor-loop');
    seen.add(cursor);
    if (count >= most.pages) return odd('too-many-pages');
    if (msOf(clock) >= until) return odd('too-slow');
  }
}

const odd = (reason: string): Failed => ({ kind: 'malformed', reason, stale: true, status: null });
