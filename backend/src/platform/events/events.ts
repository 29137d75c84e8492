import type { AnyTx, SystemTx } from '../db/index.ts';

/** Events that are emitted in a system transaction, by name. The module that emits an event declares it by interface merging. */
// biome-ignore lint/suspicious/noEmptyInterface: modules add their events by interface merging
export interface Events {}

/**
 * Events that may also be emitted in a tenant's transaction. Their hearers run as that tenant: they see its rows only, and must name the
 * agency in every query, because in a system transaction no RLS policy does.
 */
// biome-ignore lint/suspicious/noEmptyInterface: modules add their events by interface merging
export interface TenantEvents {}

/** What a module does with the events of others. A name that no module declares does not compile. */
export type Hears = {
  readonly [E in keyof Events]?: (tx: SystemTx, event: Events[E]) => Promise<void>;
} & {
  readonly [E in keyof TenantEvents]?: (tx: AnyTx, event: TenantEvents[E]) => Promise<void>;
};

/** Runs every hearer of an event in the caller's transaction, one after the other. What a hearer throws rolls the transaction back. */
export type Emit = {
  <E extends keyof Events>(tx: SystemTx, name: E, event: Events[E]): Promise<void>;
  <E extends keyof TenantEvents>(tx: AnyTx, name: E, event: TenantEvents[E]): Promise<void>;
};

export type EventBus = {
  readonly emit: Emit;
  /** Called once, when all modules exist. Hearers run in the order of their modules' names, whatever the order of the list. */
  readonly connect: (modules: readonly { readonly name: string; readonly hears?: Hears }[]) => void;
};

type AnyHearer = (tx: AnyTx, event: unknown) => Promise<void>;

/** Events between modules, inside the transaction that causes them: both happen or neither does. */
export function createEventBus(): EventBus {
  let hearers: ReadonlyMap<string, readonly AnyHearer[]> | null = null;

  async function emit(tx: AnyTx, name: string, event: unknown): Promise<void> {
    if (hearers === null) throw new Error(`The event ${name} was emitted before the modules were connected.`);
    for (const hear of hearers.get(name) ?? []) await hear(tx, event);
  }

  return {
    emit: emit as Emit,
    connect(modules) {
      if (hearers !== null) throw new Error('The modules are connected already.');
      const sorted = modules.toSorted((one, other) => (one.name < other.name ? -1 : 1));
      const pairs = sorted.flatMap(({ hears }) => Object.entries(hears ?? {}) as [string, AnyHearer][]);
      const grouped = Map.groupBy(pairs, ([name]) => name);
      hearers = new Map([...grouped].map(([name, group]) => [name, group.map(([, hear]) => hear)]));
    },
  };
}
