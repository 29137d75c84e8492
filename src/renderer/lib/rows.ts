import type { CollectionName, RowOf } from '@astrix/contract';
import { queryOptions, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { RowHit } from '../../shared/ipc.ts';
import { ask, bridge } from './bridge.ts';
import { agencyKey, clientKey } from './query-keys.ts';

const PAGE = 60;
const MAX_HITS = 40;
/** The most rows that main answers at once. */
const MAX_ROWS = 500;

/** Begins the key of every query that reads rows of a collection; the topic `rows:<collection>:<client>` concerns them. */
export const rowsKey = (collection: CollectionName, clientId: string | null, ...path: readonly unknown[]) =>
  clientId === null ? agencyKey('rows', collection, ...path) : clientKey(clientId, 'rows', collection, ...path);

async function readRows<C extends CollectionName>(
  collection: C,
  clientId: string | null,
  page: { readonly status: string | null; readonly after: string | null; readonly limit: number },
): Promise<{ rows: RowOf<C>[]; next: string | null }> {
  const { rows, next } = await ask(bridge.rows.list({ collection, clientId, ...page }));
  return { rows: rows as RowOf<C>[], next };
}

/** Query options for all rows of a small collection, at most 500. `clientId` is null for rows of the agency. */
export const allRows = <C extends CollectionName>(collection: C, clientId: string | null) =>
  queryOptions({
    queryKey: rowsKey(collection, clientId, 'all'),
    queryFn: async (): Promise<RowOf<C>[]> =>
      (await readRows(collection, clientId, { status: null, after: null, limit: MAX_ROWS })).rows,
  });

/** Query options for one row; null when the cache does not have it. */
export const oneRow = <C extends CollectionName>(collection: C, clientId: string | null, id: string) =>
  queryOptions({
    queryKey: rowsKey(collection, clientId, 'one', id),
    queryFn: async () => (await ask(bridge.rows.get({ collection, clientId, id }))) as RowOf<C> | null,
  });

/**
 * The rows of a list as far as they have been loaded, newest first; `status` keeps those in one state.
 *
 * @public For screens of features to come (docs/guides/add-a-screen.md).
 */
export const useRows = <C extends CollectionName>(
  collection: C,
  clientId: string | null,
  status: string | null = null,
) =>
  useInfiniteQuery({
    queryKey: rowsKey(collection, clientId, 'list', status),
    queryFn: ({ pageParam }) => readRows(collection, clientId, { status, after: pageParam, limit: PAGE }),
    initialPageParam: null as string | null,
    getNextPageParam: page => page.next,
    select: ({ pages }) => pages.flatMap(page => page.rows),
  });

export const useRow = <C extends CollectionName>(collection: C, clientId: string | null, id: string) =>
  useQuery(oneRow(collection, clientId, id));

/** Rows of every searchable collection, of all clients of the person. */
export const searchRows = (q: string): Promise<RowHit[]> =>
  ask(bridge.rows.search({ clientId: null, q, limit: MAX_HITS }));
