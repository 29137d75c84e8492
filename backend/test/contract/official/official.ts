import { createOfficial } from './check.ts';
import { BOOKS, type OfficialName } from './documents.ts';
import { hasSpecs } from './specs.ts';
import type { Book, Official } from './types.ts';

const books = new Map<string, Book>();

/** The checks of one document, read at the first call and kept; null where the documents are not at hand. */
export function official(name: OfficialName, { prefix }: { readonly prefix?: string } = {}): Official | null {
  if (!hasSpecs) return null;
  const book = books.get(name) ?? BOOKS[name]();
  books.set(name, book);
  return createOfficial(book, prefix);
}
