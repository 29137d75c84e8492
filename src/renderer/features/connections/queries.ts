import type { Capability, DisconnectReceipt, ProviderId } from '@astrix/contract';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ConnectState } from '../../../shared/connect.ts';
import { useMay, useOnline } from '../../lib/app-state.ts';
import { ask, bridge } from '../../lib/bridge.ts';
import { invalidateClient, queryClient } from '../../lib/queries.ts';
import { clientKey } from '../../lib/query-keys.ts';
import { type AnswerOf, readRoute, routeQuery, routesKey } from '../../lib/routes.ts';
import { isBroken } from './words.ts';

/** Connections are read from the server. While it cannot be reached, the last answer stays and is marked as old. */
const FRESH_MS = 15_000;
const LOOK_MS = 20_000;
/** The count is on every screen, so it asks less often than the screen of connections. */
const COUNT_MS = 120_000;

/** Other people and providers change connections, so an open screen asks regularly. */
const useLook = () => ({ staleTime: FRESH_MS, refetchInterval: useOnline() ? LOOK_MS : (false as const) });

export const useCatalogue = (clientId: string) =>
  useQuery({
    ...routeQuery('connections.catalogue', { params: { clientId } }),
    select: ({ entries }) => entries,
    ...useLook(),
  });

export const useConnections = (clientId: string) =>
  useQuery({
    ...routeQuery('connections.list', { params: { clientId } }),
    select: ({ connections }) => connections,
    ...useLook(),
  });

/** How many connections of the client do not work. Null while that is not known, and for a person who may not see them. */
export function useBroken(clientId: string): number | null {
  const may = useMay('connection.read');
  const connections = useQuery({
    ...routeQuery('connections.list', { params: { clientId } }),
    select: ({ connections: all }) => all.filter(isBroken).length,
    enabled: may,
    staleTime: FRESH_MS,
    refetchInterval: useOnline() ? COUNT_MS : false,
  });
  return connections.data ?? null;
}

const attemptKey = (clientId: string) => clientKey(clientId, 'connect-attempt');

/** The newest attempt to connect by OAuth; main tells of each step. */
export const useConnect = (clientId: string) =>
  useQuery({ queryKey: attemptKey(clientId), queryFn: () => ask(bridge.connect.state({ clientId })) });

/** Main tells of an attempt also while the screen is not shown. */
export const listenForAttempts = (): void => void bridge.on.connectChanged(keepAttempt);

export const keepAttempt = (state: ConnectState): void =>
  void queryClient.setQueryData(attemptKey(state.clientId), state);

export type DataOf = {
  readonly clientId: string;
  readonly connectionId: string;
  readonly capability: Capability;
  readonly text: string;
};
const dataAsked = ({ text, ...params }: DataOf) => ({ params, query: { text: text || undefined } });

/** While another search runs, the last rows of the same connection and capability stay. */
export const useData = (of: DataOf, enabled: boolean) =>
  useQuery({
    ...routeQuery('previews.read', dataAsked(of)),
    enabled,
    staleTime: 60_000,
    gcTime: 30_000,
    placeholderData: (before, query) =>
      routesKey('previews', of.clientId, 'read', of.connectionId, of.capability).every(
        (part, at) => query?.queryKey[at] === part,
      )
        ? keepPreviousData(before)
        : undefined,
  });

/** Asks the provider again, and replaces the rows that are shown. */
export async function refreshData(of: DataOf): Promise<void> {
  const asked = dataAsked(of);
  const fresh = await readRoute('previews.read', { ...asked, query: { ...asked.query, refresh: '1' } });
  queryClient.setQueryData(routeQuery('previews.read', asked).queryKey, fresh);
}

export const useCalls = (clientId: string, connectionId: string, enabled: boolean) =>
  useQuery({
    ...routeQuery('connections.calls', { params: { clientId, connectionId } }),
    select: ({ calls }) => calls,
    enabled,
    staleTime: FRESH_MS,
  });

const receiptsQuery = (clientId: string) => routeQuery('connections.receipts', { params: { clientId } });

export const useReceipts = (clientId: string) =>
  useQuery({
    ...receiptsQuery(clientId),
    select: ({ receipts }) => receipts,
    staleTime: 2000,
    // The server is still working on a receipt that is not finished.
    refetchInterval: ({ state }) => (state.data?.receipts.some(receipt => receipt.finishedAt === null) ? 3000 : false),
  });

/** Shows a new receipt at once, in place of an older version of it. */
export const keepReceipt = (clientId: string, receipt: DisconnectReceipt): void =>
  void queryClient.setQueryData<AnswerOf<'connections.receipts'>>(receiptsQuery(clientId).queryKey, before => ({
    receipts: [receipt, ...(before?.receipts ?? []).filter(one => one.id !== receipt.id)],
  }));

const switchesQuery = routeQuery('connections.switches', {});

export const useSwitches = () =>
  useQuery({
    ...switchesQuery,
    select: ({ switches }) => switches,
    enabled: useMay('switch.operate'),
    ...useLook(),
  });

export type Denied = { readonly personId: string; readonly providers: readonly ProviderId[] };
const accessQuery = routeQuery('connections.provider-access', {});

export const useAccess = (enabled: boolean) =>
  useQuery({ ...accessQuery, select: ({ denied }) => denied, enabled, staleTime: FRESH_MS });

export const keepAccess = (denied: readonly Denied[]): void =>
  void queryClient.setQueryData(accessQuery.queryKey, {
    denied: denied.map(({ personId, providers }) => ({ personId, providers: [...providers] })),
  });

/** Asks the server again for everything that a change of a connection can appear in. */
export function refreshConnections(clientId: string): void {
  invalidateClient(clientId, 'routes', 'connections');
  invalidateClient(clientId, 'routes', 'previews');
  void queryClient.invalidateQueries({ queryKey: switchesQuery.queryKey });
}

/** Asks again for the list of connections, which tells how each of them is. */
export const refreshList = (clientId: string): void => invalidateClient(clientId, 'routes', 'connections', 'list');
/** Asks again for the list and waits for the answer. */
export const refetchList = (clientId: string): Promise<void> =>
  queryClient.refetchQueries({ queryKey: routesKey('connections', clientId, 'list') });
export const refreshCatalogue = (clientId: string): void =>
  invalidateClient(clientId, 'routes', 'connections', 'catalogue');
