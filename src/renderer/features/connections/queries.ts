import type { Capability } from '@astrix/contract';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useAppState, useMay } from '../../lib/app-state.ts';
import { ask, bridge } from '../../lib/bridge.ts';
import { queryClient } from '../../lib/queries.ts';

/** All of these ask the server: what is shown while it cannot be reached is what was asked before, and is marked so. */
const FRESH_MS = 15_000;
const LOOK_MS = 20_000;

export const useOnline = (): boolean => useAppState(state => state.sync?.connection !== 'offline');

/** What others and providers change shows by itself while the screen is open. */
const useLook = () => ({ staleTime: FRESH_MS, refetchInterval: useOnline() ? LOOK_MS : (false as const) });

export const useCatalogue = (clientId: string) =>
  useQuery({
    queryKey: ['catalogue', clientId],
    queryFn: () => ask(bridge.connections.catalogue({ clientId })),
    ...useLook(),
  });

export const useConnections = (clientId: string) =>
  useQuery({
    queryKey: ['connections', clientId],
    queryFn: () => ask(bridge.connections.list({ clientId })),
    ...useLook(),
  });

export const useConnect = (clientId: string) =>
  useQuery({ queryKey: ['connect', clientId], queryFn: () => ask(bridge.connect.state({ clientId })) });

export type DataOf = {
  readonly clientId: string;
  readonly connectionId: string;
  readonly capability: Capability;
  readonly text: string;
};
export const dataKey = ({ clientId, connectionId, capability, text }: DataOf) => [
  'data',
  clientId,
  connectionId,
  capability,
  text,
];
/** While another search is on its way the rows before it stay, of the same connection and kind only. */
export const useData = (of: DataOf, enabled: boolean) =>
  useQuery({
    queryKey: dataKey(of),
    queryFn: () => ask(bridge.connections.data({ ...of, refresh: false })),
    enabled,
    staleTime: 60_000,
    gcTime: 30_000,
    placeholderData: (before, query) =>
      query?.queryKey[2] === of.connectionId && query.queryKey[3] === of.capability
        ? keepPreviousData(before)
        : undefined,
  });

/** Asks the provider itself, and puts the answer in the place of what was kept. */
export async function refreshData(of: DataOf): Promise<void> {
  queryClient.setQueryData(dataKey(of), await ask(bridge.connections.data({ ...of, refresh: true })));
}

export const useCalls = (clientId: string, connectionId: string, enabled: boolean) =>
  useQuery({
    queryKey: ['calls', clientId, connectionId],
    queryFn: () => ask(bridge.connections.calls({ clientId, connectionId })),
    enabled,
    staleTime: FRESH_MS,
  });

export const useReceipts = (clientId: string) =>
  useQuery({
    queryKey: ['receipts', clientId],
    queryFn: () => ask(bridge.connections.receipts({ clientId })),
    staleTime: 2000,
    // One that is not finished is being worked on: look often.
    refetchInterval: ({ state }) => (state.data?.some(receipt => receipt.finishedAt === null) ? 3000 : false),
  });

export const useSwitches = () =>
  useQuery({
    queryKey: ['switches'],
    queryFn: () => ask(bridge.connections.switches()),
    enabled: useMay('switch.operate'),
    ...useLook(),
  });

export const useAccess = (enabled: boolean) =>
  useQuery({ queryKey: ['access'], queryFn: () => ask(bridge.connections.access()), enabled, staleTime: FRESH_MS });

/** After anything was changed: everything of this client that the change could show in. */
export function lookAgain(clientId: string): void {
  for (const kind of ['catalogue', 'connections', 'receipts', 'calls', 'data'])
    void queryClient.invalidateQueries({ queryKey: [kind, clientId] });
  void queryClient.invalidateQueries({ queryKey: ['switches'] });
}
