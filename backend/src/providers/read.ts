import { type Capability, capabilityOf, type FactOf } from '@astrix/contract';
import { z } from 'zod';
import type { Failed } from '../platform/egress/index.ts';
import type { Api } from './adapter-api.ts';
import { clamp } from './json.ts';

/**
 * What «changed since» means for one read at one provider, as data. The importer, the page of a connection and docs/providers/reads.md follow
 * it.
 */
export type ReadRange = RangedRead | WholeRead | LookUpRead;

export type RangedRead = {
  readonly kind: 'range';
  /**
   * Which time `since` and `until` compare with. `updated`: a row comes again whenever it has changed. `created`: a row comes by the time it
   * was made, whatever changed later. `day`: one row for each reporting day, in whole days of the account's time zone.
   */
  readonly by: 'updated' | 'created' | 'day';
  /** In which order the provider promises the rows of all pages. */
  readonly order: 'newest-first' | 'unordered';
  /** The importer begins this many seconds before the moment up to which it has read: rows can appear late, and clocks differ. */
  readonly overlapSeconds: number;
  /**
   * Once a day the importer reads this many days back, because rows of that age change without `since` finding them. 0 where `since` finds
   * every change; null reads everything again.
   */
  readonly rereadDays: number | null;
  /** How many days back the provider tells; null for everything that it has. */
  readonly historyDays: number | null;
  /** How many days the page of a connection shows, today included; null for everything. */
  readonly previewDays: number | null;
  /** How often the importer asks while the provider tells of no change. */
  readonly everySeconds: number;
};

/** A list without times: every read brings all of it, and `since` changes nothing. */
export type WholeRead = { readonly kind: 'whole'; readonly everySeconds: number };

/** Brings only what `text` names. There is no list, and so nothing to import. */
export type LookUpRead = { readonly kind: 'look-up'; readonly why: string };

export type ReadRequest = {
  /** What a person asked for, trimmed; null for everything. At most 800 characters: fifty AWB numbers. */
  readonly text: string | null;
  /** Rows at or after this instant; a page may also hold older ones, such as the rest of a day. Null for as far back as the provider tells. */
  readonly since: Date | null;
  /**
   * Rows up to this instant. It stays the same for all pages of a run, so that every page asks the same question; a provider that cannot
   * bound a list may bring later rows as well.
   */
  readonly until: Date;
  /** `next` of the page before; null for the first page. It belongs to the same text, since and until, and survives a restart. */
  readonly cursor: string | null;
  /** The most rows that the caller wants on a page; null for the provider's own size. A provider without a choice brings more. */
  readonly limit: number | null;
};

/** A row that the adapter cannot read. `key` is that of its capability, as far as it can be read. */
export type UnreadableRow = { readonly key: string | null };

export type ReadPage<R> = {
  readonly kind: 'ok';
  readonly rows: readonly R[];
  /** Rows of the reply that do not fit the provider's documented shape. A caller that needs all rows must not use the others (EG-02). */
  readonly unreadable: readonly UnreadableRow[];
  /** Opaque; null on the last page. */
  readonly next: string | null;
  /** True when this page and those before it hold everything in the range. Without a `next`, false where the provider tells less. */
  readonly complete: boolean;
  /** The provider's allowance is nearly used up: the next page is asked for after so many seconds, and not before. */
  readonly pauseSeconds?: number;
};

export type Read<C extends Capability> = (api: Api, request: ReadRequest) => Promise<ReadPage<FactOf<C>> | Failed>;

/** The last page of a range that has come whole. */
export const lastPage = <R>(rows: readonly R[], unreadable: readonly UnreadableRow[] = []): ReadPage<R> => ({
  kind: 'ok',
  rows,
  unreadable,
  next: null,
  complete: true,
});

/** A page with the cursor of the next one, or without it the last. */
export const readPage = <R>({ rows, unreadable }: Rows<R>, next: string | null): ReadPage<R> => ({
  kind: 'ok',
  rows,
  unreadable,
  next: next === '' ? null : next,
  complete: next === null || next === '',
});

export type Rows<R> = { readonly rows: readonly R[]; readonly unreadable: readonly UnreadableRow[] };

