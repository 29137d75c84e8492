import { keepPreviousData, useQueries } from '@tanstack/react-query';
import type { RowHit } from '../../shared/ipc.ts';
import { agencyKey } from '../lib/query-keys.ts';
import { searchRows } from '../lib/rows.ts';
import type { ClientScreen, Found } from '../lib/screen.ts';

export type ScreenHits = { readonly screen: ClientScreen; readonly hits: readonly Found[] };

const MIN_LENGTH = 2;

/** Hits among rows of the cache, for the screens that open these rows. A screen with a search of its own finds its rows itself. */
export function hitsByScreen(screens: readonly ClientScreen[], found: readonly RowHit[]): readonly ScreenHits[] {
  const hits = Map.groupBy(found, hit => hit.collection);
  return screens.flatMap(screen => {
    const own = screen.shows === null || screen.find ? undefined : hits.get(screen.shows);
    if (!own) return [];
    const shown = own.map(({ id, clientId, clientName, snippet, at }) => ({
      ...{ id, clientId, at: id, title: snippet, detail: clientName, time: at },
    }));
    return [{ screen, hits: shown }];
  });
}

/** Searches with every screen that is offered. The hits of the last text stay until those of the new one have come. */
export function usePaletteSearch(screens: readonly ClientScreen[], q: string): readonly ScreenHits[] {
  const searches = q.trim().length >= MIN_LENGTH;
  const bySearch = screens.flatMap(screen => (screen.find ? [{ screen, find: screen.find }] : []));
  const byRows = screens.filter(({ shows, find }) => shows !== null && find === null);
  const common = { placeholderData: searches ? keepPreviousData : undefined, gcTime: 5000 };
  return useQueries({
    queries: [
      ...bySearch.map(({ screen, find }) => ({
        ...common,
        queryKey: agencyKey('search', screen.id, q),
        queryFn: async (): Promise<readonly ScreenHits[]> => [{ screen, hits: await find.search(q) }],
        enabled: searches,
      })),
      {
        ...common,
        queryKey: agencyKey('search', 'rows', q),
        queryFn: async () => hitsByScreen(byRows, await searchRows(q)),
        enabled: searches && byRows.length > 0,
      },
    ],
    combine: results => results.flatMap(({ data }) => data ?? []),
  });
}
