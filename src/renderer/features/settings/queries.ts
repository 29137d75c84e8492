import type { RowOf } from '@astrix/contract';
import { useQuery } from '@tanstack/react-query';
import { ask, bridge } from '../../lib/bridge.ts';
import { agencyKey } from '../../lib/query-keys.ts';
import { change } from '../../lib/routes.ts';
import { allRows } from '../../lib/rows.ts';

type Preference = Pick<RowOf<'notificationPreferences'>, 'muted' | 'quietFrom' | 'quietTo'>;

/** How this person is notified about the client; null until they have chosen. */
export const usePreference = (clientId: string) =>
  useQuery({ ...allRows('notificationPreferences', clientId), select: rows => rows[0] ?? null });

/** Kept on the server, so that it holds on every computer of this person; the cache has it when this ends. */
export async function savePreference(clientId: string, body: Preference): Promise<void> {
  await change('notifications.set-preference', clientId, { params: { clientId }, body });
  await ask(bridge.sync.now());
}

/** Sessions of this person, or of the whole agency with `all`. */
export const useSessions = (all: boolean) =>
  useQuery({
    queryKey: agencyKey('sessions', all),
    queryFn: () => ask(bridge.account.sessions({ all })),
    staleTime: 0,
  });
