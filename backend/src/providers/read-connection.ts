import type { Capability, FactOf, Fault } from '@astrix/contract';
import type { MissingValues, UnreadableRow } from './read.ts';
import type { RejectedFact } from './validate-facts.ts';

/** What a read brought: rows that can be used, and what of the reply cannot. */
export type ConnectionRows = {
  readonly rows: readonly FactOf<Capability>[];
  readonly unreadable: readonly UnreadableRow[];
  readonly rejected: readonly RejectedFact[];
  readonly missing: readonly MissingValues[];
  /** Whether these are all, and not only the newest. */
  readonly complete: boolean;
};

export type ConnectionRead =
  | { readonly kind: 'ok'; readonly found: ConnectionRows }
  | { readonly kind: 'failed'; readonly fault: Fault };

/** What is read, and for whom. */
export type ConnectionReadRequest = {
  readonly agencyId: string;
  readonly connectionId: string;
  readonly capability: Capability;
  /** What a person searches for; null for everything. */
  readonly text: string | null;
  /** A person asks for it: the pause after a failed renewal of the token is not waited for. */
  readonly now: boolean;
  /** On whose behalf: the client it is done for, and who asked. */
  readonly clientId: string;
  readonly actorId: string;
};

/** Reads the newest rows of one capability, and records in the health of the connection what came of it. */
export type ReadConnection = (request: ConnectionReadRequest) => Promise<ConnectionRead>;
