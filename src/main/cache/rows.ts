import { type CollectionName, collectionOf, lenient, type RowOf } from '@astrix/contract';

/**
 * The only shapes that can be written: what the contract names for each collection. A key that the contract does not name, at any depth,
 * is dropped before the row is serialised, so that buyer data or a credential is never stored, whatever a server sends (LC-05). Null for
 * a row that does not fit: it is left out, and the others are written.
 */
export function allowedRow<C extends CollectionName>(collection: C, row: unknown): RowOf<C> | null {
  const parsed = lenient(collectionOf(collection).row).safeParse(row);
  return parsed.success ? (parsed.data as unknown as RowOf<C>) : null;
}
