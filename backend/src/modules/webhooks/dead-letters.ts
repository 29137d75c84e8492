import { fail } from '../../kernel/errors.ts';
import { type TenantTx, txActor, txNow } from '../../platform/db/index.ts';

const SHOWN = 200;
/** Fields whose values say nothing about a customer. */
const PLAIN = new Set([
  'kind',
  'messageKind',
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

/** The shape of an event with everything of the customer's replaced by its type and length (WH-15). */
export function redacted(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.slice(0, 20).map(item => redacted(item));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, redacted(item, name)]));
  if (value === null || PLAIN.has(key)) return value;
  return typeof value === 'string' ? `text of ${value.length}` : typeof value;
}

/** An agency sees its own. Those of accounts that are nobody's belong to no agency and are counted in the metrics only. */
export async function listDeadLetters(tx: TenantTx) {
  const rows = await tx
    .selectFrom('webhook_events')
    .selectAll()
    .where('state', '=', 'dead')
    .where('agency_id', '=', txActor(tx).agencyId)
    .where('expires_at', '>', txNow(tx))
    .orderBy('received_at', 'desc')
    .limit(SHOWN)
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

/** Back to pending with fresh attempts. The effect is guarded by its natural key, so a second replay does nothing more. */
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
