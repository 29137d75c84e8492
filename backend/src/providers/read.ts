import { type Capability, capabilityOf, type FactOf } from '@astrix/contract';
import { z } from 'zod';
import { canonicalJson } from '../kernel/canonical-json.ts';
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

/**
 * A row of the reply that is left out (docs/decisions/0021-odd-rows.md). `key` is that of its capability, as far as it can be read. `why` is
 * absent for a row of another form than the provider documents.
 */
export type UnreadableRow = {
  readonly key: string | null;
  /** `id-twice`: two rows of one page share a key and differ. `no-day`: a row of a daily report that belongs to no day. */
  readonly why?: 'id-twice' | 'no-day';
};

/** Rows that are here without some of their values. `why` is a sentence for a person that names the values. */
export type MissingValues = { readonly rows: number; readonly why: string };

export type ReadPage<R> = {
  readonly kind: 'ok';
  readonly rows: readonly R[];
  /** Rows of the reply that are left out. Whoever shows the others says how many these are and why. */
  readonly unreadable: readonly UnreadableRow[];
  /** Values that the provider did not give for rows that are here. Absent where nothing is missing. */
  readonly missing?: readonly MissingValues[];
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
/** Tells which row it is, from the row as the provider sent it; null where that cannot be read. */
export type KeyOf = (row: Readonly<Record<string, unknown>>) => unknown;

function keyOf(value: unknown, key: string | KeyOf | null): string | null {
  if (key === null || typeof value !== 'object' || value === null) return null;
  const row = value as Readonly<Record<string, unknown>>;
  const found = typeof key === 'string' ? row[key] : key(row);
  return typeof found === 'string' ? clamp(found, MAX_KEY) : null;
}

/**
 * A list read row by row, so that one row of another form does not lose the others. `key` names the field that tells which row it is, or
 * finds it; null where no field does. Two rows that share a key and differ are both unreadable: nobody can tell which of them holds. A list
 * that is none, or longer than `most`, makes the whole reply unusable.
 */
export const rowsOf = <R>(row: z.ZodType<R>, key: string | KeyOf | null, most: number): z.ZodType<Rows<R>> =>
  z
    .array(z.unknown())
    .max(most)
    .transform((list): Rows<R> => {
      const twice = keysThatDiffer(list, key);
      const rows: R[] = [];
      const unreadable: UnreadableRow[] = [];
      for (const one of list) {
        const known = keyOf(one, key);
        const read = known !== null && twice.has(known) ? null : parsed(row, one);
        if (read !== null) rows.push(read.row);
        else unreadable.push(known !== null && twice.has(known) ? { key: known, why: 'id-twice' } : { key: known });
      }
      return { rows, unreadable };
    });

function keysThatDiffer(list: readonly unknown[], key: string | KeyOf | null): ReadonlySet<string> {
  const first = new Map<string, unknown>();
  const differ = new Set<string>();
  for (const one of list) {
    const known = keyOf(one, key);
    if (known === null) continue;
    if (!first.has(known)) first.set(known, one);
    else if (canonicalJson(first.get(known)) !== canonicalJson(one)) differ.add(known);
  }
  return differ;
}

/** Null as well where a transformation of ours throws for a value. */
function parsed<R>(row: z.ZodType<R>, value: unknown): { readonly row: R } | null {
  try {
    const read = row.safeParse(value);
    return read.success ? { row: read.data } : null;
  } catch {
    return null;
  }
}

/** The same rows as facts. A row that cannot be told as one is unreadable; it does not lose the others. */
export function mapRows<R, F>({ rows, unreadable }: Rows<R>, fact: (row: R) => F): Rows<F> {
  const facts: F[] = [];
  const odd = [...unreadable];
  for (const row of rows) {
    try {
      facts.push(fact(row));
    } catch {
      odd.push({ key: null });
    }
  }
  return { rows: facts, unreadable: odd };
}

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
  /** Absent where nothing is missing. */
  readonly missing?: readonly MissingValues[];
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
 * The pages of one read from the first on, or the failure that came first: never some pages as if they were all. A row that comes on a
 * later page again was changed while the pages were read, and the newer state counts. A list that leads in a circle, repeats a page or does
 * not end is `malformed` (EG-02).
 */
export async function collect<C extends Capability>(
  capability: C,
  read: Read<C>,
  api: Api,
  { rows: most, ...range }: Wanted,
): Promise<Collected<FactOf<C>> | Failed> {
  const found = gather<FactOf<C>>(capability);
  const unreadable: UnreadableRow[] = [];
  const missing: MissingValues[] = [];
  const cursors = new Set<string>();
  const until = api.clock.now().getTime() + MAX_MS;
  let cursor: string | null = null;
  for (let pages = 1; ; pages++) {
    const page: ReadPage<FactOf<C>> | Failed = await read(api, { ...range, cursor, limit: most });
    if (page.kind !== 'ok') return page;
    const news = found.take(page.rows);
    // A page may share rows with the one before it, when the list moves on meanwhile. Nothing else, and yet more to come, is the same page again.
    if (pages > 1 && page.rows.length > 0 && !news && page.next !== null) return odd('page-repeats');
    unreadable.push(...page.unreadable);
    missing.push(...(page.missing ?? []));
    const enough = most !== null && found.count() >= most;
    if (page.next === null || enough)
      return {
        kind: 'ok',
        rows: found.rows(),
        unreadable,
        ...(missing.length > 0 ? { missing } : {}),
        pages,
        complete: page.complete,
      };
    if (page.pauseSeconds !== undefined)
      return { kind: 'retry', reason: 'rate-limited', status: 200, afterSeconds: page.pauseSeconds };
    if (cursors.has(page.next)) return odd('cursor-loop');
    cursors.add(page.next);
    if (pages >= MAX_PAGES) return odd('too-many-pages');
    if (api.clock.now().getTime() >= until) return odd('too-slow');
    cursor = page.next;
  }
}

/**
 * Rows of several pages by their key. Rows that share a key within one page stay beside each other: they are the provider's own
 * contradiction, which whoever validates the rows judges.
 */
function gather<R>(capability: Capability) {
  const { key, at } = capabilityOf(capability);
  const known = new Map<string, readonly R[]>();
  const timeOf = (rows: readonly R[]) => (at === null ? '' : at(rows[0] as Readonly<Record<string, unknown>>));
  return {
    /** Whether the page brings something that was not known. */
    take(page: readonly R[]): boolean {
      const here = new Map<string, R[]>();
      for (const row of page) {
        const name = key(row as Readonly<Record<string, unknown>>);
        here.set(name, [...(here.get(name) ?? []), row]);
      }
      let news = false;
      for (const [name, rows] of here) {
        const before = known.get(name);
        if (before !== undefined && canonicalJson(before) === canonicalJson(rows)) continue;
        news = true;
        if (before === undefined || timeOf(rows) >= timeOf(before)) known.set(name, rows);
      }
      return news;
    },
    count: () => known.size,
    rows: (): R[] => [...known.values()].flat(),
  };
}
