import type { z } from 'zod';
import type { Audience } from './audience.ts';
import type { DataClass, NeverOnDevice } from './data-classes.ts';
import type { RetentionClass } from './retention.ts';

/** Data classes that a console may keep. A collection of another class does not compile (LC-05). */
export type DeviceDataClass = Exclude<DataClass, NeverOnDevice>;

/** What the cache stores beside a row, so that a list can be sorted, filtered and searched without reading the row. */
export type Listed = {
  /** Sort key of lists, newest first (ISO 8601, UTC); null sorts by `words`. */
  readonly at: string | null;
  /** Filter key of lists; null for a collection without states. */
  readonly status: string | null;
  /** Text that search finds; null keeps the row out of the search index. */
  readonly words: string | null;
};

export type Collection<R extends z.ZodObject = z.ZodObject> = {
  readonly row: R;
  /**
   * Whose rows: `agency` every member's, `client` one client's (the row has a `clientId`), `person` one person's within a client (the
   * row has a `clientId`, and the server sends a person only their own).
   */
  readonly scope: 'agency' | 'client' | 'person';
  /** Whose consoles get the rows at all. The RLS policies of the table hold it too, and the boot compares both. */
  readonly audience: Audience;
  readonly dataClass: DeviceDataClass;
  readonly retention: RetentionClass;
  /** `rows` is the cache's common table; `own` has a table of its own behind the same interface. */
  readonly store: 'rows' | 'own';
  readonly listed: (row: z.output<R>) => Listed;
};

const unlisted = (): Listed => ({ at: null, status: null, words: null });

/** Declares rows that consoles keep in their cache. `listed` says how lists and search see a row. */
export const collection = <R extends z.ZodObject>(
  row: R,
  spec: Omit<Collection<R>, 'row' | 'store' | 'listed' | 'audience'> &
    Partial<Pick<Collection<R>, 'store' | 'listed' | 'audience'>>,
): Collection<R> => ({ row, store: 'rows', audience: 'everyone', listed: unlisted, ...spec });
