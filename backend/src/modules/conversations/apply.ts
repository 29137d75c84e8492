import { expiresAt } from '@astrix/contract';
import { sql } from 'kysely';
import { newId } from '../../kernel/ids.ts';
import { type SystemTx, txNow } from '../../platform/db/index.ts';
import type { WhatsappEvent } from '../../providers/whatsapp/events.ts';
import { failureOf } from '../../providers/whatsapp/failures.ts';
import { WHATSAPP } from '../../providers/whatsapp/manifest.ts';
import { changeIdentity, consentIn, findContactId, type Place, resolveContact, setOptOut } from '../contacts/index.ts';
import { previewOf } from './read.ts';
import type { StoredReaction } from './tables.ts';

export type ChannelPlace = Place & { readonly channelId: string };
type Event<K extends WhatsappEvent['kind']> = Extract<WhatsappEvent, { kind: K }>;

/**
 * What became of an event. `early`: it speaks of something that has not arrived yet, so it has to be tried again; `dead` goes where a
 * person finds it.
 */
export type Applied =
  | { readonly outcome: 'applied' | 'nothing-new' }
  | { readonly outcome: 'early' | 'dead'; readonly reason: string };

const APPLIED: Applied = { outcome: 'applied' };
const NOTHING_NEW: Applied = { outcome: 'nothing-new' };
const early = (reason: string): Applied => ({ outcome: 'early', reason });

/** Clocks differ a little; a provider time further ahead than this is taken as now. */
const AHEAD_MS = 5 * 60_000;

/** The channels, and so the tenant, of a verified provider account; none for an account that is nobody's (WH-12). */
export async function findChannels(
  tx: SystemTx,
  account: { readonly accountId: string | null; readonly businessId: string | null },
): Promise<ChannelPlace[]> {
  const { accountId, businessId } = account;
  if (accountId === null && businessId === null) return [];
  return tx
    .selectFrom('channels')
    .select(['agency_id as agencyId', 'client_id as clientId', 'id as channelId'])
    .where('provider', '=', 'whatsapp')
    .$if(accountId !== null, query => query.where('account_id', '=', accountId))
    .$if(accountId === null, query => query.where('business_account_id', '=', businessId))
    .execute();
}

/** Applies one event. Every effect is idempotent by a natural key and never moves a state backwards (WH-08, WH-10). */
export async function applyEvent(tx: SystemTx, channel: ChannelPlace, event: WhatsappEvent): Promise<Applied> {
  switch (event.kind) {
    case 'message':
      return applyMessage(tx, channel, event);
    case 'status':
      return applyStatus(tx, channel, event);
    case 'reaction':
      return applyReaction(tx, channel, event);
    case 'edit':
      return applyEdit(tx, channel, event);
    case 'delete':
      return applyDelete(tx, channel, event);
    case 'identity':
      return (await changeIdentity(tx, channel, { ...event, at: new Date(event.at) }))
        ? APPLIED
        : early('a new identity of a customer who is not known');
    case 'preference':
      return applyPreference(tx, channel, event);
    case 'account':
      return applyNotice(tx, channel, event);
    case 'unknown':
      return { outcome: 'dead', reason: event.why };
  }
}

async function applyMessage(tx: SystemTx, channel: ChannelPlace, event: Event<'message'>): Promise<Applied> {
  const now = txNow(tx);
  const claimed = new Date(event.sentAt);
  const sentAt = claimed.getTime() > now.getTime() + AHEAD_MS ? now : claimed;
  const lives = expiresAt('conversation', sentAt) ?? sentAt;
  // Redelivered after its own life: storing it would bring back what had to go.
  if (lives <= now) return NOTHING_NEW;
  const known = await tx
    .selectFrom('messages')
    .select('id')
    .where('agency_id', '=', channel.agencyId)
    .where('channel_id', '=', channel.channelId)
    .where('provider_id', '=', event.providerId)
    .executeTakeFirst();
  if (known) return NOTHING_NEW;
  const contact = await resolveContact(tx, channel, event.from, sentAt);
  const conversation = await openConversation(tx, channel, contact, sentAt, lives);
  const id = newId(now);
  const stored = await tx
    .insertInto('messages')
    .values({
      agency_id: channel.agencyId,
      id,
      client_id: channel.clientId,
      conversation_id: conversation.id,
      channel_id: channel.channelId,
      direction: 'in',
      kind: event.messageKind,
      text: event.text,
      media: event.media ? JSON.stringify(event.media) : null,
      reply_to_id: event.replyTo ? await messageIdOf(tx, channel, event.replyTo) : null,
      author_id: null,
      status: 'received',
      failure: null,
      reactions: '[]',
      edited_at: null,
      deleted_at: null,
      sent_at: sentAt,
      delivered_at: null,
      read_at: null,
      provider_id: event.providerId,
      claimed_until: null,
      expires_at: lives,
    })
    .onConflict(conflict =>
      conflict.columns(['agency_id', 'channel_id', 'provider_id']).where('provider_id', 'is not', null).doNothing(),
    )
    .returning('id')
    .executeTakeFirst();
  if (!stored) return NOTHING_NEW;

  const consent = event.messageKind === 'text' ? consentIn(event.text) : null;
  const said = consent && { optedOut: consent === 'stop', source: 'customer', at: sentAt };
  const changed = said !== null && (await setOptOut(tx, channel.agencyId, contact.id, said));
  const optedOut = changed ? said.optedOut : contact.optedOut;
  const newest = conversation.last_inbound_at === null || sentAt >= conversation.last_inbound_at;
  const shown = sentAt >= conversation.last_message_at;
  await tx
    .updateTable('conversations')
    .set(row => ({
      contact_name: contact.name,
      opted_out: optedOut,
      status: 'open',
      snoozed_until: null,
      unread: row('unread', '+', 1),
      ...(newest
        ? {
            last_inbound_id: id,
            last_inbound_at: sentAt,
            window_expires_at: new Date(sentAt.getTime() + WHATSAPP.limits.windowSeconds * 1000),
          }
        : {}),
      ...(shown
        ? {
            preview: previewOf(event.messageKind, event.text, event.media?.fileName ?? null),
            preview_direction: 'in',
            last_message_at: sentAt,
          }
        : {}),
      expires_at: sql<Date>`greatest(expires_at, ${lives})`,
      version: row('version', '+', 1),
    }))
    .where('agency_id', '=', channel.agencyId)
    .where('id', '=', conversation.id)
    .execute();
  return APPLIED;
}

