import type { ClientDirectoryRow, ClientProfileRow } from '@astrix/contract';
import { useQuery } from '@tanstack/react-query';
import { useMay, useOnline } from '../../lib/app-state.ts';
import { ask, bridge } from '../../lib/bridge.ts';
import { queryClient, refreshRoutes, useClients } from '../../lib/queries.ts';
import { routeQuery } from '../../lib/routes.ts';
import { oneRow } from '../../lib/rows.ts';

const FRESH_MS = 5000;
const LOOK_MS = 60_000;

/** Every client for those who manage clients; for others those of the rail. Colleagues change them too, so an open list asks again. */
export function useDirectory() {
  const isWhole = useMay('client.manage');
  const online = useOnline();
  const directory = useQuery({
    ...routeQuery('clients.directory', {}),
    select: ({ clients }) => clients,
    enabled: isWhole,
    staleTime: FRESH_MS,
    refetchInterval: online ? LOOK_MS : false,
  });
  const own = useClients();
  if (isWhole) return directory;
  return {
    ...own,
    data: own.data?.map((client): ClientDirectoryRow => ({ ...client, archivedAt: null, deleteAt: null })),
  };
}

/** Who belongs to the agency, with the clients of each. */
export const useDirectoryPeople = (enabled: boolean) =>
  useQuery({ ...routeQuery('people.list', {}), select: ({ people }) => people, enabled, staleTime: FRESH_MS });

export const useProfile = (clientId: string) => useQuery(oneRow('client-profiles', clientId, clientId));

/** Shows what the server has saved; the cache brings the same a moment later. */
export const keepProfile = (row: ClientProfileRow): void =>
  void queryClient.setQueryData(oneRow('client-profiles', row.clientId, row.clientId).queryKey, row);

/** After a change of a client: the list, and the rail of this window. */
export async function refreshClients(): Promise<void> {
  await Promise.all([refreshRoutes('clients'), ask(bridge.sync.now())]);
}
