import type { Overlay } from '../lib/overlay.ts';
import type { AgencyScreen, ClientScreen, Screen } from '../lib/screen.ts';
import type { Shortcut, Shortcuts } from '../lib/shortcuts.ts';

/** What a press of keys does: go to a screen, an overlay or a client, or run a shortcut of the current screen. */
export type Bound =
  | { readonly kind: 'screen'; readonly screen: Screen; readonly shortcut: Shortcut }
  | { readonly kind: 'overlay'; readonly overlay: Overlay; readonly shortcut: Shortcut }
  | { readonly kind: 'client'; readonly index: number }
  | { readonly kind: 'shortcut'; readonly shortcut: Shortcut };

/** Everything that the window derives from the declarations of its screens and overlays. */
export type Folded = {
  /** Those of a client, in the order of the places. */
  readonly screens: readonly ClientScreen[];
  /** Those of the whole agency, in the order of the places. */
  readonly agencyScreens: readonly AgencyScreen[];
  /** In the order of the palette. */
  readonly overlays: readonly Overlay[];
  /** The screen that is shown when a client is opened. */
  readonly home: ClientScreen;
  readonly screenOf: (id: string) => Screen | null;
  /** The screen that opens rows of a collection. */
  readonly screenThatShows: (collection: string) => ClientScreen | null;
  /** What keys do on a screen; `keys` are written as in a declaration. */
  readonly boundTo: (keys: string, screen: Screen | null) => Bound | null;
  /** Whether the key does nothing by itself and waits for the one that follows. */
  readonly isPrefix: (keys: string) => boolean;
  /** The keyboard map in the order in which it is shown, for a person who is offered `offered`. */
  readonly keyboardMap: (offered: readonly Screen[]) => readonly Shortcut[];
};

const EVERYWHERE = 'Everywhere';
/** Goes to a screen, together with the screen's own letter. */
const GO = 'g';
const CLIENT_DIGITS = [1, 2, 3, 4, 5, 6, 7, 8, 9];
const clients: Shortcut = { keys: 'mod+1 … 9', says: 'Switch to a client of the rail', group: EVERYWHERE };

/** Shortcut of a screen: its letter after G. */
export const goTo = ({ key }: Pick<Screen, 'key'>): string => `${GO} ${key}`;

/** The shortcuts that a screen handles itself, each once. */
const shortcutsOf = (screen: Screen): Shortcut[] => [...new Set(screen.shortcuts.flatMap(one => Object.values(one)))];

/**
 * Derives the tables of the window. The names are those of the lists in `screens.ts` and `overlays.ts`; `frame` holds the shortcuts that the
 * frame handles on every screen. Throws a sentence that names both
 * declarations when two of them claim the same id, path, collection or key.
 */
