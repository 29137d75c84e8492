/** Embeddings, overrides and isolates: characters that nobody types in a chat, and that draw the text after them in another order. */
const CONTROLS = /[\u202a-\u202e\u2066-\u2069]/;
const ALL_CONTROLS = /[\u202a-\u202e\u2066-\u2069]/g;

/**
 * Text of customers, providers and files without the characters that make it look like another text: a name that is drawn as
 * "administration", a file that is drawn as a picture. The marks that right-to-left scripts need stay (SH-19).
 */
export const inPlainDirection = (text: string): string =>
  CONTROLS.test(text) ? text.replaceAll(ALL_CONTROLS, '') : text;

/** The same for every text in a plain value, at any depth. Answers the value itself where there is nothing to change. */
export function allInPlainDirection<T>(value: T): T {
  if (typeof value === 'string') return inPlainDirection(value) as T;
  if (typeof value !== 'object' || value === null) return value;
  const before = Object.entries(value);
  const after = before.map(([key, part]) => [key, allInPlainDirection(part as unknown)] as const);
  if (after.every(([, part], n) => part === before[n]![1])) return value;
  return (Array.isArray(value) ? after.map(([, part]) => part) : Object.fromEntries(after)) as T;
}
