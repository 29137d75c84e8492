import type { SystemTx } from '../../platform/db/index.ts';
import type { InboundEventOf } from '../../providers/messaging.ts';
import { APPLIED, type Applied, FOREIGN, NOTHING_NEW, outOfOrder } from '../webhooks/index.ts';
import type { ChannelRef } from './channels.ts';
import { isAfter } from './order.ts';
import { previewOf } from './read.ts';
import type { StoredReaction } from './tables.ts';

/** Forwards only. `failed` is final, in whatever order the rest arrives; `unknown` gives way to anything that is known. */
const RANK = { queued: 0, sending: 1, unknown: 1, sent: 2, delivered: 3, read: 4, failed: 5, received: 9 } as const;

export async function applyStatus(
  tx: SystemTx,
  channel: ChannelRef,
  event: InboundEventOf<'status'>,
): Promise<Applied> {
  const message = await outgoing(tx, channel, event);
  if (!message)
    return (await isBeingSent(tx, channel))
      ? outOfOrder('a status for a message that is not known', 'foreign')
      : FOREIGN;
  const at = new Date(event.at);
  const forward = RANK[event.status] > RANK[message.status];
  const learned = {
    ...(message.provider_id === null ? { provider_id: event.providerId, claimed_until: null } : {}),
    ...(forward ? { status: event.status, failure: event.fault ? JSON.stringify(event.fault) : null } : {}),
    ...((event.status === 'delivered' || event.status === 'read') && isEarlier(at, message.delivered_at)
      ? { delivered_at: at }
      : {}),
    ...(event.status === 'read' && isEarlier(at, message.read_at) ? { read_at: at } : {}),
  };
  if (Object.keys(learned).length === 0) return NOTHING_NEW;
  await tx
    .updateTable('messages')
    .set(row => ({ ...learned, version: row('version', '+', 1) }))
    .where('agency_id', '=', channel.agencyId)
    .where('id', '=', message.id)
    .execute();
  if (forward && event.status === 'failed') await countFailed(tx, channel.agencyId, message.conversation_id);
  return APPLIED;
}

const isEarlier = (at: Date, known: Date | null) => known === null || at < known;

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** By the provider's id, else by our own, which a send carries along: a status may arrive before our own record of the send. */
async function outgoing(tx: SystemTx, channel: ChannelRef, event: InboundEventOf<'status'>) {
  const ours = event.messageId !== null && UUID.test(event.messageId) ? event.messageId : null;
  return tx
    .selectFrom('messages')
    .select(['id', 'conversation_id', 'status', 'provider_id', 'delivered_at', 'read_at'])
    .where('agency_id', '=', channel.agencyId)
    .where('channel_id', '=', channel.channelId)
    .where('direction', '=', 'out')
    .where(where =>
      where.or([
        where('provider_id', '=', event.providerId),
        ...(ours ? [where.and([where('id', '=', ours), where('provider_id', 'is', null)])] : []),
      ]),
    )
    .forUpdate()
    .executeTakeFirst();
}

/** Whether the reply to a send of this channel is still awaited: only then may a status speak of a message of ours that we do not know yet. */
async function isBeingSent(tx: SystemTx, channel: ChannelRef): Promise<boolean> {
  const sending = await tx
    .selectFrom('messages')
    .select('id')
    .where('agency_id', '=', channel.agencyId)
    .where('channel_id', '=', channel.channelId)
    .where('status', '=', 'sending')
    .limit(1)
    .executeTakeFirst();
  return sending !== undefined;
}

export async function countFailed(tx: SystemTx, agencyId: string, conversationId: string): Promise<void> {
  await tx
    .updateTable('conversations')
    .set(row => ({ failed: row('failed', '+', 1), version: row('version', '+', 1) }))
    .where('agency_id', '=', agencyId)
    .where('id', '=', conversationId)
    .execute();
}

async function target(tx: SystemTx, channel: ChannelRef, providerId: string) {
  return tx
    .selectFrom('messages')
    .select(['id', 'conversation_id', 'reactions', 'edited_at', 'edit_id', 'deleted_at', 'sent_at', 'seq'])
    .where('agency_id', '=', channel.agencyId)
    .where('channel_id', '=', channel.channelId)
    .where('provider_id', '=', providerId)
    .forUpdate()
    .executeTakeFirst();
}