export function fold(
  screensByName: Readonly<Record<string, Screen>>,
  overlaysByName: Readonly<Record<string, Overlay>>,
  frame: Shortcuts = {},
): Folded {
  demandDistinct(screensByName, overlaysByName, frame);
  const all = Object.values(screensByName).toSorted((a, b) => a.order - b.order);
  const screens = all.filter(screen => screen.scope === 'client');
  const agencyScreens = all.filter(screen => screen.scope === 'agency');
  const overlays = Object.values(overlaysByName).toSorted((a, b) => a.order - b.order);
  const home = screens.find(({ path }) => path === '');
  if (!home) throw new Error('No screen has the empty path, so no screen can be shown when a client is opened.');

  const toScreens = [...screens, ...agencyScreens].map(screen => ({
    kind: 'screen' as const,
    screen,
    shortcut: {
      ...{ keys: goTo(screen), group: EVERYWHERE, quick: true as const },
      says: `${screen.label} of ${screen.scope === 'client' ? 'this client' : 'the agency'}`,
    },
  }));
  const toOverlays = overlays.flatMap(overlay =>
    overlay.shortcut
      ? [{ kind: 'overlay' as const, overlay, shortcut: { ...overlay.shortcut, group: EVERYWHERE } }]
      : [],
  );
  const everywhere = new Map<string, Bound>([
    ...[...toScreens, ...toOverlays].map(bound => [bound.shortcut.keys, bound] as const),
    ...CLIENT_DIGITS.map(digit => [`mod+${digit}`, { kind: 'client', index: digit - 1 }] as const),
    ...Object.values(frame).map(shortcut => [shortcut.keys, { kind: 'shortcut', shortcut }] as const),
  ]);

  return {
    screens,
    agencyScreens,
    overlays,
    home,
    screenOf: id => all.find(screen => screen.id === id) ?? null,
    screenThatShows: collection => screens.find(screen => screen.shows === collection) ?? null,
    boundTo(keys, screen) {
      const shortcut = screen ? shortcutsOf(screen).find(one => one.keys === keys && !one.local) : undefined;
      return everywhere.get(keys) ?? (shortcut ? { kind: 'shortcut', shortcut } : null);
    },
    isPrefix: keys => keys === GO,
    keyboardMap(offered) {
      // Overlays that the palette does not offer choose where to go, as the clients and screens that follow them do.
      const ways = toOverlays.filter(({ overlay }) => overlay.palette === null);
      const others = toOverlays.filter(({ overlay }) => overlay.palette !== null);
      return [
        ...new Set(offered.flatMap(shortcutsOf)),
        ...ways.map(({ shortcut }) => shortcut),
        clients,
        ...Object.values(frame),
        ...toScreens.filter(({ screen }) => offered.includes(screen)).map(({ shortcut }) => shortcut),
        ...others.map(({ shortcut }) => shortcut),
      ];
    },
  };
}

type Claim = readonly [value: string, owner: string];

function demandOne(what: string, claims: readonly Claim[]): void {
  const owners = new Map<string, string>();
  for (const [value, owner] of claims) {
    const first = owners.get(value);
    if (first !== undefined) throw new Error(`Two declarations claim the ${what} "${value}": ${first} and ${owner}.`);
    owners.set(value, owner);
  }
}

function demandDistinct(
  screensByName: Readonly<Record<string, Screen>>,
  overlaysByName: Readonly<Record<string, Overlay>>,
  frame: Shortcuts,
): void {
  const screens = Object.entries(screensByName).map(([name, screen]) => ({ owner: `the screen ${name}`, ...screen }));
  const overlays = Object.entries(overlaysByName).map(([name, one]) => ({ owner: `the overlay ${name}`, ...one }));
  const claimsOf = <T extends { readonly owner: string }>(list: readonly T[], claimOf: (one: T) => string | null) =>
    list.flatMap((one): Claim[] => {
      const value = claimOf(one);
      return value === null ? [] : [[value, one.owner]];
    });
  demandOne(
    'id',
    claimsOf(screens, ({ id }) => id),
  );
  demandOne(
    'id',
    claimsOf(overlays, ({ id }) => id),
  );
  demandOne(
    'path',
    claimsOf(screens, ({ scope, path }) => (scope === 'client' ? path : `agency/${path}`)),
  );
  demandOne(
    'collection',
    claimsOf(screens, screen => (screen.scope === 'client' ? screen.shows : null)),
  );
  const everywhere: readonly Claim[] = [
    ...CLIENT_DIGITS.map((digit): Claim => [`mod+${digit}`, `“${clients.says}”`]),
    ...Object.values(frame).map(({ keys, says }): Claim => [keys, `“${says}”`]),
    ...claimsOf(overlays, ({ shortcut }) => shortcut?.keys ?? null),
    [GO, '“Go to a screen”'],
    ...claimsOf(screens, goTo),
  ];
  demandOne('key', everywhere);
  // Two screens may use the same key for shortcuts of their own: only one of them is shown. Two fields or lists of a screen may both handle a
  // key themselves: only one of them has the focus.
  const claimedBy = (screen: Screen) =>
    new Map(shortcutsOf(screen).map(one => [one.local ? one.keys : one, one] as const)).values();
  for (const screen of screens)
    demandOne('key', [
      ...everywhere,
      ...[...claimedBy(screen)].map(({ keys, says }): Claim => [keys, `“${says}” of the screen ${screen.id}`]),
    ]);
}
