import { type MessageRow, mayWrite } from '@astrix/contract';
import { sql } from 'kysely';
import { fail } from '../../kernel/errors.ts';
import { type TenantTx, txActor, txNow } from '../../platform/db/index.ts';
import { PROVIDERS } from '../../providers/registry.ts';
import { isPaused, keptUntil } from '../clients/index.ts';
import { stopsOf } from './account-notices.ts';
import { fitting, lockConversation, messageRow, previewOf, writableOf } from './read.ts';

export type Reply = {
  readonly clientId: string;
  readonly conversationId: string;
  readonly messageId: string;
  readonly text: string;
  readonly replyToId: string | null;
  /** Newest incoming message that the writer had on screen. */
  readonly seenInboundId: string | null;
};

/** At most this many newer messages are sent back with a refusal. */
const NEWER_LIMIT = 50;

/**
 * Queues a reply. The permission was checked before; `mayWrite` and what the writer had seen are checked here, and `mayWrite` again by the send
 * function. `messageId` is the natural key: a repeated request is answered with the message that is there, whatever has changed since.
 */
export async function queueReply(tx: TenantTx, reply: Reply): Promise<{ message: MessageRow; queued: boolean }> {
  const conversation = await lockConversation(tx, reply.clientId, reply.conversationId);
  const earlier = await tx.selectFrom('messages').selectAll().where('id', '=', reply.messageId).executeTakeFirst();
  if (earlier) {
    const same =
      earlier.conversation_id === conversation.id && earlier.direction === 'out' && earlier.text === reply.text;
    return same ? { message: messageRow(earlier), queued: false } : fail('idempotency_mismatch');
  }
  const now = txNow(tx);
  const channel = await tx
    .selectFrom('channels')
    .select('status')
    .where('id', '=', conversation.channel_id)
    .executeTakeFirst();
  const notices = await stopsOf(tx, conversation.agency_id, conversation.channel_id);
  const paused = await isPaused(tx, conversation.agency_id, conversation.client_id);
  const refusal = mayWrite(writableOf(conversation, channel?.status === 'active', notices, paused), now, 'reply');
  if (refusal) fail(refusal);
  const { manifest, messaging } = PROVIDERS[conversation.provider];
  if (messaging && reply.text.length > messaging.maxTextLength)
    fail('invalid_request', {
      fields: [{ path: 'text', message: `has at most ${messaging.maxTextLength} characters on ${manifest.name}` }],
    });
  const newer = await newerThanSeen(tx, conversation.id, conversation.last_inbound_id, reply.seenInboundId);
  if (newer.length > 0) fail('conversation_changed', { newer });

  const expires = await keptUntil(tx, conversation.agency_id, conversation.client_id, now);
  const [message] = await tx
    .insertInto('messages')
    .values({
      agency_id: conversation.agency_id,
      id: reply.messageId,
      client_id: conversation.client_id,
      conversation_id: conversation.id,
      channel_id: conversation.channel_id,
      direction: 'out',
      kind: 'text',
      text: reply.text,
      media: null,
      reply_to_id: await quotedId(tx, conversation.id, reply.replyToId),
      author_id: txActor(tx).personId,
      status: 'queued',
      failure: null,
      reactions: '[]',
      edited_at: null,
      deleted_at: null,
      sent_at: now,
      delivered_at: null,
      read_at: null,
      provider_id: null,
      seq: conversation.last_seq + 1,
      claimed_until: null,
      expires_at: expires,
    })
    // The id is taken by a message that this tenant cannot see or that has expired: the writer needs a new id.
    .onConflict(conflict => conflict.columns(['agency_id', 'id']).doNothing())
    .returningAll()
    .execute();
  if (!message) fail('idempotency_mismatch');
  await tx
    .updateTable('conversations')
    .set(row => ({
      last_seq: conversation.last_seq + 1,
      preview: previewOf('text', reply.text, null),
      preview_direction: 'out',
      last_message_at: sql<Date>`greatest(last_message_at, ${now})`,
      expires_at: sql<Date>`greatest(expires_at, ${expires})`,
      version: row('version', '+', 1),
    }))
    .where('id', '=', conversation.id)
    .execute();
  return { message: messageRow(message), queued: true };
}

/** Null, and so no quotation, for a message that has expired or belongs to another conversation. */
async function quotedId(tx: TenantTx, conversationId: string, replyToId: string | null): Promise<string | null> {
  if (replyToId === null) return null;
  const row = await tx
    .selectFrom('messages')
    .select('id')
    .where('id', '=', replyToId)
    .where('conversation_id', '=', conversationId)
    .executeTakeFirst();
  return row?.id ?? null;
}

/** Incoming messages that arrived after the one that the writer had seen, oldest first. */
async function newerThanSeen(
  tx: TenantTx,
  conversationId: string,
  lastInboundId: string | null,
  seenInboundId: string | null,
): Promise<MessageRow[]> {
  if (lastInboundId === null || lastInboundId === seenInboundId) return [];
  const seen =
    seenInboundId === null
      ? undefined
      : await tx
          .selectFrom('messages')
          .select(['seq'])
          .where('id', '=', seenInboundId)
          .where('conversation_id', '=', conversationId)
          .executeTakeFirst();
  const rows = await tx
    .selectFrom('messages')
    .selectAll()
    .where('conversation_id', '=', conversationId)
    .where('direction', '=', 'in')
    .where('kind', '!=', 'system')
    .where('seq', '>', seen?.seq ?? 0)
    .orderBy('seq', 'desc')
    .limit(NEWER_LIMIT)
    .execute();
  return fitting(rows).reverse().map(messageRow);
}
