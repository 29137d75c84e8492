import type { Capability, DisconnectReceipt, ProviderId } from '@astrix/contract';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ConnectState } from '../../../shared/connect.ts';
import { useAppState, useMay } from '../../lib/app-state.ts';
import { ask, bridge } from '../../lib/bridge.ts';
import { invalidateClient, queryClient } from '../../lib/queries.ts';
import { agencyKey, clientKey } from '../../lib/query-keys.ts';

/** Connections are read from the server. While it cannot be reached, the last answer stays and is marked as old. */
const FRESH_MS = 15_000;
const LOOK_MS = 20_000;

export const useOnline = (): boolean => useAppState(state => state.sync?.connection !== 'offline');

/** Other people and providers change connections, so an open screen asks regularly. */
const useLook = () => ({ staleTime: FRESH_MS, refetchInterval: useOnline() ? LOOK_MS : (false as const) });

export const useCatalogue = (clientId: string) =>
  useQuery({
    queryKey: clientKey(clientId, 'connections', 'catalogue'),
    queryFn: () => ask(bridge.connections.catalogue({ clientId })),
    ...useLook(),
  });

export const useConnections = (clientId: string) =>
  useQuery({
    queryKey: clientKey(clientId, 'connections', 'list'),
    queryFn: () => ask(bridge.connections.list({ clientId })),
    ...useLook(),
  });

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
const dataOfKind = ({ clientId, connectionId, capability }: DataOf) =>
  clientKey(clientId, 'connections', 'data', connectionId, capability);
const dataKey = (of: DataOf) => [...dataOfKind(of), of.text] as const;

/** While another search runs, the last rows of the same connection and capability stay. */
export const useData = (of: DataOf, enabled: boolean) =>
  useQuery({
    queryKey: dataKey(of),
    queryFn: () => ask(bridge.connections.data({ ...of, refresh: false })),
    enabled,
    staleTime: 60_000,
    gcTime: 30_000,
    placeholderData: (before, query) =>
      dataOfKind(of).every((part, at) => query?.queryKey[at] === part) ? keepPreviousData(before) : undefined,
  });

/** Asks the provider again, and replaces the rows that are shown. */
export async function refreshData(of: DataOf): Promise<void> {
  queryClient.setQueryData(dataKey(of), await ask(bridge.connections.data({ ...of, refresh: true })));
}

export const useCalls = (clientId: string, connectionId: string, enabled: boolean) =>
  useQuery({
    queryKey: clientKey(clientId, 'connections', 'calls', connectionId),
    queryFn: () => ask(bridge.connections.calls({ clientId, connectionId })),
    enabled,
    staleTime: FRESH_MS,
  });

const receiptsKey = (clientId: string) => clientKey(clientId, 'connections', 'receipts');

export const useReceipts = (clientId: string) =>
  useQuery({
    queryKey: receiptsKey(clientId),
    queryFn: () => ask(bridge.connections.receipts({ clientId })),
    staleTime: 2000,
    // The server is still working on a receipt that is not finished.
    refetchInterval: ({ state }) => (state.data?.some(receipt => receipt.finishedAt === null) ? 3000 : false),
  });

/** Shows a new receipt at once, in place of an older version of it. */
export const keepReceipt = (clientId: string, receipt: DisconnectReceipt): void =>
  void queryClient.setQueryData<DisconnectReceipt[]>(receiptsKey(clientId), before => [
    receipt,
    ...(before ?? []).filter(one => one.id !== receipt.id),
  ]);

const switchesKey = agencyKey('connections', 'switches');

export const useSwitches = () =>
  useQuery({
    queryKey: switchesKey,
    queryFn: () => ask(bridge.connections.switches()),
    enabled: useMay('switch.operate'),
    ...useLook(),
  });

export type Denied = { readonly personId: string; readonly providers: readonly ProviderId[] };
const accessKey = agencyKey('connections', 'access');

export const useAccess = (enabled: boolean) =>
  useQuery({ queryKey: accessKey, queryFn: () => ask(bridge.connections.access()), enabled, staleTime: FRESH_MS });

export const keepAccess = (denied: readonly Denied[]): void => void queryClient.setQueryData(accessKey, denied);

/** Asks the server again for everything that a change of a connection can appear in. */
export function refreshConnections(clientId: string): void {
  invalidateClient(clientId, 'connections');
  void queryClient.invalidateQueries({ queryKey: switchesKey });
}

/** Asks again for the list of connections, which tells how each of them is. */
export const refreshList = (clientId: string): void => invalidateClient(clientId, 'connections', 'list');
/** Asks again for the list and waits for the answer. */
export const refetchList = (clientId: string): Promise<void> =>
  queryClient.refetchQueries({ queryKey: clientKey(clientId, 'connections', 'list') });
export const refreshCatalogue = (clientId: string): void => invalidateClient(clientId, 'connections', 'catalogue');
