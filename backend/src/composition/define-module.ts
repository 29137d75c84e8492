import type { CollectionsOf, FeatureName, RouteName } from '@astrix/contract';
import type { Hears } from '../platform/events/index.ts';
import type { CollectionReader, CollectionReaders } from '../platform/feed/index.ts';
import type { Handlers, HandlersFor } from '../platform/http/index.ts';
import type { JobDefinition } from '../platform/jobs/index.ts';
import type { Loop } from '../platform/loops/index.ts';
import type { PageDefinition } from '../platform/pages/index.ts';
import type { Seed } from './demo.ts';
import type { Imports } from './imports.ts';
import type { Ports } from './ports.ts';
import type { Services } from './services.ts';

/** A NOTIFY channel that a module listens to for as long as the process runs. */
export type Listener = {
  readonly channel: string;
  readonly in: 'api' | 'every-process';
  /** An empty payload comes after a lost database connection: any notice may have been missed. */
  readonly heard: (payload: string) => void;
};

/** What runs beside the handlers of a feature; all of it is optional. */
export type ModuleParts = {
  readonly jobs?: readonly JobDefinition[];
  /** Periodic work. The platform owns the timers, the leases, the drain and the metrics. */
  readonly every?: readonly Loop[];
  readonly listens?: readonly Listener[];
  /** What it does with the events of other modules, in the transaction that emits them. */
  readonly hears?: Hears;
  /** What it keeps of connected accounts, by capability. The rows arrive page by page, each page in the transaction that moves the import on. */
  readonly imports?: Imports;
  /** What other modules and the platform need from this one at run time. */
  readonly provides?: Partial<Ports>;
  /** Public pages, for a browser. */
  readonly pages?: readonly PageDefinition[];
  /** Runs once before anything is served or worked on, such as moving data of an earlier version. */
  readonly prepare?: () => Promise<void>;
  /** Its rows in the demo. */
  readonly seed?: Seed;
};

/** A module as the platform sees it, whatever its feature. */
export type Module = ModuleParts & {
  readonly handlers?: Handlers;
  readonly readers?: Partial<CollectionReaders>;
};

export type RoutesOf<N extends FeatureName> = Extract<RouteName, `${N}.${string}`>;
export type HandlersOf<N extends FeatureName> = HandlersFor<RoutesOf<N>>;
type ReadersOf<N extends FeatureName> = { readonly [C in CollectionsOf<N>]: CollectionReader<C> };

/** What the contract feature `N` asks of its module: a handler for each route, and a reader for each collection. */
export type ModuleOf<N extends FeatureName> = ModuleParts &
  ([RoutesOf<N>] extends [never] ? unknown : { readonly handlers: HandlersOf<N> }) &
  ([CollectionsOf<N>] extends [never] ? unknown : { readonly readers: ReadersOf<N> });

export type ModuleDefinition = { readonly name: string; readonly create: (services: Services) => Module };

/** Declares the backend's half of a contract feature. `name` is the feature's name and the folder's. */
export function defineModule<const N extends FeatureName>(definition: {
  readonly name: N;
  readonly create: (services: Services) => ModuleOf<N>;
}): ModuleDefinition & { readonly name: N } {
  return definition as ModuleDefinition & { readonly name: N };
}