const MAX_KEY = 300;
const keyOf = (value: unknown, field: string | null): string | null => {
  const key =
    field !== null && typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[field] : null;
  return typeof key === 'string' ? clamp(key, MAX_KEY) : null;
};

/**
 * A list read row by row, so that one row of another shape does not lose the others. `keyField` names the field that tells which one it is;
 * null where no single field does. A list that is none, or longer than `most`, makes the whole reply unusable.
 */
export const rowsOf = <R>(row: z.ZodType<R>, keyField: string | null, most: number): z.ZodType<Rows<R>> =>
  z
    .array(z.unknown())
    .max(most)
    .transform((list): Rows<R> => {
      const rows: R[] = [];
      const unreadable: UnreadableRow[] = [];
      for (const one of list) {
        const read = parsed(row, one);
        if (read === null) unreadable.push({ key: keyOf(one, keyField) });
        else rows.push(read.row);
      }
      return { rows, unreadable };
    });

/** Null as well where a transformation of ours throws for a value. */
function parsed<R>(row: z.ZodType<R>, value: unknown): { readonly row: R } | null {
  try {
    const read = row.safeParse(value);
    return read.success ? { row: read.data } : null;
  } catch {
    return null;
  }
}

/** The same rows as facts. */
export const mapRows = <R, F>({ rows, unreadable }: Rows<R>, fact: (row: R) => F): Rows<F> => ({
  rows: rows.map(fact),
  unreadable,
});

const DAY_MS = 86_400_000;

/** From when on the page of a connection shows rows; null for everything. */
export function previewSince(range: ReadRange, now: Date): Date | null {
  if (range.kind !== 'range' || range.previewDays === null) return null;
  const days = range.by === 'day' ? range.previewDays - 1 : range.previewDays;
  return new Date(now.getTime() - days * DAY_MS);
}

export type Collected<R> = {
  readonly kind: 'ok';
  readonly rows: readonly R[];
  readonly unreadable: readonly UnreadableRow[];
  readonly pages: number;
  /** Whether `rows` are all there are in the range. */
  readonly complete: boolean;
};

type Wanted = Omit<ReadRequest, 'cursor' | 'limit'> & {
  /** Stops after the page that brings as many; null for everything. */
  readonly rows: number | null;
};

const MAX_PAGES = 200;
const MAX_MS = 120_000;
const odd = (reason: string): Failed => ({ kind: 'malformed', reason, stale: true, status: null });

/**
 * The pages of one read from the first on, or the failure that came first: never some pages as if they were all. A list that leads in a
 * circle, repeats a page or does not end is `malformed` (EG-02).
 */
export async function collect<C extends Capability>(
  capability: C,
  read: Read<C>,
  api: Api,
  { rows: most, ...range }: Wanted,
): Promise<Collected<FactOf<C>> | Failed> {
  const { key } = capabilityOf(capability);
  const rows: FactOf<C>[] = [];
  const unreadable: UnreadableRow[] = [];
  const keys = new Set<string>();
  const cursors = new Set<string>();
  const until = api.clock.now().getTime() + MAX_MS;
  let cursor: string | null = null;
  for (let pages = 1; ; pages++) {
    const page: ReadPage<FactOf<C>> | Failed = await read(api, { ...range, cursor, limit: most });
    if (page.kind !== 'ok') return page;
    const before = keys.size;
    for (const row of page.rows) keys.add(key(row as Readonly<Record<string, unknown>>));
    // A page may share rows with the one before it, when the list moves on meanwhile. All of them is the same page again.
    if (pages > 1 && page.rows.length > 0 && keys.size === before) return odd('page-repeats');
    rows.push(...page.rows);
    unreadable.push(...page.unreadable);
    const enough = most !== null && rows.length >= most;
    if (page.next === null || enough) return { kind: 'ok', rows, unreadable, pages, complete: page.complete };
    if (page.pauseSeconds !== undefined)
      return { kind: 'retry', reason: 'rate-limited', status: 200, afterSeconds: page.pauseSeconds };
    if (cursors.has(page.next)) return odd('cursor-loop');
    cursors.add(page.next);
    if (pages >= MAX_PAGES) return odd('too-many-pages');
    if (api.clock.now().getTime() >= until) return odd('too-slow');
    cursor = page.next;
  }
}
