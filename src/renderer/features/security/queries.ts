import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { ask, bridge } from '../../lib/bridge.ts';
import { agencyKey } from '../../lib/query-keys.ts';
import { type AnswerOf, routeQuery } from '../../lib/routes.ts';

export type OwnSecurity = AnswerOf<'identity.security'>;

const securityQuery = routeQuery('identity.security', {});
const sessionsKey = agencyKey('sessions', false);

/** What the server knows of this person's security. Asked again when the window gets the focus: a passkey is set up in the browser. */
export function useSecurity() {
  const { refetch, ...query } = useQuery({ ...securityQuery, staleTime: 0 });
  useEffect(() => {
    const look = () => void refetch();
    window.addEventListener('focus', look);
    return () => window.removeEventListener('focus', look);
  }, [refetch]);
  return { ...query, refetch };
}

/** Live sessions of this person. */
export const useOwnSessions = () =>
  useQuery({ queryKey: sessionsKey, queryFn: () => ask(bridge.account.sessions({ all: false })), staleTime: 0 });

/** Asks again for everything that a change of a factor or a session touches. */
export function useLookAgain(): () => void {
  const client = useQueryClient();
  return () => {
    void client.invalidateQueries({ queryKey: securityQuery.queryKey });
    void client.invalidateQueries({ queryKey: sessionsKey });
  };
}
