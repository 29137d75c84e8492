import type { Capability, FactOf, ProviderId } from '@astrix/contract';
import type { SystemTx } from '../platform/db/index.ts';

/** Rows of one account that a provider has told, checked and in the product's own shape. */
export type ImportedPage<C extends Capability> = {
  readonly agencyId: string;
  /** Null for a connection that all clients of the agency share. */
  readonly clientId: string | null;
  readonly connectionId: string;
  readonly provider: ProviderId;
  readonly rows: readonly FactOf<C>[];
};

/**
 * Keeps a page, in the transaction that moves the import on: both happen or neither does. A row can come again, changed or not, so it is kept
 * under the key of its capability (`capabilityOf`). Short, and without a call to a provider.
 */
export type Importer<C extends Capability> = (tx: SystemTx, page: ImportedPage<C>) => Promise<void>;

/** What a module wants of every connected account, by capability. */
export type Imports = { readonly [C in Capability]?: Importer<C> };

/** The importers of all modules, by capability. */
export type Importers = ReadonlyMap<Capability, readonly Importer<Capability>[]>;

/** Importers run in the order of their modules' names, whatever the order of the list. */
export function importersOf(modules: readonly { readonly name: string; readonly imports?: Imports }[]): Importers {
  const found = new Map<Capability, Importer<Capability>[]>();
  for (const { imports = {} } of modules.toSorted((a, b) => (a.name < b.name ? -1 : 1)))
    for (const [capability, importer] of Object.entries(imports) as [Capability, Importer<Capability>][])
      found.set(capability, [...(found.get(capability) ?? []), importer]);
  return found;
}
