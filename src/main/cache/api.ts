import type { AccountNoticeRow, CollectionName, InboxFilter, WriteName } from '@astrix/contract';
import type {
  ClientView,
  ConversationView,
  Draft,
  InboxCounts,
  OutboxItem,
  Refusal,
  RowHit,
  SearchHit,
  ThreadPage,
  Topic,
} from '../../shared/ipc.ts';

/**
 * The interface of the encrypted cache. Everything behind it runs in worker threads, one that writes and one that reads; the file
 * is disposable, the outbox inside it is not.
 */
export type Cache = {
  // --- reads: never return an expired row, whatever the clock of this machine says (LC-06)
  readonly clients: () => Promise<ClientView[]>;
  /** Rows of a collection of the common table, newest first; of the agency when `clientId` is null. */
  readonly rows: (query: {
    collection: CollectionName;
    clientId: string | null;
    status: string | null;
    after: string | null;
    limit: number;
  }) => Promise<{ rows: unknown[]; next: string | null }>;
  readonly row: (query: { collection: CollectionName; clientId: string | null; id: string }) => Promise<unknown>;
  readonly searchRows: (query: { clientId: string | null; q: string; limit: number }) => Promise<RowHit[]>;
  readonly inbox: (query: {
    clientId: string;
    filter: InboxFilter;
    personId: string;
    after: string | null;
    limit: number;
  }) => Promise<{ conversations: ConversationView[]; next: string | null }>;
  readonly counts: (query: { clientId: string; personId: string }) => Promise<InboxCounts>;
  readonly conversation: (query: { clientId: string; conversationId: string }) => Promise<ConversationView | null>;
  /** Messages in their order: the newest before `before`, or the oldest from `from` on; without both, the newest of all. */
  readonly thread: (query: {
    clientId: string;
    conversationId: string;
    before: string | null;
    from?: string | null;
    limit: number;
  }) => Promise<ThreadPage>;
  readonly search: (query: { clientId: string | null; q: string; limit: number }) => Promise<SearchHit[]>;
  readonly tags: (clientId: string) => Promise<string[]>;
  readonly draft: (query: { clientId: string; conversationId: string }) => Promise<Draft | null>;
  readonly outbox: (clientId: string | null) => Promise<OutboxItem[]>;

  // --- local writes
  readonly setDraft: (draft: {
    clientId: string;
    conversationId: string;
    text: string;
    replyToId: string | null;
  }) => Promise<void>;
  readonly touchClient: (clientId: string) => Promise<void>;

  /** Whether a write may name this row: it is in the cache, and of this client (SH-21). */
  readonly hasRow: (query: { collection: CollectionName; clientId: string; id: string }) => Promise<boolean>;

  // --- outbox: `enqueue` answers only when the item is on disk (synchronous=FULL) with its optimistic change applied
  readonly enqueue: (command: Command) => Promise<OutboxItem>;
  /** Oldest sendable command of each subject, in order; one subject never has two under way. */
  readonly nextCommands: (limit: number) => Promise<StoredCommand[]>;
  readonly markSending: (id: string) => Promise<void>;
  /** The server took it: the item goes, and the answered row (if any) is applied in the same transaction. */
  readonly settle: (id: string, answer: { collection: CollectionName; row: unknown } | null) => Promise<void>;
  /** The server refused it: the optimistic change is taken back and a person decides. */
  readonly refuse: (id: string, refusal: Refusal) => Promise<void>;
  /** Not reached: back to waiting. */
  readonly postpone: (id: string) => Promise<void>;
  /** Sends a refused write again, under a new key; `changes` holds what the write's declaration lets a person decide anew. */
  readonly retry: (command: { clientId: string; id: string; changes: Record<string, unknown> }) => Promise<void>;
  readonly discard: (command: { clientId: string; id: string }) => Promise<void>;
  /** Brings back a write that was discarded in this run, waiting or refused as it was; null when it is not known any more. */
  readonly restore: (command: { clientId: string; id: string }) => Promise<OutboxItem | null>;

  // --- sync
  readonly syncState: () => Promise<{
    cursor: string | null;
    epoch: string | null;
    clientIds: string[];
    /** Names of the collections that this file holds whole. */
    collections: string[];
    syncedAt: string | null;
  }>;
  /**
   * Drops rows of clients not in `clientIds`, everything when `epoch` changed or `reset`; raises the server-time floor. Clients that are
   * new are in `syncState` only after the next cursor.
   */
  readonly beginPull: (hello: {
    epoch: string;
    clientIds: string[];
    serverTime: string;
    reset: boolean;
    /** What the pull asks for: known to be here from the next cursor on. */
    collections: readonly string[];
  }) => Promise<void>;
  /** Applies a batch and the cursor that follows it in one transaction; optimistic changes of waiting commands are laid over again. */
  readonly apply: (batch: {
    rows: { c: CollectionName; rows: unknown[] }[];
    gone: { c: CollectionName; ids: string[] }[];
    cursor: string | null;
    done: boolean;
  }) => Promise<AppliedBatch>;
  readonly sweepExpired: () => Promise<number>;

  readonly close: () => Promise<void>;
};

/** What the window must look at again, and the incoming messages that were not known before. */
export type AppliedBatch = {
  readonly topics: Topic[];
  readonly arrived: {
    clientId: string;
    conversationId: string;
    messageId: string;
    contactName: string;
    text: string;
    sentAt: string;
    /** Order of arrival within the conversation. */
    seq: number;
  }[];
  /** Notices about accounts that were not known before. */
  readonly notices: AccountNoticeRow[];
};

/**
 * A write as it is kept: everything that the request needs, so that it survives any restart. `id` is its idempotency key; `write` names
 * the declaration that says what `args` mean.
 */
export type Command = {
  readonly id: string;
  readonly write: WriteName;
  readonly clientId: string;
  readonly subject: CollectionName;
  readonly subjectId: string;
  readonly createdAt: string;
  readonly args: Readonly<Record<string, unknown>>;
};
export type StoredCommand = Command & { readonly state: 'waiting' | 'sending' | 'refused'; readonly attempts: number };

/** What was written and not yet taken, out of a file that is given up; `refusal` where a person was still to decide. */
export type Salvaged = { readonly command: Command; readonly refusal: Refusal | null };

/** Each kind of failure has its own allowed actions; none of them is "delete everything and hope". */
export type CacheFailure =
  /** Wrong key, or not ours: quarantine and rebuild. */
  | 'not-a-database'
  /** Damaged page or truncated file: salvage the outbox, quarantine, rebuild. */
  | 'corrupt'
  /** Written by a newer console: refuse, never delete; tell the person to update. */
  | 'file-newer'
  /** No space: read on, refuse new outbox items visibly. */
  | 'disk-full'
  /** Anything else of the file system: memory for this run. */
  | 'io';

export class CacheError extends Error {
  readonly failure: CacheFailure;
  constructor(failure: CacheFailure, message: string) {
    super(message);
    this.name = 'CacheError';
    this.failure = failure;
  }
}

/** More threads than this at once means a first pull: the window is told to look at everything instead. */
const MANY_THREADS = 100;

export function collapsed(topics: ReadonlySet<Topic>): Topic[] {
  const list = [...topics];
  const others = list.filter(topic => !topic.startsWith('thread:'));
  return list.length - others.length > MANY_THREADS ? [...others, 'thread:*'] : list;
}
