import { QueryClient, queryOptions, useQuery } from '@tanstack/react-query';
import type { Topic } from '../../shared/ipc.ts';
import { ask, bridge } from './bridge.ts';
import { agencyKey, clientKey, clientOf, concerns } from './query-keys.ts';
import { allRows } from './rows.ts';

/** The cache in main answers within milliseconds. A query runs again only when a topic says that its data has changed. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: Number.POSITIVE_INFINITY,
      gcTime: 60_000,
      retry: false,
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
      networkMode: 'always',
    },
    mutations: { networkMode: 'always', retry: false },
  },
});

const clientsQuery = queryOptions({ queryKey: agencyKey('clients'), queryFn: () => ask(bridge.clients.list()) });
const outboxQuery = queryOptions({
  queryKey: agencyKey('outbox'),
  queryFn: () => ask(bridge.outbox.list({ clientId: null })),
});

export const useClients = () => useQuery(clientsQuery);
export const usePeople = () =>
  useQuery({
    ...allRows('people', null),
    select: people => people.toSorted((a, b) => a.name.localeCompare(b.name)),
  });
export const useOutbox = (enabled: boolean) => useQuery({ ...outboxQuery, enabled });

/** Runs every query again whose data one of the topics concerns. */
export function invalidate(topics: readonly Topic[]): void {
  void queryClient.invalidateQueries({
    predicate: ({ queryKey }) => topics.some(topic => concerns(topic, queryKey)),
  });
}

/** Asks the routes of a feature again that answered for the agency, after a change. */
export const refreshRoutes = (feature: string): Promise<void> =>
  queryClient.invalidateQueries({ queryKey: agencyKey('routes', feature) });

/** Runs every query of the client again whose path begins with `path`. */
export function invalidateClient(clientId: string, ...path: readonly unknown[]): void {
  void queryClient.invalidateQueries({ queryKey: clientKey(clientId, ...path) });
}

/** Drops the data of every other client once no component shows it, so that it can never appear under this client; null for the agency. */
export function forgetOtherClients(clientId: string | null): void {
  queryClient.removeQueries({
    predicate: query => {
      const owner = clientOf(query.queryKey);
      return owner !== null && owner !== clientId && query.getObserversCount() === 0;
    },
  });
}
