import { COLLECTIONS, type CollectionName, type RowOf } from '@astrix/contract';
import { z } from 'zod';

/**
 * The only shapes that can be written: what the contract names for each collection. A key that it does not name is dropped before the
 * row is serialised, so buyer data or a credential has no place to stand, whatever a server sends (LC-05).
 */
const shapes = Object.fromEntries(
  Object.entries(COLLECTIONS).map(([name, collection]) => [name, z.object(collection.row.shape)]),
) as unknown as {
  readonly [C in CollectionName]: z.ZodType<RowOf<C>>;
};

/** Null for a row that does not fit: it is left out, and the rest goes on. */
export function allowedRow<C extends CollectionName>(collection: C, row: unknown): RowOf<C> | null {
  const parsed = shapes[collection].safeParse(row);
  return parsed.success ? (parsed.data as RowOf<C>) : null;
}
