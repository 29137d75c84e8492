import { useQuery } from '@tanstack/react-query';
import { useAppState, useMay, useOnline } from '../../lib/app-state.ts';
import { routeQuery } from '../../lib/routes.ts';

const FRESH_MS = 5000;
const LOOK_MS = 60_000;

/** Colleagues change people too, so an open screen asks again. */
const useLook = () => ({ staleTime: FRESH_MS, refetchInterval: useOnline() ? LOOK_MS : (false as const) });

export const usePeopleDirectory = () => useQuery({ ...routeQuery('people.list', {}), ...useLook() });

export const useInvitations = () =>
  useQuery({
    ...routeQuery('people.list-invitations', {}),
    select: ({ invitations }) => invitations,
    ...useLook(),
  });

export const useTeams = () =>
  useQuery({
    ...routeQuery('people.list-teams', {}),
    select: ({ teams }) => teams,
    enabled: useMay('people.manage'),
    ...useLook(),
  });

/** Role and id of whoever looks at the screen. */
export const useActor = () => {
  const account = useAppState(state => state.account);
  return account.status === 'signed-in' ? account : null;
};
