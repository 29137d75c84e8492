import { type Selectable, sql } from 'kysely';
import { type Schema, type TenantTx, txNow } from '../db/index.ts';
import './tables.ts';

export type AuditFound = Omit<Selectable<Schema['audit_log']>, 'mac' | 'expires_at' | 'agency_id' | 'request_id'>;

export type AuditQuery = {
  /** Events to take; null for all of them. */
  readonly events: readonly string[] | null;
  /** Who did it, or to whom it was done. */
  readonly personId: string | null;
  readonly clientId: string | null;
  readonly from: Date | null;
  /** Exclusive. */
  readonly to: Date | null;
  /** Entries before this number. */
  readonly before: number | null;
  readonly limit: number;
};

/** Entries of the tenant's audit log, newest first. The policies of the table hide those of other agencies, and expired ones. */
export async function findAudited(tx: TenantTx, query: AuditQuery): Promise<AuditFound[]> {
  const { events, personId, clientId, from, to, before, limit } = query;
  let found = tx
    .selectFrom('audit_log')
    .select(['seq', 'id', 'at', 'event', 'actor_id', 'session_id', 'client_id', 'subject_type', 'subject_id', 'detail'])
    .orderBy('seq', 'desc')
    .limit(limit);
  if (events !== null) found = found.where('event', 'in', events);
  if (personId !== null)
    found = found.where(row =>
      row.or([
        row('actor_id', '=', personId),
        row.and([row('subject_type', '=', 'person'), row('subject_id', '=', personId)]),
      ]),
    );
  if (clientId !== null) found = found.where('client_id', '=', clientId);
  if (from !== null) found = found.where('at', '>=', from);
  if (to !== null) found = found.where('at', '<', to);
  if (before !== null) found = found.where('seq', '<', before);
  return found.execute();
}

/** How many entries of an event there are since `seconds` ago, and when the oldest of them was written. */
export async function countAudited(
  tx: TenantTx,
  event: string,
  seconds: number,
): Promise<{ readonly count: number; readonly oldest: Date | null }> {
  const since = new Date(txNow(tx).getTime() - seconds * 1000);
  const { count, oldest } = await tx
    .selectFrom('audit_log')
    .select(row => [row.fn.countAll<string>().as('count'), sql<Date | null>`min(at)`.as('oldest')])
    .where('event', '=', event)
    .where('at', '>', since)
    .executeTakeFirstOrThrow();
  return { count: Number(count), oldest };
}
