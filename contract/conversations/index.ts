import { z } from 'zod';
import { internal } from '../audience.ts';
import { collection } from '../collection.ts';
import { defineFeature } from '../feature.ts';
import { Cursor, Id, Instant, MessageText, NoteText, Tag } from '../fields.ts';
import { ROLES, ROLES_THAT_WRITE } from '../roles.ts';
import { clientRead, clientWrite, route } from '../route.ts';
import { InboxFilter } from './filters.ts';
import { AccountNoticeRow, ConversationRow, MessageRow, NoteRow } from './rows.ts';
import { writes } from './writes.ts';

const conversationParams = z.strictObject({ clientId: Id, conversationId: Id });

/** The inbox: conversations with customers, their messages and the internal notes between them. */
export const conversations = defineFeature('conversations', {
  optional: 'Inbox',
  permissions: {
    'conversation.read': ROLES,
    'conversation.reply': ROLES_THAT_WRITE,
    'conversation.triage': ROLES_THAT_WRITE,
  },
  collections: {
    conversations: collection(ConversationRow, {
      scope: 'client',
      dataClass: 'end-customer',
      retention: 'conversation',
      store: 'own',
    }),
    messages: collection(MessageRow, {
      scope: 'client',
      dataClass: 'end-customer',
      retention: 'conversation',
      store: 'own',
    }),
    accountNotices: collection(AccountNoticeRow, {
      scope: 'client',
      dataClass: 'client-business',
      retention: 'account',
      listed: ({ at }) => ({ at, status: null, words: null }),
    }),
    notes: collection(NoteRow, {
      scope: 'client',
      audience: 'agency',
      dataClass: 'end-customer',
      retention: 'conversation',
      store: 'own',
    }),
  },
  routes: {
    list: clientRead({
      path: '/v1/clients/:clientId/conversations',
      summary: 'Conversations of a client, newest first',
      permission: 'conversation.read',
      dataClasses: ['end-customer'],
      query: z.strictObject({
        filter: InboxFilter.default('open'),
        after: Cursor.optional(),
        limit: z.coerce.number().int().min(1).max(200).default(50),
      }),
      reply: z.strictObject({ conversations: z.array(ConversationRow), next: Cursor.nullable() }),
    }),
    get: clientRead({
      path: '/v1/clients/:clientId/conversations/:conversationId',
      summary: 'One conversation',
      permission: 'conversation.read',
      dataClasses: ['end-customer'],
      params: conversationParams,
      reply: ConversationRow,
    }),
    'list-messages': clientRead({
      path: '/v1/clients/:clientId/conversations/:conversationId/messages',
      summary: 'Messages of a conversation, newest first',
      permission: 'conversation.read',
      dataClasses: ['end-customer'],
      params: conversationParams,
      query: z.strictObject({ before: Cursor.optional(), limit: z.coerce.number().int().min(1).max(200).default(50) }),
      reply: z.strictObject({
        messages: z.array(MessageRow),
        notes: internal(z.array(NoteRow), []),
        next: Cursor.nullable(),
      }),
    }),
    reply: route({
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
        'account_stopped',
        'channel_unavailable',
        'idempotency_mismatch',
      ],
    }),
    'add-note': clientWrite({
      method: 'POST',
      path: '/v1/clients/:clientId/conversations/:conversationId/notes',
      summary: 'Leave an internal note; not visible to customers',
      permission: 'conversation.triage',
      dataClasses: ['end-customer'],
      audit: 'conversation.note',
      params: conversationParams,
      body: z.strictObject({ noteId: Id, text: NoteText }),
      reply: NoteRow,
      replyStatus: 201,
    }),
    assign: clientWrite({
      method: 'PUT',
      path: '/v1/clients/:clientId/conversations/:conversationId/assignee',
      summary: 'Assign to a person who has access to the client, or to nobody',
      permission: 'conversation.triage',
      dataClasses: ['end-customer'],
      audit: 'conversation.assign',
      params: conversationParams,
      body: z.strictObject({ personId: Id.nullable() }),
      reply: ConversationRow,
    }),
    'change-tags': clientWrite({
      method: 'PUT',
      path: '/v1/clients/:clientId/conversations/:conversationId/tags',
      summary: 'Add and remove tags; both lists are sets, so two people cannot undo each other',
      permission: 'conversation.triage',
      dataClasses: ['end-customer'],
      audit: 'conversation.tag',
      params: conversationParams,
      body: z.strictObject({ add: z.array(Tag).max(20).default([]), remove: z.array(Tag).max(20).default([]) }),
      reply: ConversationRow,
      errors: ['not_found', 'invalid_request', 'idempotency_mismatch'],
    }),
    snooze: clientWrite({
      method: 'PUT',
      path: '/v1/clients/:clientId/conversations/:conversationId/snooze',
      summary: 'Hide until a time, or wake with null; a new customer message wakes it at once',
      permission: 'conversation.triage',
      dataClasses: ['end-customer'],
      audit: 'conversation.snooze',
      params: conversationParams,
      body: z.strictObject({ until: Instant.nullable() }),
      reply: ConversationRow,
      errors: ['not_found', 'invalid_request', 'idempotency_mismatch'],
    }),
    'set-status': clientWrite({
      method: 'PUT',
      path: '/v1/clients/:clientId/conversations/:conversationId/status',
      summary: 'Close or reopen',
      permission: 'conversation.triage',
      dataClasses: ['end-customer'],
      audit: 'conversation.status',
      params: conversationParams,
      body: z.strictObject({ status: z.enum(['open', 'closed']) }),
      reply: ConversationRow,
    }),
    'mark-read': clientWrite({
      method: 'PUT',
      path: '/v1/clients/:clientId/conversations/:conversationId/read',
      summary: 'Mark incoming messages read up to and including one',
      permission: 'conversation.triage',
      dataClasses: ['end-customer'],
      audit: null,
      params: conversationParams,
      body: z.strictObject({ upToId: Id }),
      reply: ConversationRow,
    }),
    'mark-unread': clientWrite({
      method: 'PUT',
      path: '/v1/clients/:clientId/conversations/:conversationId/unread',
      summary:
        'Mark as unread, so that somebody comes back to it; one without a message of the customer stays as it is',
      permission: 'conversation.triage',
      dataClasses: ['end-customer'],
      audit: null,
      params: conversationParams,
      reply: ConversationRow,
    }),
    'dismiss-failure': clientWrite({
      method: 'PUT',
      path: '/v1/clients/:clientId/conversations/:conversationId/dismissed-failure',
      summary: 'Mark a message that failed as dealt with; one that did not fail or was dealt with is left as it is',
      permission: 'conversation.reply',
      dataClasses: ['end-customer'],
      audit: 'message.dismiss-failure',
      params: conversationParams,
      body: z.strictObject({ failedId: Id }),
      reply: ConversationRow,
    }),
  },
  writes,
});
