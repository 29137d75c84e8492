import type { Feature } from '@astrix/contract';
import { listen, withSystem } from '../platform/db/index.ts';
import { createEventBus } from '../platform/events/index.ts';
import { type CollectionReaders, markDemo } from '../platform/feed/index.ts';
import type { Handlers } from '../platform/http/index.ts';
import type { JobDefinition } from '../platform/jobs/index.ts';
import type { Loop } from '../platform/loops/index.ts';
import type { PageDefinition } from '../platform/pages/index.ts';
import { demandComplete } from './check-features.ts';
import type { ModuleDefinition } from './define-module.ts';
import { type DemoCast, seedsInOrder } from './demo.ts';
import { type Importers, importersOf } from './imports.ts';
import type { PortBoard } from './ports.ts';
import type { Services } from './services.ts';

export type Assembly = {
  readonly handlers: readonly Handlers[];
  readonly jobs: readonly JobDefinition[];
  readonly every: readonly Loop[];
  readonly pages: readonly PageDefinition[];
  /** Begins to listen to the channels of the modules, as an api, a worker or both. */
  readonly listen: (role: 'api' | 'worker' | 'all') => Promise<void>;
  readonly unlisten: () => Promise<void>;
  /** Fills an empty database with the demo. A database with an agency is left as it is. */
  readonly seed: (cast: DemoCast) => Promise<void>;
};

/**
 * Creates every module, refuses modules that do not match the contract's features, connects their events, ports and readers, and lets each prepare.
 * Nothing depends on the order of `definitions`.
 */
export async function assemble(
  definitions: readonly ModuleDefinition[],
  features: readonly Feature[],
  services: Omit<Services, 'emit' | 'ports' | 'readers' | 'importers'>,
  board: PortBoard,
): Promise<Assembly> {
  const events = createEventBus();
  let readers: CollectionReaders | null = null;
  let importers: Importers | null = null;
  const all: Services = {
    ...services,
    emit: events.emit,
    ports: board.ports,
    readers() {
      if (readers === null) throw new Error('The readers were used before the modules were connected.');
      return readers;
    },
    importers() {
      if (importers === null) throw new Error('The importers were used before the modules were connected.');
      return importers;
    },
  };
  const modules = definitions.map(({ name, create }) => ({ ...create(all), name }));
  demandComplete(features, modules);
  readers = Object.assign({}, ...modules.map(module => module.readers)) as CollectionReaders;
  importers = importersOf(modules);
  board.connect(modules);
  events.connect(modules);
  for (const module of modules) await module.prepare?.();

  const listeners = modules.flatMap(({ listens }) => listens ?? []);
  const stops: (() => Promise<void>)[] = [];
  return {
    handlers: modules.map(({ handlers }) => handlers ?? {}),
    jobs: modules.flatMap(({ jobs }) => jobs ?? []),
    every: modules.flatMap(({ every }) => every ?? []),
    pages: modules.flatMap(({ pages }) => pages ?? []),
    async listen(role) {
      for (const listener of listeners)
        if (listener.in === 'every-process' || role !== 'worker')
          stops.push(await listen(services.db, listener.channel, listener.heard));
    },
    async unlisten() {
      for (const stop of stops.splice(0)) await stop();
    },
    seed: cast =>
      withSystem(services.db, 'demo-seed', async tx => {
        if (await board.ports.hasAgencies(tx)) return;
        await markDemo(tx);
        for (const { run } of seedsInOrder(modules)) await run(tx, cast);
      }),
  };
}
