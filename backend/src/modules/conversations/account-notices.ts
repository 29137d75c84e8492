import type { AccountNoticeRow, ProviderId } from '@astrix/contract';
import type { Selectable } from 'kysely';
import { newId } from '../../kernel/ids.ts';
import type { TenantRef } from '../../kernel/tenant.ts';
import { type AnyTx, type Schema, type SystemTx, type TenantTx, txNow } from '../../platform/db/index.ts';
import type { InboundEventOf } from '../../providers/messaging.ts';
import { APPLIED, type Applied, NOTHING_NEW } from '../webhooks/index.ts';

/** Whose account it is. */
type AccountOf = TenantRef & {
  readonly channelId: string;
  readonly provider: ProviderId;
  readonly connectionId: string | null;
};

/**
 * Keeps a notice about an account. One that takes others back ends those of its topics that came before it, also when it arrives before them. A
 * copy changes nothing, however late.
 */
export async function applyNotice(tx: SystemTx, channel: AccountOf, event: InboundEventOf<'notice'>): Promise<Applied> {
  if (channel.connectionId === null) return NOTHING_NEW;
  const at = new Date(event.at);
  const { topic, severity, reason, next, ends } = event;
  const until = event.until === null ? null : new Date(event.until);
  const takenBack = await tx
    .selectFrom('account_notices')
    .select('at')
    .where('agency_id', '=', channel.agencyId)
    .where('channel_id', '=', channel.channelId)
    .where('at', '>', at)
    .where(
      where => where.val(topic),
      '=',
      where => where.fn.any('ends'),
    )
    .orderBy('at')
    .limit(1)
    .executeTakeFirst();
  const kept = await tx
    .insertInto('account_notices')
    .values({
      agency_id: channel.agencyId,
      id: newId(txNow(tx)),
      client_id: channel.clientId,
      channel_id: channel.channelId,
      connection_id: channel.connectionId,
      provider: channel.provider,
      topic,
      severity,
      reason,
      next,
      at,
      until,
      ended_at: severity === 'tells' ? null : (takenBack?.at ?? null),
      ends: [...ends],
      natural_key: event.key,
    })
    .onConflict(conflict => conflict.columns(['agency_id', 'channel_id', 'natural_key']).doNothing())
    .returning('id')
    .executeTakeFirst();
  if (!kept) return NOTHING_NEW;
  if (ends.length > 0)
    await tx
      .updateTable('account_notices')
      .set({ ended_at: at })
      .where('agency_id', '=', channel.agencyId)
      .where('channel_id', '=', channel.channelId)
      .where('topic', 'in', ends)
      .where('severity', '!=', 'tells')
      .where('at', '<=', at)
      .where('id', '!=', kept.id)
      .where('ended_at', 'is', null)
      .execute();
  return APPLIED;
}

/** With a connection go the notices about its account. */
export async function forgetNotices(tx: SystemTx, agencyId: string, connectionId: string): Promise<void> {
  await tx
    .deleteFrom('account_notices')
    .where('agency_id', '=', agencyId)
    .where('connection_id', '=', connectionId)
    .execute();
}

/** Notices that may stop a channel from sending; `mayWrite` decides with them. */
export const stopsOf = async (tx: AnyTx, agencyId: string, channelId: string) =>
  (
    await tx
      .selectFrom('account_notices')
      .selectAll()
      .where('agency_id', '=', agencyId)
      .where('channel_id', '=', channelId)
      .where('severity', '=', 'stops')
      .where('ended_at', 'is', null)
      .execute()
  ).map(noticeRow);

const noticeRow = (row: Selectable<Schema['account_notices']>): AccountNoticeRow => ({
  id: row.id,
  clientId: row.client_id,
  connectionId: row.connection_id,
  provider: row.provider,
  topic: row.topic,
  severity: row.severity,
  reason: row.reason,
  next: row.next,
  at: row.at.toISOString(),
  until: row.until?.toISOString() ?? null,
  endedAt: row.ended_at?.toISOString() ?? null,
});

export const readNotices = async (tx: TenantTx, ids: readonly string[]) =>
  (await tx.selectFrom('account_notices').selectAll().where('id', 'in', ids).execute()).map(noticeRow);
