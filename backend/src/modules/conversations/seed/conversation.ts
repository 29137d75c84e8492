import { expiresAt } from '@astrix/contract';
import type { Insertable } from 'kysely';
import type { DemoCast, DemoClient } from '../../../composition/index.ts';
import type { SeededRandom } from '../../../kernel/seeded-random.ts';
import type { Schema } from '../../../platform/db/index.ts';
import { maskPhone, type NewContact } from '../../contacts/index.ts';
import { previewOf } from '../read.ts';
import { type DemoMessage, failLast, messagesOf, notesOf } from './messages.ts';
import { SCENES } from './scenes.ts';

const HOUR = 3_600_000;

export type DemoRows = {
  readonly contacts: NewContact[];
  readonly conversations: Insertable<Schema['conversations']>[];
  readonly messages: Insertable<Schema['messages']>[];
  readonly notes: Insertable<Schema['notes']>[];
};

export type Around = {
  readonly cast: DemoCast;
  readonly client: DemoClient;
  readonly channelId: string;
  readonly random: SeededRandom;
  readonly now: Date;
};

/** How long ago the newest message is: some minutes for the first conversations, spread over three weeks for the rest. */
const ageOf = (i: number, random: SeededRandom) =>
  i < 4
    ? random.between(2, 50) * 60_000
    : i < 9
      ? random.between(1, 12) * HOUR
      : i < 12
        ? (20.2 + random.fraction() * 3.6) * HOUR
        : random.between(25, 480) * HOUR;

/** Colleagues who answer customers of the client. */
const answering = ({ people, clients }: DemoCast, client: DemoClient) =>
  people
    .filter(({ role }) => role === 'agent' || role === 'manager')
    .filter(person => person.clients === 'all' || person.clients.some(at => clients[at]?.id === client.id));

/** Adds the rows of the client's `i`th conversation. The same cast and position give the same words, relative to `now`. */
export function addConversation(rows: DemoRows, { cast, client, channelId, random, now }: Around, i: number): void {
  const scene = random.of(SCENES);
  const newest = now.getTime() - ageOf(i, random);
  const hidden = i === 7;
  const { customers } = cast;
  const name = hidden ? null : customers[(i * 5 + Number(client.accountId.slice(-2)) * 3) % customers.length]!;
  const phone = `919${random.digits(9)}`;
  const base = { agency_id: cast.agency.id, client_id: client.id };
  const contactId = random.id(newest);
  const conversationId = random.id(newest);
  const waiting = i < 6 || i === 10;
  const messages = messagesOf({ scene, client, newest, waiting, random });
  const last = messages.at(-1)!;
  const inbound = messages.filter(message => message.direction === 'in');
  const lastInbound = inbound.at(-1)!;
  const optedOut = i === 14;
  const failed = i === 8 || i === 16;
  if (failed) failLast(messages);
  const expires = expiresAt('conversation', last.sent_at);
  const userId = hidden ? `IN.${random.digits(16)}` : null;
  rows.contacts.push({
    contact: {
      ...base,
      id: contactId,
      name,
      phone_masked: hidden ? null : maskPhone(phone),
      has_phone: !hidden,
      handle: userId,
      opted_out_at: optedOut ? last.sent_at : null,
      opt_out_source: optedOut ? 'customer' : null,
      first_seen_at: messages[0]!.sent_at,
      last_seen_at: lastInbound.sent_at,
      expires_at: expires,
    },
    identity: { kind: userId ? 'whatsapp' : 'phone', value: userId ?? phone, since: lastInbound.sent_at },
  });
  const status = i === 5 || i === 13 ? 'snoozed' : i > 19 ? 'closed' : 'open';
  const people = answering(cast, client);
  const colleague = (n: number) => people[n % people.length]?.id ?? null;
  rows.conversations.push({
    ...base,
    id: conversationId,
    contact_id: contactId,
    channel_id: channelId,
    provider: 'whatsapp',
    contact_name: name ?? 'WhatsApp customer',
    status,
    assignee_id: i % 3 === 1 ? null : colleague(i),
    snoozed_until: status === 'snoozed' ? new Date(now.getTime() + random.between(3, 60) * HOUR) : null,
    tags: [...scene.tags, ...(i % 7 === 3 ? ['vip'] : [])],
    unread: waiting ? Math.min(inbound.length, random.between(1, 3)) : 0,
    failed: failed ? 1 : 0,
    preview: previewOf(last.kind, last.text, null),
    preview_direction: last.direction,
    last_message_at: last.sent_at,
    last_inbound_id: lastInbound.id,
    last_inbound_at: lastInbound.sent_at,
    window_expires_at: new Date(lastInbound.sent_at.getTime() + 24 * HOUR),
    opted_out: optedOut,
    last_seq: messages.length + scene.turns.filter(([who]) => who === 'n').length,
    version: 1,
    expires_at: expires,
  });
  const own = { ...base, conversation_id: conversationId };
  rows.messages.push(
    ...messages.map(({ author, ...message }: DemoMessage, n) => ({
      ...own,
      ...message,
      channel_id: channelId,
      author_id: message.direction === 'out' ? colleague(author) : null,
      seq: n + 1,
    })),
  );
  for (const [n, note] of notesOf(scene, messages, random).entries())
    rows.notes.push({
      ...own,
      ...note,
      author_id: people[i % people.length]!.id,
      seq: messages.length + n + 1,
      expires_at: expires,
    });
}
