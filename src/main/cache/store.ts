import type { AccountNoticeRow } from '@astrix/contract';
import type { Topic } from '../../shared/ipc.ts';
import type { AppliedBatch } from './api.ts';

export type Arrived = AppliedBatch['arrived'][number];

/** What a batch of changes gathers while it is applied. */
export type Applying = {
  readonly topics: Set<Topic>;
  readonly arrived: Arrived[];
  readonly notices: AccountNoticeRow[];
};

/**
 * Where the rows of one collection lie in the cache. The common table implements it for most collections; clients, conversations,
 * messages and notes have tables of their own. Every function runs inside the caller's transaction.
 */
export type Store = {
  /** Writes one row that the server sent; `row` has the shape of the collection. An unchanged row changes no topic. */
  readonly put: (row: unknown, applying: Applying) => void;
  /** Removes a row that the server no longer shows to this person. */
  readonly gone: (id: string, applying: Applying) => void;
  /** Lays the waiting writes over a row again, after one was added, settled or refused. */
  readonly project: (id: string) => void;
  /** Whether the row is in the cache as a row of this client (null: of the agency). Decides whether a write may name it (SH-21). */
  readonly has: (clientId: string | null, id: string) => boolean;
  /** Removes every row of a client that this person may no longer see (AU-08). The search index is cleared by the caller. */
  readonly forget: (ordinal: number) => void;
  /** Removes everything that the server can send again. */
  readonly wipe: () => void;
  /** Removes at most `limit` rows that expired by `now` (milliseconds). Answers how many went. */
  readonly sweep: (now: number, limit: number) => number;
};
