/** Key of data that belongs to one client. `path` begins with the kind of data, such as `inbox` or `rows`. */
export type ClientKey = readonly ['client', clientId: string, ...path: readonly unknown[]];
/** Key of data that belongs to the agency or to the person who is signed in. */
export type AgencyKey = readonly ['agency', ...path: readonly unknown[]];

/** Every query says first whose data it holds. A key with another beginning does not compile. */
declare module '@tanstack/react-query' {
  interface Register {
    queryKey: ClientKey | AgencyKey;
  }
}

export const clientKey = (clientId: string, ...path: readonly unknown[]): ClientKey => ['client', clientId, ...path];
export const agencyKey = (...path: readonly unknown[]): AgencyKey => ['agency', ...path];

/** The client whose data the key belongs to; null for data of the agency. */
export const clientOf = (key: readonly unknown[]): string | null => (key[0] === 'client' ? String(key[1]) : null);

/**
 * Whether a change of `topic` concerns the data under `key`. A topic is `<kind>`, `<kind>:<id>` or `<kind>:<kind>:<id>`. The path of the
 * key has to begin with the kinds. The id is the client of the key, or the id that follows the kinds in its path; `*` means all of them.
 */
export function concerns(topic: string, key: readonly unknown[]): boolean {
  const parts = topic.split(':');
  const kinds = parts.length === 1 ? parts : parts.slice(0, -1);
  const id = parts.length === 1 ? '*' : parts.at(-1);
  const clientId = clientOf(key);
  const path = key.slice(clientId === null ? 1 : 2);
  return kinds.every((kind, at) => path[at] === kind) && (id === '*' || id === clientId || id === path[kinds.length]);
}