/** One conversation for each customer and channel, locked for the rest of the transaction. */
async function openConversation(
  tx: SystemTx,
  channel: ChannelPlace,
  contact: { id: string; name: string; optedOut: boolean },
  sentAt: Date,
  lives: Date,
) {
  await tx
    .insertInto('conversations')
    .values({
      agency_id: channel.agencyId,
      id: newId(txNow(tx)),
      client_id: channel.clientId,
      contact_id: contact.id,
      channel_id: channel.channelId,
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
      opted_out: contact.optedOut,
      version: 1,
      expires_at: lives,
    })
    .onConflict(conflict => conflict.columns(['agency_id', 'channel_id', 'contact_id']).doNothing())
    .execute();
  return tx
    .selectFrom('conversations')
    .select(['id', 'last_inbound_at', 'last_message_at'])
    .where('agency_id', '=', channel.agencyId)
    .where('channel_id', '=', channel.channelId)
    .where('contact_id', '=', contact.id)
    .forUpdate()
    .executeTakeFirstOrThrow();
}

async function messageIdOf(tx: SystemTx, channel: ChannelPlace, providerId: string): Promise<string | null> {
  const row = await tx
    .selectFrom('messages')
    .select('id')
    .where('agency_id', '=', channel.agencyId)
    .where('channel_id', '=', channel.channelId)
    .where('provider_id', '=', providerId)
    .executeTakeFirst();
  return row?.id ?? null;
}

/** Forwards only. `failed` is final, in whatever order the rest arrives; `unknown` gives way to anything that is known. */
const RANK = { queued: 0, sending: 1, unknown: 1, sent: 2, delivered: 3, read: 4, failed: 5, received: 9 } as const;

