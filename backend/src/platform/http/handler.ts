import type { IncomingHttpHeaders } from 'node:http';
import type { BodyOf, ParamsOf, QueryOf, ReplyOf, RouteName, Routes } from '@astrix/contract';
import type { FastifyReply } from 'fastify';
import type { Clock } from '../../kernel/clock.ts';
import type { AuditEntry } from '../audit/index.ts';
import type { Actor, Db, SystemReason, SystemTx, TenantTx } from '../db/index.ts';
import type { Log } from '../telemetry/index.ts';

/** What a session handler says for the audit. The floor adds who, when and through which session, and the client of the path. */
export type AuditNote = Pick<AuditEntry, 'subjectType' | 'subjectId' | 'clientId' | 'detail'>;

/** A route under a client is about that client; only a route of the whole agency may name one. */
type NoteOf<N extends RouteName> = Routes[N] extends { readonly scope: 'client' }
  ? Omit<AuditNote, 'clientId'>
  : AuditNote;
type WriteAudit<N extends RouteName> = (note: NoteOf<N>) => Promise<void>;

type Base<N extends RouteName> = {
  readonly params: ParamsOf<Routes[N]>;
  readonly query: QueryOf<Routes[N]>;
  readonly body: BodyOf<Routes[N]>;
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly requestId: string;
  readonly ip: string;
  readonly headers: IncomingHttpHeaders;
};

/** Inside the tenant's transaction; what is thrown rolls everything back, the audit row and the idempotency key included. */
type InTenant<N extends RouteName> = { readonly actor: Actor; readonly tx: TenantTx; readonly audit: WriteAudit<N> };

/** Writes the reply itself. `signal` ends with the connection, with the session, and when the server drains. */
type Streaming = { readonly actor: Actor; readonly reply: FastifyReply; readonly signal: AbortSignal };

/** Outside of a transaction: `within` opens one of the tenant's, as often as needed, never while a provider is being asked. */
type Reaching<N extends RouteName> = {
  readonly actor: Actor;
  readonly within: <T>(work: (tx: TenantTx, audit: WriteAudit<N>) => Promise<T>) => Promise<T>;
  /** The same for what the tenant may not touch itself, such as its secrets. */
  readonly across: <T>(reason: SystemReason, work: (tx: SystemTx, audit: WriteAudit<N>) => Promise<T>) => Promise<T>;
};

/** Exact bytes, before any parsing (WH-01). */
type Raw = { readonly rawBody: Buffer };

export type Ctx<N extends RouteName> = Base<N> &
  (Routes[N]['auth'] extends 'session'
    ? Routes[N] extends { replyKind: 'ndjson' | 'events' }
      ? Streaming
      : Routes[N] extends { reaches: 'provider' | 'vault' }
        ? Reaching<N>
        : InTenant<N>
    : unknown) &
  (Routes[N] extends { bodyKind: 'raw' | 'raw-form' } ? Raw : unknown);

export type Handler<N extends RouteName> = (
  ctx: Ctx<N>,
) => Promise<Routes[N] extends { replyKind: 'ndjson' | 'events' } ? void : ReplyOf<Routes[N]>>;

export type Handlers = { readonly [N in RouteName]?: Handler<N> };
/** The handlers of these routes, each of them there. */
export type HandlersFor<N extends RouteName> = { readonly [K in N]: Handler<K> };
