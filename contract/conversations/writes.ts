import { z } from 'zod';
import { Id, Instant, MessageText, NoteText, Tag } from '../fields.ts';
import { shorten } from '../shorten.ts';
import { defineWrite } from '../write.ts';
import { ConversationRow } from './rows.ts';

const MAX_TAGS = 20;
const PREVIEW_LENGTH = 160;

type At = { readonly clientId: string; readonly conversationId: string };
const at = { clientId: Id, conversationId: Id };
const params = ({ conversationId }: At) => ({ conversationId });

const onConversation = {
  subject: 'conversations',
  row: ConversationRow,
  subjectId: ({ conversationId }: At) => conversationId,
} as const;

/** The changes of a conversation that work without a network. */
export const writes = {
  reply: defineWrite({
    ...onConversation,
    args: z.strictObject({ ...at, text: MessageText, replyToId: Id.nullable(), seenInboundId: Id.nullable() }),
    answers: 'messages',
    complete: (_, { newId }) => ({ messageId: newId() }),
    request: ({ messageId, text, replyToId, seenInboundId, ...of }, { createdAt }) => ({
      params: params(of),
      body: { messageId, text, replyToId, seenInboundId, writtenAt: createdAt },
    }),
    overlay: (row, { text }, { createdAt }): ConversationRow => ({
      ...row,
      preview: shorten(text.replaceAll(/\s+/g, ' ').trim(), PREVIEW_LENGTH),
      previewDirection: 'out',
      lastMessageAt: createdAt > row.lastMessageAt ? createdAt : row.lastMessageAt,
    }),
    label: 'Reply',
    says: ({ text }) => text,
    // Whoever sends a refused reply again says which newer message they have read meanwhile.
    retry: z.strictObject({ seenInboundId: Id.nullable() }),
  }),
  'add-note': defineWrite({
    ...onConversation,
    args: z.strictObject({ ...at, text: NoteText }),
    answers: 'notes',
    complete: (_, { newId, personId }) => ({ noteId: newId(), authorId: personId }),
    request: ({ noteId, text, ...of }) => ({ params: params(of), body: { noteId, text } }),
    label: 'Note',
    says: ({ text }) => text,
  }),
  assign: defineWrite({
    ...onConversation,
    args: z.strictObject({ ...at, personId: Id.nullable() }),
    answers: 'conversations',
    request: ({ personId, ...of }) => ({ params: params(of), body: { personId } }),
    overlay: (row, { personId }) => ({ ...row, assigneeId: personId }),
    label: 'Assignment',
    says: ({ personId }) => (personId === null ? 'Unassign the conversation' : 'Assign the conversation'),
  }),
  'change-tags': defineWrite({
    ...onConversation,
    args: z.strictObject({ ...at, add: z.array(Tag).max(MAX_TAGS), remove: z.array(Tag).max(MAX_TAGS) }),
    answers: 'conversations',
    request: ({ add, remove, ...of }) => ({ params: params(of), body: { add, remove } }),
    overlay: (row, { add, remove }) => ({
      ...row,
      tags: [...new Set([...row.tags.filter(tag => !remove.includes(tag)), ...add])].sort().slice(0, MAX_TAGS),
    }),
    label: 'Tags',
    says: ({ add, remove }) =>
      [add.length > 0 ? `Add ${add.join(', ')}` : '', remove.length > 0 ? `Remove ${remove.join(', ')}` : '']
        .filter(Boolean)
        .join('; ') || 'Change tags',
  }),
  snooze: defineWrite({
    ...onConversation,
    args: z.strictObject({ ...at, until: Instant.nullable() }),
    answers: 'conversations',
    request: ({ until, ...of }) => ({ params: params(of), body: { until } }),
    overlay: (row, { until }): ConversationRow => ({
      ...row,
      status: until === null ? 'open' : 'snoozed',
      snoozedUntil: until,
    }),
    label: 'Snooze',
    says: ({ until }) => (until === null ? 'Unsnooze the conversation' : 'Snooze the conversation'),
  }),
  'set-status': defineWrite({
    ...onConversation,
    args: z.strictObject({ ...at, status: z.enum(['open', 'closed']) }),
    answers: 'conversations',
    request: ({ status, ...of }) => ({ params: params(of), body: { status } }),
    overlay: (row, { status }) => ({
      ...row,
      status,
      snoozedUntil: null,
      ...(status === 'closed' ? { unread: 0, failed: 0 } : {}),
    }),
    label: 'Status',
    says: ({ status }) => (status === 'closed' ? 'Close the conversation' : 'Reopen the conversation'),
  }),
  'mark-read': defineWrite({
    ...onConversation,
    args: z.strictObject({ ...at, upToId: Id }),
    answers: 'conversations',
    request: ({ upToId, ...of }) => ({ params: params(of), body: { upToId } }),
    overlay: (row, { upToId }) => (upToId === row.lastInboundId ? { ...row, unread: 0 } : row),
    label: 'Read mark',
    says: () => 'Mark as read',
    quiet: true,
  }),
  'mark-unread': defineWrite({
    ...onConversation,
    args: z.strictObject(at),
    answers: 'conversations',
    request: args => ({ params: params(args) }),
    overlay: row => (row.lastInboundId === null ? row : { ...row, unread: Math.max(1, row.unread) }),
    label: 'Unread mark',
    says: () => 'Mark as unread',
    quiet: true,
  }),
  'dismiss-failure': defineWrite({
    ...onConversation,
    args: z.strictObject({ ...at, failedId: Id }),
    answers: 'conversations',
    request: ({ failedId, ...of }) => ({ params: params(of), body: { failedId } }),
    overlay: row => ({ ...row, failed: Math.max(0, row.failed - 1) }),
    label: 'Failed reply',
    says: () => 'Dismiss a failed reply',
  }),
} as const;
