import { z } from 'zod';
import { cursorOf, type Failed, type Headers, json, pages } from '../../platform/egress/index.ts';
import { listOf, onlyReadable } from '../accounts.ts';
import type { Api, Ask, ReadResult } from '../provider.ts';
import { type Rows, rowsOf } from '../read.ts';
import { GRAPH_HOST } from './graph.ts';
import { usageOf } from './usage.ts';

/** `next` holds the access token: only its presence and its cursor are read. */
const Paging = z.object({
  cursors: z.object({ after: z.string().max(4096).optional() }).optional(),
  next: z.string().max(16_384).optional(),
});

type Next = { readonly cursor: string | null } | Failed;

/** A short page need not be the last one: only a page without `next` is. */
function nextOf(paging: z.output<typeof Paging> | undefined): Next {
  if (paging?.next === undefined) return { cursor: null };
  const cursor = paging.cursors?.after ?? cursorOf(paging.next, 'after');
  // There are more rows and no cursor: the rows so far must not be taken for the whole list.
  return cursor ? { cursor } : { kind: 'malformed', reason: 'cursor', stale: true, status: 200 };
}

type List = Pick<Ask<unknown>, 'path' | 'parameters' | 'query'>;

const ask = <T>(api: Api, list: List, cursor: string | null, data: z.ZodType<T>) =>
  api.call({
    ...list,
    method: 'GET',
    host: GRAPH_HOST,
    query: { ...list.query, after: cursor ?? undefined },
    effect: 'read',
    reply: json(z.object({ data, paging: Paging.optional() })),
  });

const MAX_ROWS = 1000;

/** All readable rows of an edge of the Graph, or the failure that came first. */
export async function readList<T>(api: Api, list: List, row: z.ZodType<T>): Promise<ReadResult<T>> {
  const found = await pages({
    clock: api.clock,
    fetch: async cursor => {
      const page = await ask(api, list, cursor, listOf(row, MAX_ROWS));
      if (page.kind !== 'ok') return page;
      const next = nextOf(page.data.paging);
      if ('kind' in next) return next;
      const pause = next.cursor === null ? null : pauseOf(page.headers);
      return pause === null
        ? { ...page, data: { rows: page.data.data, next: next.cursor } }
        : { kind: 'retry', reason: 'rate-limited', status: 200, afterSeconds: pause.seconds };
    },
  });
  return onlyReadable<T>(found);
}

export type ListPage<T> = Rows<T> & {
  readonly kind: 'ok';
  readonly next: string | null;
  /** To be part of the page that a read brings. */
  readonly pause: { readonly pauseSeconds?: number };
};

/** One page of an edge, its rows read one by one. `keyField` names the field that tells one row from another. */
export async function readListPage<T>(
  api: Api,
  list: List,
  {
    row,
    keyField,
    cursor,
  }: { readonly row: z.ZodType<T>; readonly keyField: string | null; readonly cursor: string | null },
): Promise<ListPage<T> | Failed> {
  const page = await ask(api, list, cursor, rowsOf(row, keyField, MAX_ROWS));
  if (page.kind !== 'ok') return page;
  const next = nextOf(page.data.paging);
  if ('kind' in next) return next;
  const pause = next.cursor === null ? null : pauseOf(page.headers);
  return {
    kind: 'ok',
    ...page.data.data,
    next: next.cursor,
    pause: pause === null ? {} : { pauseSeconds: pause.seconds ?? DEFAULT_PAUSE_SECONDS },
  };
}

/** Meta refuses at 100 %. Reading pauses earlier, so that other calls find some allowance left. */
const FULL_PERCENT = 80;
const DEFAULT_PAUSE_SECONDS = 300;

function pauseOf(headers: Headers): { readonly seconds: number | null } | null {
  const { percent, waitSeconds } = usageOf(headers);
  return percent < FULL_PERCENT ? null : { seconds: waitSeconds };
}
