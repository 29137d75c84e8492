import { z } from 'zod';
import { collection } from '../collection.ts';
import { defineFeature } from '../feature.ts';
import { Id } from '../fields.ts';
import { ROLES } from '../roles.ts';
import { agencyRead, clientChange, clientRead } from '../route.ts';
import { ClientRow } from './rows.ts';

const accessParams = z.strictObject({ clientId: Id, personId: Id });

/** Clients of an agency, and who works on them. */
export const clients = defineFeature('clients', {
  permissions: { 'client.read': ROLES, 'client.access': ['owner', 'admin', 'manager'] },
  collections: {
    clients: collection(ClientRow, {
      scope: 'agency',
      dataClass: 'client-business',
      retention: 'account',
      store: 'own',
    }),
  },
  routes: {
    list: agencyRead({
      path: '/v1/clients',
      summary: 'Clients the person may see',
      permission: 'client.read',
      dataClasses: ['client-business'],
      reply: z.strictObject({ clients: z.array(ClientRow) }),
    }),
    get: clientRead({
      path: '/v1/clients/:clientId',
      summary: 'One client',
      permission: 'client.read',
      dataClasses: ['client-business'],
      ratePerMinute: 120,
      reply: ClientRow,
    }),
    'grant-access': clientChange({
      method: 'PUT',
      path: '/v1/clients/:clientId/access/:personId',
      summary: 'Let a person of the agency work on this client; holds from the next request on',
      permission: 'client.access',
      dataClasses: ['account', 'client-business'],
      bodyLimit: 1024,
      audit: 'client.access.grant',
      params: accessParams,
      reply: z.null(),
      replyStatus: 204,
    }),
    'revoke-access': clientChange({
      method: 'DELETE',
      path: '/v1/clients/:clientId/access/:personId',
      summary: 'Take a person off this client; holds from the next request on (AU-08)',
      permission: 'client.access',
      dataClasses: ['account', 'client-business'],
      bodyLimit: 1024,
      audit: 'client.access.revoke',
      params: accessParams,
      reply: z.null(),
      replyStatus: 204,
    }),
  },
});
