import { useMatches, useNavigate, useParams } from '@tanstack/react-router';
import { useMemo } from 'react';
import { clientMemory } from '../lib/client-memory.ts';
import type { ClientScreen, Go, Screen } from '../lib/screen.ts';
import { REGISTRY } from './registry.ts';

declare module '@tanstack/react-router' {
  interface StaticDataRouteOption {
    /** Id of the screen that the route shows. */
    readonly screen?: string;
  }
}

/** Template of a screen's route. The last part is optional, so that the screen stays mounted when something on it is opened. */
export const routeOf = ({ scope, path }: Pick<Screen, 'scope' | 'path'>): string =>
  [scope === 'client' ? '/c/$clientId' : '/agency', path, '{-$at}'].filter(part => part !== '').join('/');

export type Address = { readonly screen: Screen | null; readonly clientId: string | null; readonly at: string | null };

/** What the address shows. It is the only source for the client and the screen that are shown. */
export function useAddress(): Address {
  const params = useParams({ strict: false }) as { clientId?: string; at?: string };
  const screenId = useMatches({ select: matches => matches.at(-1)?.staticData.screen });
  return {
    screen: screenId === undefined ? null : REGISTRY.screenOf(screenId),
    clientId: params.clientId ?? null,
    at: params.at ?? null,
  };
}

/** What was open on each screen of a client, by the id of the screen. */
const openMemory = clientMemory<Readonly<Record<string, string | null>>>({});

/** Keeps what is open, for screens that remember it. */
export function rememberOpen({ screen, clientId, at }: Address): void {
  if (screen?.scope === 'client' && screen.remembers && clientId !== null)
    openMemory.set(clientId, { ...openMemory.of(clientId), [screen.id]: at });
}

const leftAt = (screen: ClientScreen, clientId: string): string | null =>
  screen.remembers ? (openMemory.of(clientId)[screen.id] ?? null) : null;

/** Ways to every screen. A switch of the client stays on the screen that is shown, unless it is one of the agency. */
export function useGo({ screen, clientId: shownId }: Address): Go {
  const navigate = useNavigate();
  return useMemo(() => {
    const open = (to: ClientScreen, clientId: string, at: string | null) =>
      void navigate({ to: routeOf(to), params: { clientId, at: at ?? undefined } });
    return {
      client: clientId => {
        const to = screen?.scope === 'client' ? screen : REGISTRY.home;
        open(to, clientId, leftAt(to, clientId));
      },
      screen: (screenId, clientId, at) => {
        const to = REGISTRY.screenOf(screenId);
        const isShown = to?.id === screen?.id && clientId === shownId;
        if (to?.scope === 'client') open(to, clientId, at ?? (isShown ? null : leftAt(to, clientId)));
      },
      agency: (screenId, at) => {
        const to = REGISTRY.screenOf(screenId);
        if (to?.scope === 'agency') void navigate({ to: routeOf(to), params: { at: at ?? undefined } });
      },
      toRow: (collection, clientId, id) => {
        const to = REGISTRY.screenThatShows(collection);
        return to && (() => open(to, clientId, id));
      },
    };
  }, [navigate, screen, shownId]);
}
