import { z } from 'zod';
import { defineFeature } from '../feature.ts';
import { Id, Instant } from '../fields.ts';
import { CatalogueEntry, ProviderId } from '../providers.ts';
import { STAFF } from '../roles.ts';
import { agencyRead, clientChange, clientRead, publicRead } from '../route.ts';
import {
  AttemptView,
  ConnectionView,
  DisconnectReceipt,
  ProviderCall,
  SWITCH_SCOPES,
  SwitchView,
  WebhookAddress,
} from './views.ts';

const ofConnection = z.strictObject({ clientId: Id, connectionId: Id });
const ofAttempt = z.strictObject({ clientId: Id, attemptId: Id });
/** 32 random bytes in base64url. */
const Receipt = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'must be 43 letters of base64url');

const USE_ERRORS = [
  'not_found',
  'provider_denied',
  'provider_unavailable',
  'switched_off',
  'connection_unusable',
  'provider_refused',
  'provider_unreachable',
] as const;

/** What agencies have connected: consent and keys, health, switches, and the end with its receipt. */
export const connections = defineFeature('connections', {
  permissions: {
    'connection.read': STAFF,
    'connection.manage': ['owner', 'admin', 'manager'],
    /** Connect or end what all clients of the agency share. */
    'connection.share': ['owner', 'admin'],
    'switch.operate': ['owner', 'admin'],
    'provider.access': ['owner', 'admin'],
  },
  routes: {
    catalogue: clientRead({
      window: true,
      path: '/v1/clients/:clientId/catalogue',
      summary:
        'Every system there is, with its availability, scopes, data classes and form, as this person may use it for this client',
      permission: 'connection.read',
      dataClasses: ['public', 'account'],
      ratePerMinute: 120,
      reply: z.strictObject({ entries: z.array(CatalogueEntry) }),
    }),
    list: clientRead({
      window: true,
      path: '/v1/clients/:clientId/connections',
      summary:
        'Connections that this client can use: its own and those of the agency, with health, never with a secret',
      permission: 'connection.read',
      reaches: 'vault',
      dataClasses: ['client-business', 'account'],
      ratePerMinute: 120,
      reply: z.strictObject({ connections: z.array(ConnectionView) }),
    }),
    start: clientChange({
      method: 'POST',
      path: '/v1/clients/:clientId/connect',
      summary:
        'Begin to connect by OAuth: answers the address to open in the system browser; valid once, for ten minutes (VT-07)',
      permission: 'connection.manage',
      dataClasses: ['client-business'],
      audit: 'connection.start',
      params: z.strictObject({ clientId: Id }),
      body: z.strictObject({
        provider: ProviderId,
        /** For the whole agency instead of this client. */
        shared: z.boolean(),
        /** Consent anew for this one. */
        connectionId: Id.nullable(),
        /** Where the console that starts listens on 127.0.0.1 for the receipt (VT-08). */
        loopbackPort: z.int().min(1024).max(65_535),
      }),
      reply: z.strictObject({ attemptId: Id, authorizeUrl: z.url().max(8000), expiresAt: Instant }),
      replyStatus: 201,
      errors: [
        'not_found',
        'forbidden',
        'provider_denied',
        'provider_unavailable',
        'no_public_address',
        'switched_off',
        'connection_unusable',
      ],
    }),
    'oauth-callback': publicRead({
      path: '/oauth/callback/:provider',
      summary: 'Where the provider sends the browser back to; sends it on to the console that began, with a receipt',
      dataClasses: ['credentials'],
      ratePerMinute: 120,
      params: z.strictObject({ provider: z.string().max(40) }),
      // Deliberately loose: providers add parameters of their own. The handler judges each value itself.
      query: z.looseObject({}),
      reply: z.strictObject({ location: z.url() }),
      replyKind: 'redirect',
      replyStatus: 303,
      errors: ['connect_refused'],
    }),
    claim: clientChange({
      method: 'POST',
      path: '/v1/clients/:clientId/connect/:attemptId/claim',
      summary:
        'Show the receipt that arrived over loopback: answers which accounts the grant reaches, for a person to confirm (VT-08)',
      permission: 'connection.manage',
      dataClasses: ['client-business'],
      audit: 'connection.claim',
      params: ofAttempt,
      body: z.strictObject({ receipt: Receipt }),
      reply: AttemptView,
      errors: ['not_found', 'connect_refused', 'forbidden', 'provider_denied', 'provider_unavailable', 'switched_off'],
    }),
    confirm: clientChange({
      method: 'POST',
      path: '/v1/clients/:clientId/connect/:attemptId/confirm',
      summary: 'Make the grant active for the chosen account; until then nothing can be done with it',
      permission: 'connection.manage',
      reaches: 'vault',
      dataClasses: ['client-business'],
      audit: 'connection.confirm',
      params: ofAttempt,
      body: z.strictObject({ receipt: Receipt, accountId: z.string().min(1).max(200) }),
      reply: ConnectionView,
      errors: [
        'not_found',
        'connect_refused',
        'account_differs',
        'already_connected',
        'forbidden',
        'provider_denied',
        'provider_unavailable',
        'switched_off',
        'connection_unusable',
      ],
    }),
    cancel: clientChange({
      method: 'POST',
      path: '/v1/clients/:clientId/connect/:attemptId/cancel',
      summary: 'Give an attempt up; what was granted is revoked at the provider',
      permission: 'connection.manage',
      dataClasses: ['client-business'],
      audit: 'connection.cancel',
      params: ofAttempt,
      reply: z.null(),
      replyStatus: 204,
    }),
    'connect-key': clientChange({
      window: true,
      method: 'POST',
      path: '/v1/clients/:clientId/connect-key',
      summary:
        'Connect by a form: the key is tried with a live call before it is stored; with `connectionId` it replaces an older one',
      permission: 'connection.manage',
      reaches: 'provider',
      dataClasses: ['credentials', 'client-business'],
      audit: 'connection.key',
      params: z.strictObject({ clientId: Id }),
      body: z.strictObject({
        provider: ProviderId,
        shared: z.boolean(),
        connectionId: Id.nullable(),
        fields: z.record(z.string().max(40), z.string().max(4096)),
      }),
      reply: ConnectionView,
      replyStatus: 201,
      errors: [...USE_ERRORS, 'invalid_request', 'forbidden', 'account_differs', 'already_connected'],
    }),
    check: clientChange({
      window: true,
      method: 'POST',
      path: '/v1/clients/:clientId/connections/:connectionId/check',
      summary: 'Ask the provider now whether everything works',
      permission: 'connection.manage',
      reaches: 'provider',
      dataClasses: ['client-business'],
      ratePerMinute: 20,
      audit: 'connection.check',
      params: ofConnection,
      reply: ConnectionView,
      errors: ['not_found', 'provider_denied', 'switched_off', 'connection_unusable'],
    }),
    'rotate-webhook': clientChange({
      window: true,
      method: 'POST',
      path: '/v1/clients/:clientId/connections/:connectionId/rotate-webhook',
      summary:
        'A new address and secret for the events of this connection, shown this once; those before are taken for another day (WH-05)',
      permission: 'connection.manage',
      reaches: 'vault',
      dataClasses: ['client-business', 'credentials'],
      ratePerMinute: 20,
      audit: 'connection.rotate-webhook',
      params: ofConnection,
      reply: WebhookAddress,
      errors: ['not_found', 'forbidden', 'provider_denied', 'connection_unusable', 'no_public_address'],
    }),
    disconnect: clientChange({
      window: true,
      method: 'POST',
      path: '/v1/clients/:clientId/connections/:connectionId/disconnect',
      summary:
        'Nothing is sent or read through it from now on; the grant is revoked at the provider and its key destroyed (VT-11)',
      permission: 'connection.manage',
      reaches: 'vault',
      dataClasses: ['client-business'],
      audit: 'connection.disconnect',
      params: ofConnection,
      reply: DisconnectReceipt,
      errors: ['not_found', 'forbidden', 'provider_denied'],
    }),
    'confirm-removed': clientChange({
      window: true,
      method: 'POST',
      path: '/v1/clients/:clientId/connections/:connectionId/confirm-removed',
      summary:
        'Record that a person removed the access at a provider that cannot be asked to; says nothing twice (VT-11)',
      permission: 'connection.manage',
      dataClasses: ['client-business'],
      audit: 'connection.confirm-removed',
      params: ofConnection,
      reply: DisconnectReceipt,
      errors: ['not_found', 'forbidden', 'provider_denied'],
    }),
    calls: clientRead({
      window: true,
      path: '/v1/clients/:clientId/connections/:connectionId/calls',
      summary: 'What this connection was used for: the newest 200 calls, with who asked for them (VT-13)',
      permission: 'connection.manage',
      dataClasses: ['security-telemetry'],
      ratePerMinute: 120,
      params: ofConnection,
      reply: z.strictObject({ calls: z.array(ProviderCall).max(200) }),
    }),
    receipts: clientRead({
      window: true,
      path: '/v1/clients/:clientId/receipts',
      summary: 'Receipts of what was disconnected',
      permission: 'connection.read',
      dataClasses: ['security-telemetry', 'client-business'],
      ratePerMinute: 120,
      reply: z.strictObject({ receipts: z.array(DisconnectReceipt).max(200) }),
    }),
    switches: agencyRead({
      window: true,
      path: '/v1/switches',
      summary: 'What is switched off: providers, clients, connections',
      permission: 'switch.operate',
      dataClasses: ['account'],
      reply: z.strictObject({ switches: z.array(SwitchView) }),
    }),
    'set-switch': clientChange({
      window: true,
      method: 'PUT',
      path: '/v1/switches',
      summary:
        'Stop a provider, a client or a connection everywhere within five seconds, and if asked revoke what it was given (VT-13)',
      scope: 'agency',
      permission: 'switch.operate',
      dataClasses: ['account'],
      audit: 'connection.switch',
      body: z.strictObject({
        scope: z.enum(SWITCH_SCOPES),
        subject: z.string().min(1).max(40),
        off: z.boolean(),
        reason: z.string().trim().max(240),
        /** With `off`: disconnect all of them as well. */
        revoke: z.boolean(),
      }),
      reply: z.strictObject({ switches: z.array(SwitchView), disconnected: z.int() }),
      errors: ['not_found', 'invalid_request'],
    }),
    'provider-access': agencyRead({
      window: true,
      path: '/v1/provider-access',
      summary: 'Who may not use which provider (A10); everybody else may, as far as their role goes',
      permission: 'provider.access',
      dataClasses: ['account'],
      reply: z.strictObject({ denied: z.array(z.strictObject({ personId: Id, providers: z.array(ProviderId) })) }),
    }),
    'set-provider-access': clientChange({
      window: true,
      method: 'PUT',
      path: '/v1/provider-access/:personId',
      summary: 'Say which providers a person may not use; holds from the next request on',
      scope: 'agency',
      permission: 'provider.access',
      dataClasses: ['account'],
      audit: 'provider.access',
      params: z.strictObject({ personId: Id }),
      body: z.strictObject({ denied: z.array(ProviderId).max(30) }),
      reply: z.null(),
      replyStatus: 204,
    }),
  },
});
