import { z } from 'zod';
import { cursorOf, type Failed, json, pages } from '../platform/egress/index.ts';
import { GRAPH_HOST } from './meta.ts';
import { type Headers, usageOf } from './meta-usage.ts';
import type { Api, Ask, ReadResult } from './provider.ts';

/** `next` holds the access token: only whether it is there, and its cursor, are looked at. */
const Paging = z.object({
  cursors: z.object({ after: z.string().max(4096).optional() }).optional(),
  next: z.string().max(16_384).optional(),
});

type Next = { readonly cursor: string | null } | Failed;

/** A short page is no last page: only one without `next` is. */
function nextOf(paging: z.output<typeof Paging> | undefined, headers: Headers): Next {
  if (paging?.next === undefined) return { cursor: null };
  const cursor = paging.cursors?.after ?? cursorOf(paging.next, 'after');
  // There is more, and no way to it: what came so far must not pass for all.
  return cursor ? (spentBy(headers) ?? { cursor }) : { kind: 'malformed', reason: 'cursor', stale: true, status: 200 };
}

/** All rows of a list of the Graph. */
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

/** Meta refuses at 100; whoever comes after this read shall find something left. */
const FULL_PERCENT = 80;

function spentBy(headers: Headers): Failed | null {
  const { percent, waitSeconds } = usageOf(headers);
  return percent < FULL_PERCENT
    ? null
    : { kind: 'retry', reason: 'rate-limited', status: 200, afterSeconds: waitSeconds };
}
