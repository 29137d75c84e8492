import { type ProviderId, secondOf } from '@astrix/contract';
import { sql } from 'kysely';
import { newId } from '../../kernel/ids.ts';
import type { AuditTrail } from '../../platform/audit/index.ts';
import { type SystemTx, txNow } from '../../platform/db/index.ts';
import { effectOf, type InboundEvent, type InboundEventOf } from '../../providers/messaging.ts';
import { PROVIDERS } from '../../providers/registry.ts';
import { keptUntil } from '../clients/index.ts';
import { type ContactConsent, changeIdentity, resolveContact } from '../contacts/index.ts';
import { APPLIED, type Applied, dead, NOTHING_NEW, outOfOrder } from '../webhooks/index.ts';
import { applyNotice } from './account-notices.ts';
import { applyDeletion, applyEdit, applyReaction, applyStatus } from './apply-changes.ts';
import type { ChannelRef } from './channels.ts';
import { consentColumns } from './consent-columns.ts';
import { applyPreference } from './heed-consent.ts';
import { isAfter, type Position } from './order.ts';
import { providerTime } from './provider-time.ts';
import { previewOf } from './read.ts';

/** Applies one event. Every effect is idempotent by a natural key and never moves a state backwards (WH-08, WH-10). */
export async function applyEvent(
  tx: SystemTx,
  channel: ChannelRef,
  event: InboundEvent,
  audit: AuditTrail,
): Promise<Applied> {
  switch (event.kind) {
    case 'message':
      return applyMessage(tx, channel, event);
    case 'status':
      return applyStatus(tx, channel, event);
    case 'reaction':
      return applyReaction(tx, channel, event);
    case 'edit':
      return applyEdit(tx, channel, event);
    case 'deletion':
      return applyDeletion(tx, channel, event);
    case 'identity':
      return applyIdentity(tx, channel, event);
    case 'preference':
      return applyPreference(tx, channel, event, audit);
    case 'notice':
      return applyNotice(tx, channel, event);
    case 'nothing':
      return NOTHING_NEW;
    case 'unknown':
      return dead(event.why);
  }
}

async function applyIdentity(tx: SystemTx, channel: ChannelRef, event: InboundEventOf<'identity'>): Promise<Applied> {
  const result = await changeIdentity(tx, channel, { was: event.was, is: event.is, at: new Date(event.at) });
  if (result === 'unknown-customer') return outOfOrder('a new identity of a customer who is not known');
  return result === 'changed' ? APPLIED : NOTHING_NEW;
}

async function applyMessage(tx: SystemTx, channel: ChannelRef, event: InboundEventOf<'message'>): Promise<Applied> {
  const now = txNow(tx);
  const sentAt = providerTime(event.sentAt, now);
  const expires = await keptUntil(tx, channel.agencyId, channel.clientId, sentAt);
  // A copy that arrives after the message has expired: storing it would bring back what had to be deleted.
  if (expires <= now) return NOTHING_NEW;
  const known = await tx
    .selectFrom('messages')
    .select('id')
    .where('agency_id', '=', channel.agencyId)
    .where('channel_id', '=', channel.channelId)
    .where('provider_id', '=', event.providerId)
    .executeTakeFirst();
  if (known) return NOTHING_NEW;
  const contact = await resolveContact(tx, channel, event.from, sentAt);
  const conversation = await openConversation(tx, channel, contact, sentAt, expires);
  const id = newId(now);
  const stored = await tx
    .insertInto('messages')
    .values({
      agency_id: channel.agencyId,
      id,
      client_id: channel.clientId,
      conversation_id: conversation.id,
      channel_id: channel.channelId,
      direction: event.origin === 'phone' ? 'out' : 'in',
      kind: event.messageKind,
      text: event.text,
      content: JSON.stringify(event.content),
      media: event.media ? JSON.stringify(event.media) : null,
      reply_to_id: event.replyTo ? await messageIdOf(tx, channel, event.replyTo) : null,
      author_id: null,
      from_phone: event.origin === 'phone',
      status: event.origin === 'phone' ? 'sent' : 'received',
      failure: null,
      reactions: '[]',
      edited_at: null,
      deleted_at: null,
      sent_at: sentAt,
      delivered_at: null,
      read_at: null,
      provider_id: event.providerId,
      seq: conversation.last_seq + 1,
      claimed_until: null,
      expires_at: expires,
    })
    .onConflict(conflict =>
      conflict.columns(['agency_id', 'channel_id', 'provider_id']).where('provider_id', 'is not', null).doNothing(),
    )
    .returning('id')
    .executeTakeFirst();
  if (!stored) return NOTHING_NEW;

  // The message has the highest seq of its conversation, so it is the last of its second.
  const isLastOf = (at: Date | null) => at === null || secondOf(sentAt) >= secondOf(at);
  const { opensWindow, waits, answers } = effectOf(event.origin);
  const longer = opensWindow && isLastOf(conversation.last_inbound_at);
  const shown = isLastOf(conversation.last_message_at);
  const unread = answers ? await waitingAfter(tx, conversation, { at: sentAt, seq: conversation.last_seq + 1 }) : 0;
  await tx
    .updateTable('conversations')
    .set(row => ({
      last_seq: conversation.last_seq + 1,
      contact_name: contact.name,
      ...(waits
        ? {
            status: 'open',
            snoozed_until: null,
            unread: row('unread', '+', 1),
            // By arrival: what nobody can have seen yet is unread, and refuses a reply, however late it was delivered.
            last_inbound_id: id,
          }
        : {}),
      ...(answers ? { unread } : {}),
      ...(longer
        ? {
            last_inbound_at: sentAt,
            window_expires_at: windowEnd(channel.provider, sentAt),
          }
        : {}),
      ...(shown
        ? {
            preview: previewOf(event.messageKind, event.text, event.media?.fileName ?? null),
            preview_direction: event.origin === 'phone' ? 'out' : 'in',
            last_message_at: sql<Date>`greatest(last_message_at, ${sentAt})`,
          }
        : {}),
      expires_at: sql<Date>`greatest(expires_at, ${expires})`,
      version: row('version', '+', 1),
    }))
    .where('agency_id', '=', channel.agencyId)
    .where('id', '=', conversation.id)
    .execute();
  return APPLIED;
}

