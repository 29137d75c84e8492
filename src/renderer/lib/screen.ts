import type { CollectionName, Permission } from '@astrix/contract';
import type { LucideIcon } from 'lucide-react';
import type { ComponentType } from 'react';
import type { ClientView } from '../../shared/ipc.ts';
import type { Shortcuts } from './shortcuts.ts';

export type ScreenProps = {
  readonly client: ClientView;
  /** What is open on the screen: the last part of the address, such as the id of a row. Null when nothing is. */
  readonly at: string | null;
  /** Opens something on this screen, of the client that is shown or of another one. The same function for the screen's whole life. */
  readonly open: (at: string | null, clientId?: string) => void;
};

/** Something that a search found, with its address on the screen that searched. */
export type Found = {
  readonly id: string;
  readonly clientId: string;
  readonly at: string;
  /** Title, and the text beside it; both may have marks around matches as in a `SearchHit`. */
  readonly title: string;
  readonly detail: string;
  /** ISO 8601, UTC. */
  readonly time: string | null;
};

export type AgencyScreenProps = {
  /** What is open on the screen, as in `ScreenProps`. */
  readonly at: string | null;
  readonly open: (at: string | null) => void;
};

/** What screens of a client and of the agency declare alike. Routes, places, palette, keyboard map and navigation are derived from it. */
type Declared<Id extends string> = {
  /** Main and other parts of the window name the screen by it. */
  readonly id: Id;
  readonly label: string;
  readonly icon: LucideIcon;
  /** Letter that goes to the screen when it is pressed after G. */
  readonly key: string;
  /** Place among the screens of a client, or among those of the agency, lowest first. */
  readonly order: number;
  /** Address below `/c/<client>` or `/agency`. One screen of a client has the empty path: it is shown when a client is opened. */
  readonly path: string;
  /** Without this permission the screen is not offered anywhere. Null for a screen that every member may see. */
  readonly permission: Permission | null;
  /** Shortcuts that the screen handles with `useShortcuts` while it is shown. */
  readonly shortcuts: readonly Shortcuts[];
  /** Runs once when the window starts, for events that have to be heard while the screen is not shown. */
  readonly start: (() => void) | null;
};

/** A screen of one client. */
export type ClientScreen<Id extends string = string> = Declared<Id> & {
  readonly scope: 'client';
  /** Collection whose rows the screen opens when `at` is their id. */
  readonly shows: CollectionName | null;
  /** Number beside the place: a hook, and the word after the number for screen readers. */
  readonly count: { readonly use: (clientId: string) => number | null; readonly unit: string } | null;
  /** Red number beside the place and in the status bar, while something is broken: a hook, and the words after the number. */
  readonly alarm: {
    readonly use: (clientId: string) => number | null;
    readonly one: string;
    readonly many: string;
  } | null;
  /**
   * Adds hits to the palette: searches all clients of the person, and the heading of what it finds. Rows of `shows` are found without
   * it, when their collection is searchable and kept in the common table.
   */
  readonly find: { readonly search: (q: string) => Promise<readonly Found[]>; readonly group: string } | null;
  /** A client is opened on this screen with what was open there last. */
  readonly remembers: boolean;
  readonly Screen: ComponentType<ScreenProps>;
};

/** A screen of the whole agency. It shows no client, and the strip above it names the agency. */
export type AgencyScreen<Id extends string = string> = Declared<Id> & {
  readonly scope: 'agency';
  readonly Screen: ComponentType<AgencyScreenProps>;
};

export type Screen<Id extends string = string> = ClientScreen<Id> | AgencyScreen<Id>;

type Optional = 'path' | 'permission' | 'shows' | 'count' | 'alarm' | 'find' | 'shortcuts' | 'remembers' | 'start';
type Spec<S> = Omit<S, Optional | 'scope'> & Partial<Pick<S, Optional & keyof S>>;

/** Declares a screen of a client, or of the whole agency with the scope `agency`. `path` is the id unless it is given. */
export function defineScreen<const Id extends string>(
  spec: Spec<AgencyScreen<Id>> & { readonly scope: 'agency' },
): AgencyScreen<Id>;
export function defineScreen<const Id extends string>(spec: Spec<ClientScreen<Id>>): ClientScreen<Id>;
export function defineScreen(spec: Spec<ClientScreen> | (Spec<AgencyScreen> & { readonly scope: 'agency' })): Screen {
  const common = { path: spec.id, permission: null, shortcuts: [], start: null };
  if ('scope' in spec) return { ...common, ...spec };
  const ofClient = { scope: 'client', shows: null, count: null, alarm: null, find: null, remembers: false } as const;
  return { ...common, ...ofClient, ...spec };
}

/** Ways to another part of the window. */
export type Go = {
  /** The same screen for another client. */
  readonly client: (clientId: string) => void;
  /** Null for `at` opens a screen that remembers where the person left it, or, when it is on show, without anything open. */
  readonly screen: (screenId: string, clientId: string, at: string | null) => void;
  /** A screen of the whole agency. */
  readonly agency: (screenId: string, at: string | null) => void;
  /** The way to a row on the screen that shows its collection; null where no screen does. */
  readonly toRow: (collection: string, clientId: string, id: string) => (() => void) | null;
};
