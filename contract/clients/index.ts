import { z } from 'zod';
import { collection } from '../collection.ts';
import { defineFeature } from '../feature.ts';
import { Id } from '../fields.ts';
import { ROLES } from '../roles.ts';
import { agencyChange, agencyRead, clientChange, clientRead } from '../route.ts';
import { ClientProfileRow, ProfileFields } from './profile.ts';
import { ClientDirectoryRow, ClientIdentity, ClientRow } from './rows.ts';

/** Days between the decision to delete a client and the deletion. */
export const CLIENT_DELETION_DAYS = 30;

const clientParams = z.strictObject({ clientId: Id });

const accessParams = z.strictObject({ clientId: Id, personId: Id });

/** Clients of an agency, and who works on them. */
export const clients = defineFeature('clients', {
  permissions: {
    'client.read': ROLES,
    'client.access': ['owner', 'admin', 'manager'],
    /** Add a client, and end one. */
    'client.manage': ['owner', 'admin'],
    'client.edit': ['owner', 'admin', 'manager'],
  },
  collections: {
    clients: collection(ClientRow, {
      scope: 'agency',
      dataClass: 'client-business',
      retention: 'account',
      store: 'own',
    }),
    'client-profiles': collection(ClientProfileRow, {
      scope: 'client',
      dataClass: 'client-business',
      retention: 'account',
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
    directory: agencyRead({
      path: '/v1/client-directory',
      summary: 'Every client of the agency, archived ones included',
      permission: 'client.manage',
      dataClasses: ['client-business'],
      window: true,
      reply: z.strictObject({ clients: z.array(ClientDirectoryRow) }),
    }),
    create: agencyChange({
      method: 'POST',
      path: '/v1/clients',
      summary: 'Add a client; its mark is one that no other client of the agency has',
      permission: 'client.manage',
      dataClasses: ['client-business'],
      bodyLimit: 65_536,
      audit: 'client.create',
      window: true,
      body: ClientIdentity.partial({ hue: true, shade: true, shape: true, logo: true }),
      reply: ClientRow,
      replyStatus: 201,
      errors: ['client_name_taken', 'client_mark_taken'],
    }),
    update: clientChange({
      method: 'PATCH',
      path: '/v1/clients/:clientId',
      summary: 'Change name, initials, mark, logo or the name that customers see',
      permission: 'client.edit',
      dataClasses: ['client-business'],
      bodyLimit: 65_536,
      audit: 'client.change',
      window: true,
      params: clientParams,
      body: ClientIdentity.partial(),
      reply: ClientRow,
      errors: ['not_found', 'client_name_taken', 'client_mark_taken'],
    }),
    'set-features': clientChange({
      method: 'PUT',
      path: '/v1/clients/:clientId/features',
      summary: 'Choose which optional features this client uses',
      permission: 'client.edit',
      dataClasses: ['client-business'],
      audit: 'client.features',
      window: true,
      params: clientParams,
      body: z.strictObject({ off: z.array(z.string().max(40)).max(40) }),
      reply: ClientRow,
    }),
    pause: clientChange({
      method: 'POST',
      path: '/v1/clients/:clientId/pause',
      summary: 'Pause a client: what arrives is kept, and nobody writes for it; or end the pause',
      permission: 'client.edit',
      dataClasses: ['client-business'],
      audit: 'client.pause',
      window: true,
      params: clientParams,
      body: z.strictObject({ paused: z.boolean() }),
      reply: ClientRow,
    }),
    'set-retention': clientChange({
      method: 'PUT',
      path: '/v1/clients/:clientId/retention',
      summary:
        'Choose for how long what the customers of this client write is kept; rows that are there get their new end within minutes',
      permission: 'client.manage',
      dataClasses: ['client-business', 'end-customer'],
      audit: 'retention.change',
      stepUp: true,
      window: true,
      params: clientParams,
      body: ClientRow.pick({ retention: true }).required(),
      reply: ClientRow,
    }),
    archive: agencyChange({
      method: 'POST',
      path: '/v1/client-directory/:clientId/archive',
      summary: 'Take a client out of everybody’s list, or bring it back; what arrives is kept meanwhile',
      permission: 'client.manage',
      dataClasses: ['client-business'],
      audit: 'client.archive',
      window: true,
      params: clientParams,
      body: z.strictObject({ archived: z.boolean() }),
      reply: ClientDirectoryRow,
      errors: ['not_found'],
    }),
    'schedule-deletion': agencyChange({
      method: 'POST',
      path: '/v1/client-directory/:clientId/deletion',
      summary: 'Delete an archived client with all its data after 30 days, or cancel that',
      permission: 'client.manage',
      dataClasses: ['client-business'],
      audit: 'client.deletion',
      window: true,
      params: clientParams,
      body: z.discriminatedUnion('action', [
        z.strictObject({ action: z.literal('schedule'), name: z.string().max(120) }),
        z.strictObject({ action: z.literal('cancel') }),
      ]),
      reply: ClientDirectoryRow,
      errors: ['not_found', 'client_not_ready'],
    }),
    'save-profile': clientChange({
      method: 'PUT',
      path: '/v1/clients/:clientId/profile',
      summary: 'Replace the profile of a client: contact people, hours, holidays, languages',
      permission: 'client.edit',
      dataClasses: ['client-business'],
      audit: 'client.profile',
      window: true,
      params: clientParams,
      body: z.strictObject({
        ...ProfileFields.shape,
        /** The version that the change was made from; 0 for the first. */
        version: z.int().min(0),
      }),
      reply: ClientProfileRow,
      errors: ['not_found', 'changed_meanwhile'],
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
