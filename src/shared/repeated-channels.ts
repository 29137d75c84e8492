import {
  Capability,
  CatalogueEntry,
  ConnectionData,
  ConnectionView,
  ContactRow,
  DisconnectReceipt,
  fields,
  NotificationPreferenceRow,
  PersonRow,
  ProviderCall,
  ProviderId,
  SWITCH_SCOPES,
  SwitchView,
  WebhookAddress,
} from '@astrix/contract';
import { z } from 'zod';
import { call } from './channel.ts';
import { OutboxItem } from './outbox-item.ts';

const { Id, Instant } = fields;
const nothing = z.undefined();
const done = z.null();
const clientArg = z.strictObject({ clientId: Id });
const ofClient = clientArg;
const ofConnection = z.strictObject({ clientId: Id, connectionId: Id });

/** Channels that repeat what `rows`, `writes` and `routes` do for every feature. They go as soon as the window uses those. */
export const REPEATED_CHANNELS = {
  'clients.preference': call('read', true, clientArg, NotificationPreferenceRow.nullable()),
  'clients.setPreference': call(
    'write',
    true,
    z.strictObject({
      clientId: Id,
      muted: z.boolean(),
      quietFrom: z.int().min(0).max(1439).nullable(),
      quietTo: z.int().min(0).max(1439).nullable(),
    }),
    done,
  ),

  'people.list': call('read', true, nothing, z.array(PersonRow)),

  'inbox.contact': call('read', true, z.strictObject({ clientId: Id, contactId: Id }), ContactRow.nullable()),
  'inbox.reply': call(
    'write',
    true,
    z.strictObject({
      clientId: Id,
      conversationId: Id,
      text: fields.MessageText,
      replyToId: Id.nullable(),
      seenInboundId: Id.nullable(),
    }),
    OutboxItem,
  ),
  'inbox.addNote': call(
    'write',
    true,
    z.strictObject({ clientId: Id, conversationId: Id, text: fields.NoteText }),
    OutboxItem,
  ),
  'inbox.assign': call(
    'write',
    true,
    z.strictObject({ clientId: Id, conversationId: Id, personId: Id.nullable() }),
    OutboxItem,
  ),
  'inbox.changeTags': call(
    'write',
    true,
    z.strictObject({
      clientId: Id,
      conversationId: Id,
      add: z.array(fields.Tag).max(20),
      remove: z.array(fields.Tag).max(20),
    }),
    OutboxItem,
  ),
  'inbox.snooze': call(
    'write',
    true,
    z.strictObject({ clientId: Id, conversationId: Id, until: Instant.nullable() }),
    OutboxItem,
  ),
  'inbox.setStatus': call(
    'write',
    true,
    z.strictObject({ clientId: Id, conversationId: Id, status: z.enum(['open', 'closed']) }),
    OutboxItem,
  ),
  'inbox.markRead': call('write', true, z.strictObject({ clientId: Id, conversationId: Id, upToId: Id }), OutboxItem),
  'inbox.setOptOut': call(
    'write',
    true,
    z.strictObject({
      clientId: Id,
      conversationId: Id,
      contactId: Id,
      optedOut: z.boolean(),
      reason: z.string().trim().min(1).max(200),
    }),
    OutboxItem,
  ),

  'connections.catalogue': call('read', true, ofClient, z.array(CatalogueEntry)),
  'connections.list': call('read', true, ofClient, z.array(ConnectionView)),
  'connections.data': call(
    'read',
    true,
    z.strictObject({
      ...ofConnection.shape,
      capability: Capability,
      text: z.string().trim().max(800),
      /** Ask the provider even when what is kept is fresh. */
      refresh: z.boolean(),
    }),
    ConnectionData,
  ),
  'connections.calls': call('read', true, ofConnection, z.array(ProviderCall)),
  'connections.receipts': call('read', true, ofClient, z.array(DisconnectReceipt)),
  /** The fields of a form, secrets among them: handed to the server, kept nowhere. */
  'connections.connectByKey': call(
    'write',
    true,
    z.strictObject({
      clientId: Id,
      provider: ProviderId,
      shared: z.boolean(),
      connectionId: Id.nullable(),
      fields: z.record(z.string().max(40), z.string().max(4096)),
    }),
    ConnectionView,
  ),
  'connections.check': call('write', true, ofConnection, ConnectionView),
  /** Answers what is shown once and kept nowhere: the address of its events, and the secret beside it. */
  'connections.rotateWebhook': call('write', true, ofConnection, WebhookAddress),
  'connections.disconnect': call('write', true, ofConnection, DisconnectReceipt),
  'connections.switches': call('read', true, z.undefined(), z.array(SwitchView)),
  'connections.setSwitch': call(
    'write',
    true,
    z.strictObject({
      /** The client on whose screen it was asked for. */
      clientId: Id,
      scope: z.enum(SWITCH_SCOPES),
      subject: z.string().min(1).max(40),
      off: z.boolean(),
      reason: z.string().trim().max(240),
      revoke: z.boolean(),
    }),
    z.strictObject({ switches: z.array(SwitchView), disconnected: z.int() }),
  ),
  'connections.access': call(
    'read',
    true,
    z.undefined(),
    z.array(z.strictObject({ personId: Id, providers: z.array(ProviderId) })),
  ),
  'connections.setAccess': call(
    'write',
    true,
    z.strictObject({ clientId: Id, personId: Id, denied: z.array(ProviderId).max(30) }),
    z.null(),
  ),
} as const;
