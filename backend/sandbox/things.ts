/**
 * What an imitated provider has. Demo rows are counted back from one moment, so that they stand still from one read to the next; whatever a
 * write or a test has added or changed comes on top, and is what a test compares an import with.
 */
export type Things = {
  /** The rows of a list as they are now: those of `make`, with added and changed ones in their place. */
  readonly list: <T extends object>(name: string, idOf: (row: T) => string, make: (from: Date) => readonly T[]) => T[];
  /** Adds a row, or puts another one in the place of the row with the same id. */
  readonly put: (name: string, id: string, row: object) => void;
  /** Forgets what was added or changed. */
  readonly clear: () => void;
};

const DAY_MS = 86_400_000;

/** Rows are dated anew when the clock has moved by a day, so that a sandbox that runs for long still has something of today. */
export function createThings(now: () => Date): Things {
  const added = new Map<string, Map<string, object>>();
  let from = now();
  const dated = () => {
    if (Math.abs(now().getTime() - from.getTime()) >= DAY_MS) from = now();
    return from;
  };
  return {
    list<T extends object>(name: string, idOf: (row: T) => string, make: (from: Date) => readonly T[]): T[] {
      const changed = added.get(name) ?? new Map<string, object>();
      return [...(changed.values() as Iterable<T>), ...make(dated()).filter(row => !changed.has(idOf(row)))];
    },
    put(name, id, row) {
      added.set(name, (added.get(name) ?? new Map()).set(id, row));
    },
    clear: () => added.clear(),
  };
}
