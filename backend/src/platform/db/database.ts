import { isOfAgency, type Role } from '@astrix/contract';
import type { Filesystem } from '@electric-sql/pglite/basefs';
import { sql, type Transaction } from 'kysely';
import type { Clock } from '../../kernel/clock.ts';
import { AppError } from '../../kernel/errors.ts';
import { type Engine, openPglite, openPostgres, type Unlisten } from './engines.ts';
import type { Statement, StatementValue } from './kept-connection.ts';
import type { Schema } from './schema.ts';
import type { SystemReason } from './system-reasons.ts';

declare const tenantBrand: unique symbol;
declare const systemBrand: unique symbol;

/** A transaction that sees one agency, the person's clients and nothing else. The first argument of every repository function. */
export type TenantTx = Transaction<Schema> & { readonly [tenantBrand]: true };
/** A transaction that sees every tenant; only for the reasons on the list. */
export type SystemTx = Transaction<Schema> & { readonly [systemBrand]: true };
export type AnyTx = TenantTx | SystemTx;

/** Who acts: a person in an agency, through a session, on the clients they have access to at this moment. */
export type Actor = {
  readonly agencyId: string;
  readonly personId: string;
  readonly role: Role;
  readonly sessionId: string;
  readonly clientIds: readonly string[] | 'all';
};

export type Db = {
  readonly engine: 'pglite' | 'postgres';
  /** For the migrator, the job queue and ingest's prepared statement; not exported from the platform. */
  readonly internals: Engine;
  readonly clock: Clock;
  /** Called with each reason as it is used, so that the use of the escape can be counted. */
  onSystem: (reason: SystemReason) => void;
  readonly close: () => Promise<void>;
};

export type OpenOptions = {
  /** PostgreSQL; without it PGlite in `dataDir`. */
  readonly url?: string | undefined;
  readonly dataDir?: string | 'memory' | undefined;
  /** What the embedded database begins with, in the place of an empty one in memory. */
  readonly files?: Filesystem | undefined;
  readonly poolSize?: number | undefined;
  readonly clock: Clock;
};

export async function openDb(options: OpenOptions): Promise<Db> {
  const internals = options.url
    ? await openPostgres(verifyingUrl(options.url), options.poolSize ?? 12)
    : await openPglite(options.dataDir ?? 'memory', options.files);
  return { engine: internals.name, internals, clock: options.clock, onSystem: () => undefined, close: internals.close };
}

/** The driver checks the certificate in each of these modes, and warns on every start that it may not do so one day. */
const verifyingUrl = (url: string): string =>
  url.replace(/([?&]sslmode=)(?:require|verify-ca)(?=&|$)/, '$1verify-full');

const context = new WeakMap<object, { now: Date; actor: Actor | null }>();

/** The moment at which the transaction began, by the application's clock. */
export function txNow(tx: AnyTx): Date {
  const known = context.get(tx);
  if (!known) throw new Error('this transaction was not opened by withTenant or withSystem');
  return known.now;
}

export function txActor(tx: TenantTx): Actor {
  const actor = context.get(tx)?.actor;
  if (!actor) throw new Error('this transaction was not opened by withTenant');
  return actor;
}

/** The actor of a tenant's transaction; null in a system transaction. */
export const actorOf = (tx: AnyTx): Actor | null => context.get(tx)?.actor ?? null;

/** Runs `work` as the tenant: role, agency, clients, person and time are set for this transaction only (AZ-03). */
export function withTenant<T>(db: Db, actor: Actor, work: (tx: TenantTx) => Promise<T>): Promise<T> {
  return inTransaction(db, 'astrix_tenant', actor, tx => work(tx as TenantTx));
}

/** Runs `work` across tenants. `reason` is one of a short list, and a test holds its callers. */
export function withSystem<T>(db: Db, reason: SystemReason, work: (tx: SystemTx) => Promise<T>): Promise<T> {
  db.onSystem(reason);
  return inTransaction(db, 'astrix_system', null, tx => work(tx as SystemTx));
}

const ATTEMPTS = 3;

async function inTransaction<T>(
  db: Db,
  role: string,
  actor: Actor | null,
  work: (tx: Transaction<Schema>) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.internals.kysely.transaction().execute(async tx => {
        const now = db.clock.now();
        const all = actor?.clientIds === 'all';
        const clients = actor === null || actor.clientIds === 'all' ? '' : actor.clientIds.join(',');
        await sql`select set_config('role', ${role}, true), set_config('app.agency', ${actor?.agencyId ?? ''}, true),
          set_config('app.person', ${actor?.personId ?? ''}, true), set_config('app.clients', ${clients}, true),
          set_config('app.all_clients', ${all ? 'on' : ''}, true), set_config('app.now', ${now.toISOString()}, true),
          set_config('app.staff', ${actor !== null && isOfAgency(actor.role) ? 'on' : ''}, true)`.execute(tx);
        context.set(tx, { now, actor });
        return await work(tx);
      });
    } catch (error) {
      if (attempt < ATTEMPTS && RETRIED.has(codeOf(error))) continue;
      throw isUnavailable(error) ? new AppError('unavailable', { retryAfterSeconds: 5, cause: error }) : error;
    }
  }
}

/** Serialisation failure and deadlock: nothing of the attempt remains, so it may run again. */
const RETRIED = new Set(['40001', '40P01']);
/** Connection lost, server stopping or full, no slot, time-outs: the caller may come back. */
const UNAVAILABLE = /^(08|53|57)|^ECONN|^EPIPE$|^ETIMEDOUT$/;

export function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : '';
}

export function isUnavailable(error: unknown): boolean {
  if (UNAVAILABLE.test(codeOf(error))) return true;
  return (
    error instanceof Error &&
    /timeout exceeded when trying to connect|Connection terminated|not queryable|Query read timeout/.test(error.message)
  );
}

/**
 * One statement across tenants that commits by itself, in a single round trip: for the one path where each of them counts. Sent
 * before this returns whenever the connection is there. There is no tenant, no `txNow` and no retry.
 */
export function runAsSystem(
  db: Db,
  reason: SystemReason,
  statement: Statement,
  values: readonly StatementValue[],
): Promise<void> {
  db.onSystem(reason);
  return db.internals.statement(statement, values).catch(error => {
    throw isUnavailable(error) ? new AppError('unavailable', { retryAfterSeconds: 5, cause: error }) : error;
  });
}

/** One round trip; throws when the database does not answer. */
export async function ping(db: Db): Promise<void> {
  await db.internals.query('select 1');
}

export function listen(db: Db, channel: string, onNotice: (payload: string) => void): Promise<Unlisten> {
  return db.internals.listen(channel, onNotice);
}

/** Tells the other processes, when this transaction commits. */
export async function notify(tx: AnyTx, channel: string, payload: string): Promise<void> {
  await sql`select pg_notify(${channel}, ${payload})`.execute(tx);
}
