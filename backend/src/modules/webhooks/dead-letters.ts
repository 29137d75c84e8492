import { sql } from 'kysely';
import { fail } from '../../kernel/errors.ts';
import { type SystemTx, type TenantTx, txActor, txNow } from '../../platform/db/index.ts';
import { lockKeyOf, type PendingEvent } from './tables.ts';

const MAX_ATTEMPTS = 5;
const PAGE_SIZE = 200;
/** Fields whose values say nothing about a customer. */
const PLAIN = new Set([
  'kind',
  'messageKind',
  'origin',
  'capability',
  'status',
  'why',
  'field',
  'stop',
  'code',
  'sentAt',
  'at',
  'editedAt',
  'deletedAt',
  'mime',
  'bytes',
  'voice',
]);

export type Tenant = { readonly agencyId: string; readonly clientId: string | null };

type Why = { readonly reason: string; readonly attempts: number; readonly tenant: Tenant | null };

/** Puts an event among the dead letters, where a person finds it: one for each event, however often it is delivered again. */
export async function deadLetter(tx: SystemTx, event: PendingEvent, { tenant, reason, attempts }: Why): Promise<void> {
  // Two copies that are given up at the same moment would both see no dead letter yet.
  await sql`select pg_advisory_xact_lock(hashtextextended(${lockKeyOf(event)}, 1))`.execute(tx);
  const known = await tx
    .selectFrom('webhook_events')
    .select('id')
    .where('state', '=', 'dead')
    .where('provider', '=', event.provider)
    .where('natural_key', '=', event.natural_key)
    .where('id', '!=', event.id)
    .executeTakeFirst();
  if (known) {
    await tx.deleteFrom('webhook_events').where('id', '=', event.id).where('state', '=', 'pending').execute();
    return;
  }
  await tx
    .updateTable('webhook_events')
    .set({
      reason,
      attempts,
      state: 'dead',
      agency_id: tenant?.agencyId ?? null,
      client_id: tenant?.clientId ?? null,
    })
    .where('id', '=', event.id)
    .where('state', '=', 'pending')
    .execute();
}

/**
 * Tries again after 1, 4, 16 and 64 seconds; then a person has to look, or it was about something of another tool. Answers what it was given up
 * for; null when it is tried again.
 */
export async function postpone(
  tx: SystemTx,
  event: PendingEvent,
  { inTheEnd, ...why }: Omit<Why, 'attempts'> & { readonly inTheEnd: 'dead' | 'foreign' },
): Promise<'dead' | 'foreign' | null> {
  const attempts = event.attempts + 1;
  if (attempts >= MAX_ATTEMPTS && inTheEnd === 'foreign') {
    await tx.deleteFrom('webhook_events').where('id', '=', event.id).where('state', '=', 'pending').execute();
    return inTheEnd;
  }
  if (attempts >= MAX_ATTEMPTS) {
    await deadLetter(tx, event, { ...why, attempts });
    return inTheEnd;
  }
  await tx
    .updateTable('webhook_events')
    .set({ attempts, reason: why.reason, next_at: new Date(txNow(tx).getTime() + 4 ** event.attempts * 1000) })
    .where('id', '=', event.id)
    .where('state', '=', 'pending')
    .execute();
  return null;
}

/** The shape of an event with every value of a customer replaced by its type and length (WH-15). */
export function redacted(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.slice(0, 20).map(item => redacted(item));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, redacted(item, name)]));
  if (value === null || PLAIN.has(key)) return value;
  return typeof value === 'string' ? `text of ${value.length}` : typeof value;
}

/** An agency sees its own. Dead letters of unknown accounts belong to no agency, and are counted in the metrics only. */
export async function listDeadLetters(tx: TenantTx) {
  const rows = await tx
    .selectFrom('webhook_events')
    .selectAll()
    .where('state', '=', 'dead')
    .where('agency_id', '=', txActor(tx).agencyId)
    .where('expires_at', '>', txNow(tx))
    .orderBy('received_at', 'desc')
    .orderBy('seq', 'desc')
    .limit(PAGE_SIZE)
    .execute();
  return rows.map(row => ({
    id: row.id,
    provider: row.provider,
    kind: row.kind,
    clientId: row.client_id,
    reason: row.reason ?? 'unknown',
    attempts: row.attempts,
    receivedAt: row.received_at.toISOString(),
    redacted: redacted(row.payload),
  }));
}

/** Pending again, with fresh attempts. The effect has its natural key, so a second replay changes nothing more. */
export async function replayDeadLetter(tx: TenantTx, id: string): Promise<void> {
  const row = await tx
    .updateTable('webhook_events')
    .set({ state: 'pending', attempts: 0, next_at: txNow(tx) })
    .where('id', '=', id)
    .where('agency_id', '=', txActor(tx).agencyId)
    .where('state', '=', 'dead')
    .returning('id')
    .executeTakeFirst();
  if (!row) fail('not_found');
}
