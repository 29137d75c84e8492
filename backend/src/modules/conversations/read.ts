import {
  CLOSING_SECONDS,
  type ContentPart,
  type ConversationRow,
  type InboxFilter,
  type MessageRow,
  type NoteRow,
  secondOf,
  shorten,
  type Writable,
} from '@astrix/contract';
import type { Selectable } from 'kysely';
import { sql } from 'kysely';
import { fail } from '../../kernel/errors.ts';
import { type Schema, type TenantTx, txActor, txNow } from '../../platform/db/index.ts';
import { maskPhone } from '../contacts/index.ts';
import { isAfter, isBefore, type Position, threadSecond } from './order.ts';
import type { StoredReaction } from './tables.ts';

const iso = (at: Date | null) => at?.toISOString() ?? null;

const stopHintOf = ({ stop_hint: scope, stop_hint_at: at }: Selectable<Schema['conversations']>) =>
  scope && at && { scope, at: at.toISOString() };

export function conversationRow(row: Selectable<Schema['conversations']>): ConversationRow {
  return {
    id: row.id,
    clientId: row.client_id,
    contactId: row.contact_id,
    contactName: row.contact_name,
    channel: row.provider,
    status: row.status,
    assigneeId: row.assignee_id,
    snoozedUntil: iso(row.snoozed_until),
    tags: row.tags,
    unread: row.unread,
    failed: row.failed,
    preview: row.preview,
    previewDirection: row.preview_direction,
    lastMessageAt: row.last_message_at.toISOString(),
    lastInboundId: row.last_inbound_id,
    windowExpiresAt: iso(row.window_expires_at),
    optedOut: row.opted_out,
    marketingOptedOut: row.marketing_opted_out,
    stopHint: stopHintOf(row),
    version: row.version,
    expiresAt: row.expires_at.toISOString(),
  };
}

/** What decides whether a message may be written in this conversation. */
export const writableOf = (
  row: Selectable<Schema['conversations']>,
  channelActive: boolean,
  notices: NonNullable<Writable['notices']>,
  clientPaused: boolean,
): Writable => ({
  clientPaused,
  optedOut: row.opted_out,
  marketingOptedOut: row.marketing_opted_out,
  stopHint: stopHintOf(row),
  windowExpiresAt: row.window_expires_at,
  channelActive,
  notices,
});

export function messageRow(row: Selectable<Schema['messages']>): MessageRow {
  return {
    id: row.id,
    clientId: row.client_id,
    conversationId: row.conversation_id,
    direction: row.direction,
    kind: row.kind,
    text: row.deleted_at ? '' : row.text,
    content: row.deleted_at ? [] : (row.content as ContentPart[]).map(maskedPart),
    media: row.deleted_at ? null : (row.media as MessageRow['media']),
    replyToId: row.reply_to_id,
    authorId: row.author_id,
    fromPhone: row.from_phone,
    status: row.status,
    failure: row.failure as MessageRow['failure'],
    reactions: (row.reactions as StoredReaction[])
      .map(({ by, emoji }) => ({ by, emoji }))
      .filter(reaction => reaction.emoji !== ''),
    editedAt: iso(row.edited_at),
    deletedAt: iso(row.deleted_at),
    sentAt: row.sent_at.toISOString(),
    deliveredAt: iso(row.delivered_at),
    readAt: iso(row.read_at),
    seq: row.seq,
    version: row.version,
    expiresAt: row.expires_at.toISOString(),
  };
}

/** How to reach people whose details a customer shared is masked like the phone of the customer. */
const maskedPart = (part: ContentPart): ContentPart =>
  part.kind === 'people'
    ? { ...part, people: part.people.map(person => ({ ...person, reach: person.reach.map(masked) })) }
    : part;

function masked(reach: string): string {
  const [name = '', host] = reach.split('@');
  return host === undefined ? maskPhone(reach.replace(/\D/g, '')) : `${[...name][0] ?? ''}•••@${host}`;
}

export function noteRow(row: Selectable<Schema['notes']>): NoteRow {
  return {
    id: row.id,
    clientId: row.client_id,
    conversationId: row.conversation_id,
    authorId: row.author_id,
    text: row.text,
    createdAt: row.created_at.toISOString(),
    seq: row.seq,
    expiresAt: row.expires_at.toISOString(),
  };
}

export const readConversations = async (tx: TenantTx, ids: readonly string[]) =>
  (await tx.selectFrom('conversations').selectAll().where('id', 'in', ids).execute()).map(conversationRow);
export const readMessages = async (tx: TenantTx, ids: readonly string[]) =>
  (await tx.selectFrom('messages').selectAll().where('id', 'in', ids).execute()).map(messageRow);
export const readNotes = async (tx: TenantTx, ids: readonly string[]) =>
  (await tx.selectFrom('notes').selectAll().where('id', 'in', ids).execute()).map(noteRow);

const NOT_OF_THIS_LIST = 'This cursor was not made by this list.';

/** `<milliseconds>.<id>`: the last row of a page. */
type Cursor = { readonly at: Date; readonly id: string };
const cursorAt = (at: Date, id: string) => `${at.getTime()}.${id}`;

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function readCursor(cursor: string | undefined): Cursor | null {
  if (cursor === undefined) return null;
  const [millis, id] = cursor.split('.');
  if (!millis || !/^\d{1,13}$/.test(millis) || !id || !UUID.test(id))
    fail('invalid_request', { detail: NOT_OF_THIS_LIST });
  return { at: new Date(Number(millis)), id };
}

