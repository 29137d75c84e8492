import { z } from 'zod';
import { collection } from '../collection.ts';
import { ConsentScope, ConversationRow } from '../conversations/rows.ts';
import { defineFeature } from '../feature.ts';
import { Id, Instant } from '../fields.ts';
import { ROLES, ROLES_THAT_WRITE } from '../roles.ts';
import { clientRead, clientWrite } from '../route.ts';
import { defineWrite } from '../write.ts';
import { ContactRow } from './rows.ts';

/** What a colleague decides about a customer who may have asked to stop. */
const StopHintAnswer = z.enum([...ConsentScope.options, 'keep']);

const contactParams = z.strictObject({ clientId: Id, contactId: Id });

/** Customers of a client, with their identifiers masked, and whether they may be written to. */
export const contacts = defineFeature('contacts', {
  permissions: { 'contact.read': ROLES, 'contact.consent': ROLES_THAT_WRITE },
  collections: {
    contacts: collection(ContactRow, { scope: 'client', dataClass: 'end-customer', retention: 'conversation' }),
  },
  routes: {
    get: clientRead({
      path: '/v1/clients/:clientId/contacts/:contactId',
      summary: 'A customer, with identifiers masked',
      permission: 'contact.read',
      dataClasses: ['end-customer'],
      params: contactParams,
      reply: ContactRow,
    }),
    'set-opt-out': clientWrite({
      method: 'PUT',
      path: '/v1/clients/:clientId/contacts/:contactId/opt-out',
      summary: 'Record that a customer opted out, or in again; queued messages to them stop at once (ME-04)',
      permission: 'contact.consent',
      dataClasses: ['end-customer'],
      ratePerMinute: 60,
      bodyLimit: 4096,
      audit: 'contact.consent',
      params: contactParams,
      body: z.strictObject({ optedOut: z.boolean(), reason: z.string().trim().min(1).max(200) }),
      reply: ContactRow,
    }),
    'answer-stop-hint': clientWrite({
      method: 'PUT',
      path: '/v1/clients/:clientId/contacts/:contactId/stop-hint',
      summary: 'Decide what a customer meant who may have asked to stop; automatic messages wait for this (ME-04)',
      permission: 'contact.consent',
      dataClasses: ['end-customer'],
      ratePerMinute: 60,
      bodyLimit: 4096,
      audit: 'contact.consent',
      params: contactParams,
      body: z.strictObject({
        choice: StopHintAnswer,
        /** Time of the hint that was on screen. A newer one stays open. */
        hintAt: Instant,
      }),
      reply: ContactRow,
    }),
  },
  writes: {
    'set-opt-out': defineWrite({
      args: z.strictObject({
        clientId: Id,
        conversationId: Id,
        contactId: Id,
        optedOut: z.boolean(),
        reason: z.string().trim().min(1).max(200),
      }),
      // The conversation is the subject: the opt-out changes what may be written there, so it keeps its place among the replies.
      subject: 'conversations',
      row: ConversationRow,
      subjectId: args => args.conversationId,
      answers: 'contacts',
      request: ({ contactId, optedOut, reason }) => ({ params: { contactId }, body: { optedOut, reason } }),
      overlay: (row, { optedOut }) => ({ ...row, optedOut }),
      label: 'Consent',
      says: ({ optedOut }) => (optedOut ? 'Record that the customer opted out' : 'Record that the customer opted in'),
    }),
    'answer-stop-hint': defineWrite({
      args: z.strictObject({
        clientId: Id,
        conversationId: Id,
        contactId: Id,
        choice: StopHintAnswer,
        hintAt: Instant,
      }),
      subject: 'conversations',
      row: ConversationRow,
      subjectId: args => args.conversationId,
      answers: 'contacts',
      request: ({ contactId, choice, hintAt }) => ({ params: { contactId }, body: { choice, hintAt } }),
      overlay: (row, { choice, hintAt }) => ({
        ...row,
        optedOut: row.optedOut || choice === 'all',
        marketingOptedOut: row.marketingOptedOut || choice === 'promotions',
        stopHint: row.stopHint && row.stopHint.at > hintAt ? row.stopHint : null,
      }),
      label: 'Consent',
      says: ({ choice }) =>
        ({ all: 'Stop all messages', promotions: 'Stop promotions', keep: 'Keep sending messages' })[choice],
    }),
  },
});
