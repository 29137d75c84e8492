import { z } from 'zod';
import { cursorOf, type Failed, type Headers, json, pages } from '../../platform/egress/index.ts';
import type { Api, Ask, ReadResult } from '../provider.ts';
import { GRAPH_HOST } from './graph.ts';
import { usageOf } from './usage.ts';

/** `next` holds the access token: only its presence and its cursor are read. */
const Paging = z.object({
  cursors: z.object({ after: z.string().max(4096).optional() }).optional(),
  next: z.string().max(16_384).optional(),
});

type Next = { readonly cursor: string | null } | Failed;

/** A short page need not be the last one: only a page without `next` is. */
function nextOf(paging: z.output<typeof Paging> | undefined, headers: Headers): Next {
  if (paging?.next === undefined) return { cursor: null };
  const cursor = paging.cursors?.after ?? cursorOf(paging.next, 'after');
  // There are more rows and no cursor: the rows so far must not be taken for the whole list.
  return cursor ? (spentBy(headers) ?? { cursor }) : { kind: 'malformed', reason: 'cursor', stale: true, status: 200 };
}

/** All rows of an edge of the Graph, or the failure that came first. */
export function readList<T>(
  api: Api,
  list: Pick<Ask<unknown>, 'path' | 'parameters' | 'query'>,
  row: z.ZodType<T>,
): Promise<ReadResult<T>> {
  const reply = json(z.object({ data: z.array(row).max(1000), paging: Paging.optional() }));
  return pages({
    clock: api.clock,
    fetch: async cursor => {
      const page = await api.call({
        ...list,
        method: 'GET',
        host: GRAPH_HOST,
        query: { ...list.query, after: cursor ?? undefined },
        effect: 'read',
        reply,
      });
      if (page.kind !== 'ok') return page;
      const next = nextOf(page.data.paging, page.headers);
      return 'kind' in next ? next : { ...page, data: { rows: page.data.data, next: next.cursor } };
    },
  });
}

/** Meta refuses at 100 %. Reading stops earlier, so that other calls find some allowance left. */
const FULL_PERCENT = 80;

function spentBy(headers: Headers): Failed | null {
  const { percent, waitSeconds } = usageOf(headers);
  return percent < FULL_PERCENT
    ? null
    : { kind: 'retry', reason: 'rate-limited', status: 200, afterSeconds: waitSeconds };
}
