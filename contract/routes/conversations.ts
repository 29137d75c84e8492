import { z } from 'zod';
import { ContactRow, ConversationRow, MessageRow, NoteRow } from '../collections.ts';
import { Cursor, Id, Instant, MessageText, NoteText, Tag } from '../fields.ts';
import { defineRoute } from '../route.ts';

const conversationParams = z.strictObject({ clientId: Id, conversationId: Id });

/** What the six triage writes have in common. */
const triage = {
  auth: 'session',
  scope: 'client',
  permission: 'conversation.triage',
  dataClasses: ['end-customer'],
  ratePerMinute: 300,
  bodyLimit: 16_384,
  idempotency: 'key',
  params: conversationParams,
  reply: ConversationRow,
  replyStatus: 200,
} as const;

export const INBOX_FILTERS = ['open', 'mine', 'unassigned', 'closing', 'failed', 'snoozed', 'closed'] as const;
export const InboxFilter = z.enum(INBOX_FILTERS);
export type InboxFilter = z.infer<typeof InboxFilter>;
/** A window counts as closing when it ends within these many seconds. */
export const CLOSING_SECONDS = 4 * 3600;

export const listConversations = defineRoute({
  id: 'conversations.list',
  method: 'GET',
  path: '/v1/clients/:clientId/conversations',
  summary: 'Conversations of a client, newest first',
  auth: 'session',
  scope: 'client',
  permission: 'conversation.read',
  dataClasses: ['end-customer'],
  ratePerMinute: 300,
  bodyLimit: 0,
  idempotency: 'natural',
  audit: null,
  params: z.strictObject({ clientId: Id }),
  query: z.strictObject({
    filter: InboxFilter.default('open'),
    after: Cursor.optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  reply: z.strictObject({ conversations: z.array(ConversationRow), next: Cursor.nullable() }),
  replyStatus: 200,
  errors: ['not_found'],
});

export const getConversation = defineRoute({
  id: 'conversations.get',
  method: 'GET',
  path: '/v1/clients/:clientId/conversations/:conversationId',
  summary: 'One conversation',
  auth: 'session',
  scope: 'client',
  permission: 'conversation.read',
  dataClasses: ['end-customer'],
  ratePerMinute: 300,
  bodyLimit: 0,
  idempotency: 'natural',
  audit: null,
  params: conversationParams,
  reply: ConversationRow,
  replyStatus: 200,
  errors: ['not_found'],
});

export const listMessages = defineRoute({
  id: 'conversations.list-messages',
  method: 'GET',
  path: '/v1/clients/:clientId/conversations/:conversationId/messages',
  summary: 'Messages of a conversation, newest first',
  auth: 'session',
  scope: 'client',
  permission: 'conversation.read',
  dataClasses: ['end-customer'],
  ratePerMinute: 300,
  bodyLimit: 0,
  idempotency: 'natural',
  audit: null,
  params: conversationParams,
  query: z.strictObject({ before: Cursor.optional(), limit: z.coerce.number().int().min(1).max(200).default(50) }),
  reply: z.strictObject({ messages: z.array(MessageRow), notes: z.array(NoteRow), next: Cursor.nullable() }),
  replyStatus: 200,
  errors: ['not_found'],
});

export const reply = defineRoute({
  id: 'conversations.reply',
  method: 'POST',
  path: '/v1/clients/:clientId/conversations/:conversationId/messages',
  summary: 'Reply to the customer. The window, the opt-out and what was seen are checked when the request arrives',
  auth: 'session',
  scope: 'client',
  permission: 'conversation.reply',
  dataClasses: ['end-customer'],
  ratePerMinute: 120,
  bodyLimit: 32_768,
  idempotency: 'key',
  audit: 'message.send',
  params: conversationParams,
  body: z.strictObject({
    /** UUIDv7 made by the sender: the natural key of the effect, whatever is retried. */
    messageId: Id,
    text: MessageText,
    replyToId: Id.nullable().default(null),
    /** Newest incoming message that the writer had on screen; a newer one refuses with `conversation_changed`. Null for none. */
    seenInboundId: Id.nullable(),
    writtenAt: Instant,
  }),
  reply: MessageRow,
  replyStatus: 202,
  errors: [
    'not_found',
    'window_closed',
    'opted_out',
    'conversation_changed',
    'channel_unavailable',
    'idempotency_mismatch',
  ],
});

export const addNote = defineRoute({
  ...triage,
  id: 'conversations.add-note',
  method: 'POST',
  path: '/v1/clients/:clientId/conversations/:conversationId/notes',
  summary: 'Leave an internal note; customers never see it',
  audit: 'conversation.note',
  body: z.strictObject({ noteId: Id, text: NoteText }),
  reply: NoteRow,
  replyStatus: 201,
  errors: ['not_found', 'idempotency_mismatch'],
});

export const assign = defineRoute({
  ...triage,
  id: 'conversations.assign',
  method: 'PUT',
  path: '/v1/clients/:clientId/conversations/:conversationId/assignee',
  summary: 'Assign to a person who has access to the client, or to nobody',
  audit: 'conversation.assign',
  body: z.strictObject({ personId: Id.nullable() }),
  errors: ['not_found', 'idempotency_mismatch'],
});

export const changeTags = defineRoute({
  ...triage,
  id: 'conversations.change-tags',
  method: 'PUT',
  path: '/v1/clients/:clientId/conversations/:conversationId/tags',
  summary: 'Add and remove tags; both lists are sets, so two people cannot undo each other',
  audit: 'conversation.tag',
  body: z.strictObject({ add: z.array(Tag).max(20).default([]), remove: z.array(Tag).max(20).default([]) }),
  errors: ['not_found', 'invalid_request', 'idempotency_mismatch'],
});

export const snooze = defineRoute({
  ...triage,
  id: 'conversations.snooze',
  method: 'PUT',
  path: '/v1/clients/:clientId/conversations/:conversationId/snooze',
  summary: 'Hide until a time, or wake with null; a new customer message wakes it at once',
  audit: 'conversation.snooze',
  body: z.strictObject({ until: Instant.nullable() }),
  errors: ['not_found', 'invalid_request', 'idempotency_mismatch'],
});

export const setStatus = defineRoute({
  ...triage,
  id: 'conversations.set-status',
  method: 'PUT',
  path: '/v1/clients/:clientId/conversations/:conversationId/status',
  summary: 'Close or reopen',
  audit: 'conversation.status',
  body: z.strictObject({ status: z.enum(['open', 'closed']) }),
  errors: ['not_found', 'idempotency_mismatch'],
});

export const markRead = defineRoute({
  ...triage,
  id: 'conversations.mark-read',
  method: 'PUT',
  path: '/v1/clients/:clientId/conversations/:conversationId/read',
  summary: 'Mark incoming messages read up to and including one',
  audit: null,
  body: z.strictObject({ upToId: Id }),
  errors: ['not_found', 'idempotency_mismatch'],
});

const contactParams = z.strictObject({ clientId: Id, contactId: Id });

export const getContact = defineRoute({
  id: 'contacts.get',
  method: 'GET',
  path: '/v1/clients/:clientId/contacts/:contactId',
  summary: 'A customer, with identifiers masked',
  auth: 'session',
  scope: 'client',
  permission: 'contact.read',
  dataClasses: ['end-customer'],
  ratePerMinute: 300,
  bodyLimit: 0,
  idempotency: 'natural',
  audit: null,
  params: contactParams,
  reply: ContactRow,
  replyStatus: 200,
  errors: ['not_found'],
});

export const setOptOut = defineRoute({
  id: 'contacts.set-opt-out',
  method: 'PUT',
  path: '/v1/clients/:clientId/contacts/:contactId/opt-out',
  summary: 'Record that a customer opted out, or in again; queued messages to them stop at once (ME-04)',
  auth: 'session',
  scope: 'client',
  permission: 'contact.consent',
  dataClasses: ['end-customer'],
  ratePerMinute: 60,
  bodyLimit: 4096,
  idempotency: 'key',
  audit: 'contact.consent',
  params: contactParams,
  body: z.strictObject({ optedOut: z.boolean(), reason: z.string().trim().min(1).max(200) }),
  reply: ContactRow,
  replyStatus: 200,
  errors: ['not_found', 'idempotency_mismatch'],
});

export const setNotificationPreference = defineRoute({
  id: 'notifications.set-preference',
  method: 'PUT',
  path: '/v1/clients/:clientId/notification-preference',
  summary: 'Mute a client or set quiet hours for yourself',
  auth: 'session',
  scope: 'client',
  permission: 'notification.own',
  dataClasses: ['account'],
  ratePerMinute: 60,
  bodyLimit: 1024,
  idempotency: 'natural',
  audit: null,
  params: z.strictObject({ clientId: Id }),
  body: z.strictObject({
    muted: z.boolean(),
    quietFrom: z.int().min(0).max(1439).nullable(),
    quietTo: z.int().min(0).max(1439).nullable(),
  }),
  reply: z.null(),
  replyStatus: 204,
  errors: ['not_found'],
});
