import { useQuery } from '@tanstack/react-query';
import { ask, bridge } from '../../lib/bridge.ts';
import { invalidateClient } from '../../lib/queries.ts';
import { agencyKey, clientKey } from '../../lib/query-keys.ts';

/** How this person is notified about the client; null until they have chosen. */
export const usePreference = (clientId: string) =>
  useQuery({
    queryKey: clientKey(clientId, 'rows', 'notificationPreferences'),
    queryFn: () => ask(bridge.clients.preference({ clientId })),
  });

export const refreshPreference = (clientId: string): void =>
  invalidateClient(clientId, 'rows', 'notificationPreferences');

/** Sessions of this person, or of the whole agency with `all`. */
export const useSessions = (all: boolean) =>
  useQuery({
    queryKey: agencyKey('sessions', all),
    queryFn: () => ask(bridge.account.sessions({ all })),
    staleTime: 0,
  });