/** How many messages of the customer stand unread after an answer. */
async function waitingAfter(
  tx: SystemTx,
  conversation: { readonly id: string; readonly agency_id: string; readonly unread: number },
  answer: Position,
): Promise<number> {
  const { n } = await tx
    .selectFrom('messages')
    .select(row => row.fn.countAll<number>().as('n'))
    .where('agency_id', '=', conversation.agency_id)
    .where('conversation_id', '=', conversation.id)
    .where('direction', '=', 'in')
    .where('kind', '!=', 'system')
    .where(isAfter('sent_at', answer))
    .executeTakeFirstOrThrow();
  return Math.min(conversation.unread, Number(n));
}

/** Null at a provider that customers are not written with through: then nothing can be sent. */
function windowEnd(provider: ProviderId, newestInboundAt: Date): Date | null {
  const seconds = PROVIDERS[provider].messaging?.windowSeconds;
  return seconds === undefined ? null : new Date(newestInboundAt.getTime() + seconds * 1000);
}

/** One conversation for each customer and channel, locked for the rest of the transaction. */
async function openConversation(
  tx: SystemTx,
  channel: ChannelRef,
  contact: { id: string; name: string; consent: ContactConsent },
  sentAt: Date,
  expires: Date,
) {
  await tx
    .insertInto('conversations')
    .values({
      agency_id: channel.agencyId,
      id: newId(txNow(tx)),
      client_id: channel.clientId,
      contact_id: contact.id,
      channel_id: channel.channelId,
      provider: channel.provider,
      contact_name: contact.name,
      status: 'open',
      assignee_id: null,
      snoozed_until: null,
      tags: [],
      unread: 0,
      failed: 0,
      preview: '',
      preview_direction: null,
      last_message_at: sentAt,
      last_inbound_id: null,
      last_inbound_at: null,
      window_expires_at: null,
      ...consentColumns(contact.consent),
      version: 1,
      expires_at: expires,
    })
    .onConflict(conflict => conflict.columns(['agency_id', 'channel_id', 'contact_id']).doNothing())
    .execute();
  return tx
    .selectFrom('conversations')
    .select(['id', 'agency_id', 'unread', 'last_inbound_at', 'last_message_at', 'last_seq'])
    .where('agency_id', '=', channel.agencyId)
    .where('channel_id', '=', channel.channelId)
    .where('contact_id', '=', contact.id)
    .forUpdate()
    .executeTakeFirstOrThrow();
}

async function messageIdOf(tx: SystemTx, channel: ChannelRef, providerId: string): Promise<string | null> {
  const row = await tx
    .selectFrom('messages')
    .select('id')
    .where('agency_id', '=', channel.agencyId)
    .where('channel_id', '=', channel.channelId)
    .where('provider_id', '=', providerId)
    .executeTakeFirst();
  return row?.id ?? null;
}
