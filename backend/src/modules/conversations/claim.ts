import { ERRORS, type Fault, mayWrite, type ProviderId, type WriteRefusal } from '@astrix/contract';
import { type SystemTx, txNow } from '../../platform/db/index.ts';
import type { OutgoingText } from '../../providers/messaging.ts';
import { PROVIDERS } from '../../providers/registry.ts';
import { isPaused } from '../clients/index.ts';
import { addressOf } from '../contacts/index.ts';
import { stopsOf } from './account-notices.ts';
import { countFailed } from './apply-changes.ts';
import { writableOf } from './read.ts';
import type { SendData } from './send-data.ts';

/** How long a worker may talk to the provider about one message. After that, its outcome counts as unknown. */
const CLAIM_SECONDS = 60;

/** A message that one worker sends now. */
export type Claimed = {
  readonly messageId: string;
  readonly attempts: number;
  readonly agencyId: string;
  readonly clientId: string;
  readonly channelId: string;
  readonly connectionId: string;
  readonly provider: ProviderId;
  /** Who wrote it. */
  readonly actorId: string | null;
  readonly outgoing: OutgoingText;
};

export const refusalOf = (code: WriteRefusal): Fault => ({
  code,
  reason: ERRORS[code].reason,
  next: ERRORS[code].next,
});

/** Null when there is nothing to send, or somebody else is sending; `again` when a message was settled without sending. */
export async function claimNext(
  tx: SystemTx,
  { agencyId, conversationId }: SendData,
): Promise<Claimed | 'again' | null> {
  const now = txNow(tx);
  const conversation = await tx
    .selectFrom('conversations')
    .selectAll()
    .where('agency_id', '=', agencyId)
    .where('id', '=', conversationId)
    .forUpdate()
    .executeTakeFirst();
  if (!conversation) return null;
  const message = await tx
    .selectFrom('messages')
    .selectAll()
    .where('agency_id', '=', agencyId)
    .where('conversation_id', '=', conversationId)
    .where('status', 'in', ['queued', 'sending'])
    .orderBy('seq')
    .executeTakeFirst();
  if (!message) return null;
  if (message.status === 'sending') {
    if (message.claimed_until && message.claimed_until > now) return null;
    await updateMessage(tx, agencyId, message.id, { status: 'unknown', claimed_until: null });
    return 'again';
  }
  // The provider asked for a pause; messages that were queued behind this one keep their order.
  if (message.not_before && message.not_before > now) return null;
  const refuse = async (failure: Fault): Promise<'again'> => {
    await updateMessage(tx, agencyId, message.id, { status: 'failed', failure: JSON.stringify(failure) });
    await countFailed(tx, agencyId, conversationId);
    return 'again';
  };
  const { provider } = conversation;
  const channel = await tx
    .selectFrom('channels')
    .select(['id', 'client_id', 'account_id', 'connection_id', 'status'])
    .where('agency_id', '=', agencyId)
    .where('id', '=', conversation.channel_id)
    .executeTakeFirst();
  // A message without an author was written by no person.
  const purpose = message.author_id === null ? 'automatic' : 'reply';
  const notices = await stopsOf(tx, agencyId, conversation.channel_id);
  const paused = await isPaused(tx, agencyId, conversation.client_id);
  const refusal = mayWrite(writableOf(conversation, channel?.status === 'active', notices, paused), now, purpose);
  if (refusal) return refuse(refusalOf(refusal));
  if (!channel?.connection_id) return refuse(refusalOf('channel_unavailable'));
  const to = await addressOf(tx, { agencyId, provider }, conversation.contact_id);
  if (to === null)
    return refuse({
      code: 'no_address',
      reason: `${PROVIDERS[provider].manifest.name} no longer tells us how to reach this customer.`,
      next: 'Wait for the customer to write again.',
    });
  const attempts = message.attempts + 1;
  await updateMessage(tx, agencyId, message.id, {
    status: 'sending',
    attempts,
    claimed_until: new Date(now.getTime() + CLAIM_SECONDS * 1000),
  });
  return {
    messageId: message.id,
    attempts,
    agencyId,
    clientId: channel.client_id,
    channelId: channel.id,
    connectionId: channel.connection_id,
    provider,
    actorId: message.author_id,
    outgoing: {
      accountId: channel.account_id,
      to,
      text: message.text,
      replyTo: message.reply_to_id ? await providerIdOf(tx, agencyId, message.reply_to_id) : null,
      messageId: message.id,
    },
  };
}

async function providerIdOf(tx: SystemTx, agencyId: string, messageId: string): Promise<string | null> {
  const quoted = await tx
    .selectFrom('messages')
    .select('provider_id')
    .where('agency_id', '=', agencyId)
    .where('id', '=', messageId)
    .executeTakeFirst();
  return quoted?.provider_id ?? null;
}

/** Puts a message back into the queue that was never sent, without counting the attempt. Answers when it may be tried again. */
export async function releaseClaim(
  tx: SystemTx,
  { agencyId, messageId, attempts }: Claimed,
  afterSeconds: number,
): Promise<Date> {
  const notBefore = new Date(txNow(tx).getTime() + afterSeconds * 1000);
  await tx
    .updateTable('messages')
    .set(row => ({
      status: 'queued',
      attempts: attempts - 1,
      claimed_until: null,
      not_before: notBefore,
      version: row('version', '+', 1),
    }))
    .where('agency_id', '=', agencyId)
    .where('id', '=', messageId)
    .where('status', '=', 'sending')
    .execute();
  return notBefore;
}

export async function updateMessage(
  tx: SystemTx,
  agencyId: string,
  id: string,
  change: Record<string, unknown>,
): Promise<void> {
  await tx
    .updateTable('messages')
    .set(row => ({ ...change, version: row('version', '+', 1) }))
    .where('agency_id', '=', agencyId)
    .where('id', '=', id)
    .execute();
}

/**
 * Conversations with a message whose claim has expired, because a worker died while it talked to the provider, or whose pause is over while
 * its job is gone.
 */
export async function findStranded(tx: SystemTx): Promise<SendData[]> {
  const now = txNow(tx);
  return tx
    .selectFrom('messages')
    .select(['agency_id as agencyId', 'conversation_id as conversationId'])
    .distinct()
    .where(where =>
      where.or([
        where.and([where('status', '=', 'sending'), where('claimed_until', '<=', now)]),
        where.and([where('status', '=', 'queued'), where('not_before', '<=', now)]),
      ]),
    )
    .limit(200)
    .execute();
}
