import {
  AttemptView,
  Capability,
  CatalogueEntry,
  ConnectionData,
  ConnectionView,
  DisconnectReceipt,
  fields,
  ProviderCall,
  ProviderId,
  SWITCH_SCOPES,
  SwitchView,
  WebhookAddress,
} from '@astrix/contract';
import { z } from 'zod';
import { call } from './channel.ts';

const { Id, Instant } = fields;

const ofClient = z.strictObject({ clientId: Id });
const ofConnection = z.strictObject({ clientId: Id, connectionId: Id });
const ofAttempt = z.strictObject({ clientId: Id, attemptId: Id });

/**
 * An attempt to connect by OAuth that was begun on this machine: `waiting` for the person in the browser, `choosing` among the accounts that
 * the grant reaches, `ended` without a connection or `connected` with one. The receipt stays in main.
 */
export const ConnectState = z.strictObject({
  clientId: Id,
  attemptId: Id,
  provider: ProviderId,
  /** For all clients of the agency. */
  shared: z.boolean(),
  /** Which connection gets a new consent; null for a new one. */
  connectionId: Id.nullable(),
  expiresAt: Instant,
  now: z.discriminatedUnion('step', [
    z.strictObject({ step: z.literal('waiting') }),
    z.strictObject({ step: z.literal('choosing'), found: AttemptView }),
    z.strictObject({ step: z.literal('connected'), connectionId: Id }),
    z.strictObject({
      step: z.literal('ended'),
      why: z.enum(['cancelled', 'expired', 'denied', 'failed']),
      message: z.string().max(500),
      next: z.string().max(500),
    }),
  ]),
});
export type ConnectState = z.infer<typeof ConnectState>;

/** Connections are asked of the server each time: nothing of them is in the copy on this machine, and no secret comes back. */
export const CONNECTION_CHANNELS = {
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

  /** The newest attempt for this client since the console was started. */
  'connect.state': call('read', true, ofClient, ConnectState.nullable()),
  'connect.start': call(
    'write',
    true,
    z.strictObject({ clientId: Id, provider: ProviderId, shared: z.boolean(), connectionId: Id.nullable() }),
    ConnectState,
  ),
  /** Opens the same address in the browser once more. */
  'connect.reopen': call('write', true, ofAttempt, z.null()),
  'connect.confirm': call(
    'write',
    true,
    z.strictObject({ ...ofAttempt.shape, accountId: z.string().min(1).max(200) }),
    ConnectionView,
  ),
  'connect.cancel': call('write', true, ofAttempt, ConnectState),
} as const;