async function applyStatus(tx: SystemTx, channel: ChannelPlace, event: Event<'status'>): Promise<Applied> {
  const message = await outgoing(tx, channel, event);
  if (!message) return early('a status for a message that is not known');
  const at = new Date(event.at);
  const forward = RANK[event.status] > RANK[message.status];
  const failure = event.status === 'failed' ? failureOf(event.error?.code ?? 0, event.error?.details ?? '') : null;
  const learned = {
    ...(message.provider_id === null ? { provider_id: event.providerId, claimed_until: null } : {}),
    ...(forward ? { status: event.status, failure: failure ? JSON.stringify(failure) : null } : {}),
    ...((event.status === 'delivered' || event.status === 'read') && earlier(at, message.delivered_at)
      ? { delivered_at: at }
      : {}),
    ...(event.status === 'read' && earlier(at, message.read_at) ? { read_at: at } : {}),
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

const earlier = (at: Date, known: Date | null) => known === null || at < known;

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** By WhatsApp's id, else by our own, which every send carries along: so a status may come before our own record of the send. */
async function outgoing(tx: SystemTx, channel: ChannelPlace, event: Event<'status'>) {
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

export async function countFailed(tx: SystemTx, agencyId: string, conversationId: string): Promise<void> {
  await tx
    .updateTable('conversations')
    .set(row => ({ failed: row('failed', '+', 1), version: row('version', '+', 1) }))
    .where('agency_id', '=', agencyId)
    .where('id', '=', conversationId)
    .execute();
}

async function target(tx: SystemTx, channel: ChannelPlace, providerId: string) {
  return tx
    .selectFrom('messages')
    .select(['id', 'conversation_id', 'reactions', 'edited_at', 'edit_id', 'deleted_at', 'sent_at'])
    .where('agency_id', '=', channel.agencyId)
    .where('channel_id', '=', channel.channelId)
    .where('provider_id', '=', providerId)
    .forUpdate()
    .executeTakeFirst();
}

async function applyReaction(tx: SystemTx, channel: ChannelPlace, event: Event<'reaction'>): Promise<Applied> {
  const message = await target(tx, channel, event.target);
  if (!message) return early('a reaction to a message that is not known');
  const reactions = message.reactions as StoredReaction[];
  const mine = reactions.find(reaction => reaction.by === 'customer');
  if (mine && !isLater([event.sentAt, event.providerId], [mine.at, mine.id])) return NOTHING_NEW;
  const next: StoredReaction[] = [
    ...reactions.filter(reaction => reaction.by !== 'customer'),
    { by: 'customer', emoji: event.emoji, at: event.sentAt, id: event.providerId },
  ];
  return writeMessage(tx, channel, message.id, { reactions: JSON.stringify(next) });
}

async function applyEdit(tx: SystemTx, channel: ChannelPlace, event: Event<'edit'>): Promise<Applied> {
  const message = await target(tx, channel, event.target);
  if (!message) return early('an edit of a message that is not known');
  const shown = message.edited_at?.toISOString();
  if (message.deleted_at || (shown && !isLater([event.editedAt, event.providerId], [shown, message.edit_id ?? ''])))
    return NOTHING_NEW;
  await tx
    .updateTable('conversations')
    .set(row => ({ preview: previewOf('text', event.text, null), version: row('version', '+', 1) }))
    .where('agency_id', '=', channel.agencyId)
    .where('id', '=', message.conversation_id)
    .where('last_inbound_id', '=', message.id)
    .where('preview_direction', '=', 'in')
    .execute();
  const change = { text: event.text, edited_at: new Date(event.editedAt), edit_id: event.providerId };
  return writeMessage(tx, channel, message.id, change);
}

/** The words go, the place stays: a reply that quoted them would make no sense otherwise. */
async function applyDelete(tx: SystemTx, channel: ChannelPlace, event: Event<'delete'>): Promise<Applied> {
  const message = await target(tx, channel, event.target);
  if (!message) return early('a deletion of a message that is not known');
  if (message.deleted_at) return NOTHING_NEW;
  await tx
    .updateTable('conversations')
    .set(row => ({ preview: 'Message deleted', version: row('version', '+', 1) }))
    .where('agency_id', '=', channel.agencyId)
    .where('id', '=', message.conversation_id)
    .where('last_message_at', '=', message.sent_at)
    .execute();
  return writeMessage(tx, channel, message.id, {
    text: '',
    media: null,
    edited_at: null,
    edit_id: null,
    deleted_at: new Date(event.deletedAt),
  });
}

async function writeMessage(
  tx: SystemTx,
  channel: ChannelPlace,
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

async function applyPreference(tx: SystemTx, channel: ChannelPlace, event: Event<'preference'>): Promise<Applied> {
  const contactId = await findContactId(tx, channel, event.from);
  if (!contactId) return early('a preference of a customer who is not known');
  const at = new Date(event.at);
  if (event.scope === 'all') {
    const said = { optedOut: event.stop, source: 'customer', at };
    if (!(await setOptOut(tx, channel.agencyId, contactId, said))) return NOTHING_NEW;
    await tx
      .updateTable('conversations')
      .set(row => ({ opted_out: event.stop, version: row('version', '+', 1) }))
      .where('agency_id', '=', channel.agencyId)
      .where('contact_id', '=', contactId)
      .execute();
    return APPLIED;
  }
  const changed = await tx
    .updateTable('contacts')
    .set({ marketing_opt_out_at: event.stop ? at : null, marketing_at: at })
    .where('agency_id', '=', channel.agencyId)
    .where('id', '=', contactId)
    .where(where =>
      where.or([
        where('marketing_at', 'is', null),
        where('marketing_at', '<', at),
        // Of two in the same second, stop stands.
        ...(event.stop ? [where.and([where('marketing_at', '=', at), where('marketing_opt_out_at', 'is', null)])] : []),
      ]),
    )
    .returning('id')
    .executeTakeFirst();
  return changed ? APPLIED : NOTHING_NEW;
}

/** The newest word about a number, for those who manage it. Said again it is not news, however late the copy comes. */
async function applyNotice(tx: SystemTx, channel: ChannelPlace, event: Event<'account'>): Promise<Applied> {
  const { field, at, detail } = event;
  const said = JSON.stringify({ field, detail });
  const changed = await tx
    .updateTable('channels')
    .set({ notice: JSON.stringify({ field, at, detail }) })
    .where('agency_id', '=', channel.agencyId)
    .where('id', '=', channel.channelId)
    .where(sql<boolean>`(notice is null or (not notice @> ${said}::jsonb and notice->>'at' <= ${at}))`)
    .returning('id')
    .executeTakeFirst();
  return changed ? APPLIED : NOTHING_NEW;
}

/** Of two in the same second everybody must choose the same one, in whatever order they arrive: by the provider's id. */
const isLater = (one: readonly [at: string, id: string], other: readonly [at: string, id: string]) =>
  one[0] === other[0] ? one[1] > other[1] : one[0] > other[0];
