import { expiresAt } from '@astrix/contract';
import type { Insertable } from 'kysely';
import type { DemoClient, DemoMessage, DemoThread } from '../../../composition/index.ts';
import type { SeededRandom } from '../../../kernel/seeded-random.ts';
import type { Schema } from '../../../platform/db/index.ts';
import { maskPhone, type NewContact } from '../../contacts/index.ts';
import { previewOf } from '../read.ts';
import type { StoredReaction } from '../tables.ts';

const HOUR = 3_600_000;
const CANNOT_RECEIVE = {
  code: '131026',
  reason: 'This customer cannot receive the message.',
  next: 'They may not use WhatsApp on this number, or have blocked the business. Contact them another way.',
};

export type DemoRows = {
  readonly contacts: NewContact[];
  readonly conversations: Insertable<Schema['conversations']>[];
  readonly messages: Insertable<Schema['messages']>[];
  readonly notes: Insertable<Schema['notes']>[];
};

export type Around = {
  readonly agencyId: string;
  readonly client: DemoClient;
  readonly channelId: string;
  readonly random: SeededRandom;
};

/** Adds the rows of one thread. */
export function addConversation(rows: DemoRows, around: Around, thread: DemoThread): void {
  const { agencyId, client, channelId, random } = around;
  const { customer, status, stopHint, optedOutAt } = thread;
  const base = { agency_id: agencyId, client_id: client.id };
  const first = thread.messages[0]!.at;
  const contactId = random.id(first.getTime());
  const conversationId = random.id(first.getTime());
  const own = { ...base, conversation_id: conversationId };
  const messages: Insertable<Schema['messages']>[] = [];
  for (const [n, line] of thread.messages.entries()) {
    const id = random.id(line.at.getTime());
    if (line.from === 'note')
      rows.notes.push({
        ...own,
        ...{ id, author_id: line.authorId!, text: line.text, created_at: line.at, seq: n + 1 },
        expires_at: expiresAt('conversation', line.at),
      });
    else
      messages.push({
        ...own,
        ...messageOf(line, random),
        ...{ id, channel_id: channelId, seq: n + 1 },
        reply_to_id: line.isQuoting ? (messages.at(-1)?.id ?? null) : null,
      });
  }
  rows.messages.push(...messages);
  const last = messages.at(-1)!;
  const lastAt = last.sent_at as Date;
  const lastInbound = messages.findLast(({ direction }) => direction === 'in')!;
  const lastInboundAt = lastInbound.sent_at as Date;
  const expires = expiresAt('conversation', lastAt);
  const hint = { stop_hint: stopHint?.scope ?? null, stop_hint_at: stopHint?.at ?? null };
  rows.contacts.push({
    contact: {
      ...base,
      ...hint,
      id: contactId,
      name: customer.name,
      phone_masked: customer.userId === null ? maskPhone(customer.phone) : null,
      has_phone: customer.userId === null,
      handle: customer.userId,
      opted_out_at: optedOutAt,
      opt_out_source: optedOutAt ? 'customer' : null,
      first_seen_at: first,
      last_seen_at: lastInboundAt,
      expires_at: expires,
    },
    identity: {
      kind: customer.userId ? 'whatsapp' : 'phone',
      value: customer.userId ?? customer.phone,
      since: first,
    },
  });
  rows.conversations.push({
    ...base,
    ...hint,
    id: conversationId,
    contact_id: contactId,
    channel_id: channelId,
    provider: 'whatsapp',
    contact_name: customer.name ?? 'WhatsApp customer',
    status,
    assignee_id: thread.assigneeId,
    snoozed_until: thread.snoozedUntil,
    tags: [...thread.tags],
    unread: thread.unread,
    failed: messages.filter(message => message.status === 'failed').length,
    preview: previewOf(
      last.kind,
      last.text,
      thread.messages.findLast(({ from }) => from !== 'note')!.media?.fileName ?? null,
    ),
    preview_direction: last.direction,
    last_message_at: lastAt,
    last_inbound_id: lastInbound.id,
    last_inbound_at: lastInboundAt,
    window_expires_at: new Date(lastInboundAt.getTime() + 24 * HOUR),
    opted_out: optedOutAt !== null,
    last_seq: thread.messages.length,
    version: 1,
    expires_at: expires,
  });
}

function messageOf(line: DemoMessage, random: SeededRandom) {
  const reaction: StoredReaction | null = line.reaction
    ? { by: 'customer', emoji: line.reaction, at: (line.readAt ?? line.at).toISOString(), id: '' }
    : null;
  return {
    direction: line.from === 'customer' ? ('in' as const) : ('out' as const),
    kind: line.kind,
    text: line.text,
    content: JSON.stringify(line.content),
    media: line.media && JSON.stringify(line.media),
    author_id: line.authorId,
    from_phone: line.fromPhone,
    status: line.status,
    failure: line.status === 'failed' ? JSON.stringify(CANNOT_RECEIVE) : null,
    reactions: JSON.stringify(reaction ? [reaction] : []),
    edited_at: line.editedAt,
    deleted_at: null,
    sent_at: line.at,
    delivered_at: line.deliveredAt,
    read_at: line.readAt,
    provider_id: `wamid.DEMO${random.digits(18)}`,
    claimed_until: null,
    expires_at: expiresAt('conversation', line.at),
  };
}
