/** Every memory of the window, to forget them together. */
const memories = new Set<Map<string, unknown>>();

/**
 * Something that a screen remembers of each client while a person is signed in, such as what was open. It is forgotten at the sign-out and
 * when the window closes. `first` is what a client begins with.
 */
export function clientMemory<T>(first: T) {
  const values = new Map<string, T>();
  memories.add(values);
  return {
    of: (clientId: string): T => values.get(clientId) ?? first,
    set: (clientId: string, value: T): void => void values.set(clientId, value),
  };
}

/** Forgets what was remembered of every client: the next person begins anew. */
export function forgetMemories(): void {
  for (const values of memories) values.clear();
}
