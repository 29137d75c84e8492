import { z } from 'zod';
import { ClientRow, PersonRow } from '../collections.ts';
import { Id } from '../fields.ts';
import { defineRoute } from '../route.ts';

export const listPeople = defineRoute({
  id: 'agencies.list-people',
  method: 'GET',
  path: '/v1/people',
  summary: 'People of the agency, for assigning and mentioning',
  auth: 'session',
  scope: 'agency',
  permission: 'agency.read',
  dataClasses: ['account'],
  ratePerMinute: 120,
  bodyLimit: 0,
  idempotency: 'natural',
  audit: null,
  reply: z.strictObject({ people: z.array(PersonRow) }),
  replyStatus: 200,
  errors: [],
});

export const listClients = defineRoute({
  id: 'clients.list',
  method: 'GET',
  path: '/v1/clients',
  summary: 'Clients the person may see',
  auth: 'session',
  scope: 'agency',
  permission: 'client.read',
  dataClasses: ['client-business'],
  ratePerMinute: 120,
  bodyLimit: 0,
  idempotency: 'natural',
  audit: null,
  reply: z.strictObject({ clients: z.array(ClientRow) }),
  replyStatus: 200,
  errors: [],
});

export const getClient = defineRoute({
  id: 'clients.get',
  method: 'GET',
  path: '/v1/clients/:clientId',
  summary: 'One client',
  auth: 'session',
  scope: 'client',
  permission: 'client.read',
  dataClasses: ['client-business'],
  ratePerMinute: 120,
  bodyLimit: 0,
  idempotency: 'natural',
  audit: null,
  params: z.strictObject({ clientId: Id }),
  reply: ClientRow,
  replyStatus: 200,
  errors: ['not_found'],
});

const accessParams = z.strictObject({ clientId: Id, personId: Id });

export const grantAccess = defineRoute({
  id: 'clients.grant-access',
  method: 'PUT',
  path: '/v1/clients/:clientId/access/:personId',
  summary: 'Let a person of the agency work on this client; holds from the next request on',
  auth: 'session',
  scope: 'client',
  permission: 'client.access',
  dataClasses: ['account', 'client-business'],
  ratePerMinute: 60,
  bodyLimit: 1024,
  idempotency: 'natural',
  audit: 'client.access.grant',
  params: accessParams,
  reply: z.null(),
  replyStatus: 204,
  errors: ['not_found'],
});

export const revokeAccess = defineRoute({
  id: 'clients.revoke-access',
  method: 'DELETE',
  path: '/v1/clients/:clientId/access/:personId',
  summary: 'Take a person off this client; holds from the next request on (AU-08)',
  auth: 'session',
  scope: 'client',
  permission: 'client.access',
  dataClasses: ['account', 'client-business'],
  ratePerMinute: 60,
  bodyLimit: 1024,
  idempotency: 'natural',
  audit: 'client.access.revoke',
  params: accessParams,
  reply: z.null(),
  replyStatus: 204,
  errors: ['not_found'],
});