export async function applyReaction(
  tx: SystemTx,
  channel: ChannelRef,
  event: InboundEventOf<'reaction'>,
): Promise<Applied> {
  const message = await target(tx, channel, event.target);
  // A message that another tool sent on the same number is never known here.
  if (!message) return outOfOrder('a reaction to a message that is not known', 'foreign');
  const reactions = message.reactions as StoredReaction[];
  const mine = reactions.find(reaction => reaction.by === event.by);
  if (mine && !isLater([event.sentAt, event.providerId], [mine.at, mine.id])) return NOTHING_NEW;
  const next: StoredReaction[] = [
    ...reactions.filter(reaction => reaction.by !== event.by),
    { by: event.by, emoji: event.emoji, at: event.sentAt, id: event.providerId },
  ];
  return writeMessage(tx, channel, message.id, { reactions: JSON.stringify(next) });
}

export async function applyEdit(tx: SystemTx, channel: ChannelRef, event: InboundEventOf<'edit'>): Promise<Applied> {
  const message = await target(tx, channel, event.target);
  if (!message) return outOfOrder('an edit of a message that is not known');
  const shown = message.edited_at?.toISOString();
  if (message.deleted_at || (shown && !isLater([event.editedAt, event.providerId], [shown, message.edit_id ?? ''])))
    return NOTHING_NEW;
  await changePreview(tx, channel, message, previewOf('text', event.text, null));
  const change = { text: event.text, edited_at: new Date(event.editedAt), edit_id: event.providerId };
  return writeMessage(tx, channel, message.id, change);
}

/** The text is deleted and the message stays in its position: a reply that quotes it would make no sense otherwise. */
export async function applyDeletion(
  tx: SystemTx,
  channel: ChannelRef,
  event: InboundEventOf<'deletion'>,
): Promise<Applied> {
  const message = await target(tx, channel, event.target);
  if (!message) return outOfOrder('a deletion of a message that is not known');
  if (message.deleted_at) return NOTHING_NEW;
  await changePreview(tx, channel, message, 'Message deleted');
  return writeMessage(tx, channel, message.id, {
    text: '',
    content: '[]',
    media: null,
    edited_at: null,
    edit_id: null,
    deleted_at: new Date(event.deletedAt),
  });
}

/** The list shows the last message of the thread, so only a change of that one changes what it shows. */
async function changePreview(
  tx: SystemTx,
  channel: ChannelRef,
  message: { readonly conversation_id: string; readonly sent_at: Date; readonly seq: number },
  preview: string,
): Promise<void> {
  // Locked first: a reply that is written meanwhile would be the last message.
  await tx
    .selectFrom('conversations')
    .select('id')
    .where('agency_id', '=', channel.agencyId)
    .where('id', '=', message.conversation_id)
    .forUpdate()
    .execute();
  const later = await tx
    .selectFrom('messages')
    .select('id')
    .where('agency_id', '=', channel.agencyId)
    .where('conversation_id', '=', message.conversation_id)
    .where(isAfter('sent_at', { at: message.sent_at, seq: message.seq }))
    .limit(1)
    .executeTakeFirst();
  if (later) return;
  await tx
    .updateTable('conversations')
    .set(row => ({ preview, version: row('version', '+', 1) }))
    .where('agency_id', '=', channel.agencyId)
    .where('id', '=', message.conversation_id)
    .execute();
}

async function writeMessage(
  tx: SystemTx,
  channel: ChannelRef,
  id: string,
  change: Record<string, unknown>,
): Promise<Applied> {
  await tx
    .updateTable('messages')
    .set(row => ({ ...change, version: row('version', '+', 1) }))
    .where('agency_id', '=', channel.agencyId)
    .where('id', '=', id)
    .execute();
  return APPLIED;
}

/** Of two in the same second, the one with the greater provider id is later: every worker must choose the same one. */
const isLater = (one: readonly [at: string, id: string], other: readonly [at: string, id: string]) =>
  one[0] === other[0] ? one[1] > other[1] : one[0] > other[0];
