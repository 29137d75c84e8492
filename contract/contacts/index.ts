import { z } from 'zod';
import { collection } from '../collection.ts';
import { ConversationRow } from '../conversations/rows.ts';
import { defineFeature } from '../feature.ts';
import { Id } from '../fields.ts';
import { ROLES, ROLES_THAT_WRITE } from '../roles.ts';
import { clientRead, clientWrite } from '../route.ts';
import { defineWrite } from '../write.ts';
import { ContactRow } from './rows.ts';

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
  },
});