export async function listConversations(
  tx: TenantTx,
  clientId: string,
  filter: InboxFilter,
  after: string | undefined,
  limit: number,
) {
  const now = txNow(tx);
  const from = readCursor(after);
  let query = tx
    .selectFrom('conversations')
    .selectAll()
    .where('client_id', '=', clientId)
    .orderBy('last_message_at', 'desc')
    .orderBy('id')
    .limit(limit);
  if (from)
    query = query.where(
      sql<boolean>`(last_message_at < ${from.at} or (last_message_at = ${from.at} and id > ${from.id}::uuid))`,
    );
  query = query.where('status', '=', filter === 'snoozed' ? 'snoozed' : filter === 'closed' ? 'closed' : 'open');
  if (filter === 'mine') query = query.where('assignee_id', '=', txActor(tx).personId);
  if (filter === 'unassigned') query = query.where('assignee_id', 'is', null);
  if (filter === 'failed') query = query.where('failed', '>', 0);
  if (filter === 'closing')
    query = query
      .where('window_expires_at', '>', now)
      .where('window_expires_at', '<=', new Date(now.getTime() + CLOSING_SECONDS * 1000));
  const rows = await query.execute();
  const last = rows.length === limit ? rows.at(-1) : undefined;
  return { conversations: rows.map(conversationRow), next: last ? cursorAt(last.last_message_at, last.id) : null };
}

/** `<second>.<seq>`: the last message of a page of a thread. */
function readPosition(cursor: string | undefined): Position | null {
  if (cursor === undefined) return null;
  const [, second, seq] = /^(\d{1,11})\.(\d{1,15})$/.exec(cursor) ?? [];
  if (!second || !seq) fail('invalid_request', { detail: NOT_OF_THIS_LIST });
  return { at: new Date(Number(second) * 1000), seq: Number(seq) };
}

/** Characters of the messages of one reply: a client gives up a reply of 8 MiB. */
const REPLY_LENGTH = 1_000_000;

/** The first messages that fit into one reply, and at least one. */
export function fitting<R extends { readonly text: string }>(rows: readonly R[]): R[] {
  let length = 0;
  return rows.filter((row, n) => {
    length += row.text.length;
    return n === 0 || length <= REPLY_LENGTH;
  });
}

/** A page of messages, newest first, and the notes that stand between them. */
export async function listMessages(tx: TenantTx, conversationId: string, before: string | undefined, limit: number) {
  const from = readPosition(before);
  const found = await tx
    .selectFrom('messages')
    .selectAll()
    .where('conversation_id', '=', conversationId)
    .$if(from !== null, query => query.where(isBefore('sent_at', from!)))
    .orderBy(threadSecond('sent_at'), 'desc')
    .orderBy('seq', 'desc')
    .limit(limit)
    .execute();
  const rows = fitting(found);
  const last = found.length === limit || rows.length < found.length ? rows.at(-1) : undefined;
  const notes = await tx
    .selectFrom('notes')
    .selectAll()
    .where('conversation_id', '=', conversationId)
    .$if(from !== null, query => query.where(isBefore('created_at', from!)))
    .$if(last !== undefined, query => query.where(isAfter('created_at', { at: last!.sent_at, seq: last!.seq })))
    .orderBy(threadSecond('created_at'), 'desc')
    .orderBy('seq', 'desc')
    .execute();
  return {
    messages: rows.map(messageRow),
    notes: notes.map(noteRow),
    next: last ? `${secondOf(last.sent_at)}.${last.seq}` : null,
  };
}

/** Locks the conversation for the rest of the transaction. One of another client answers like one that does not exist. */
export async function lockConversation(
  tx: TenantTx,
  clientId: string,
  conversationId: string,
): Promise<Selectable<Schema['conversations']>> {
  const row = await tx
    .selectFrom('conversations')
    .selectAll()
    .where('client_id', '=', clientId)
    .where('id', '=', conversationId)
    .forUpdate()
    .executeTakeFirst();
  return row ?? fail('not_found');
}

export async function getConversation(
  tx: TenantTx,
  clientId: string,
  conversationId: string,
): Promise<ConversationRow> {
  const row = await tx
    .selectFrom('conversations')
    .selectAll()
    .where('client_id', '=', clientId)
    .where('id', '=', conversationId)
    .executeTakeFirst();
  return row ? conversationRow(row) : fail('not_found');
}

export const previewOf = (kind: string, text: string, fileName: string | null): string => {
  const shown = text || (fileName ? `${labelOf(kind)}: ${fileName}` : labelOf(kind));
  return shorten(shown.replace(/\s+/g, ' ').trim(), 160);
};

const LABELS: Readonly<Record<string, string>> = {
  image: 'Picture',
  video: 'Video',
  audio: 'Voice message',
  document: 'Document',
  sticker: 'Sticker',
  location: 'Location',
  contacts: 'Contact',
};
const labelOf = (kind: string) => LABELS[kind] ?? 'Message';
