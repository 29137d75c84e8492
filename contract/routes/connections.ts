import { z } from 'zod';
import { Id, Instant } from '../fields.ts';
import { Capability, CapabilityKind, CatalogueEntry, FACTS, ProviderId } from '../providers.ts';
import { defineRoute } from '../route.ts';

const Words = z.string().max(400);

/** What failed in plain words, and what to do; `code` is ours or the provider's. */
export const Trouble = z.strictObject({ code: z.string().max(60), reason: Words, next: Words });
export type Trouble = z.infer<typeof Trouble>;

export const AccountView = z.strictObject({
  id: z.string().max(200),
  name: z.string().max(200),
  detail: z.string().max(200).nullable(),
});
export type AccountView = z.infer<typeof AccountView>;

/** `gated`: the scope that it takes was not granted. */
export const HealthView = z.strictObject({
  capability: Capability,
  kind: CapabilityKind,
  title: z.string().max(80),
  status: z.enum(['ok', 'failing', 'unknown', 'gated']),
  lastOkAt: Instant.nullable(),
  lastFailedAt: Instant.nullable(),
  trouble: Trouble.nullable(),
});
export type HealthView = z.infer<typeof HealthView>;

export const CONNECTION_STATUSES = ['active', 'broken', 'disconnecting', 'disconnected'] as const;

export const ConnectionView = z.strictObject({
  id: Id,
  provider: ProviderId,
  /** Null for one of the agency, which all its clients share. */
  clientId: Id.nullable(),
  status: z.enum(CONNECTION_STATUSES),
  account: AccountView,
  connectedBy: Id.nullable(),
  connectedAt: Instant,
  lastCheckedAt: Instant.nullable(),
  /** Of the credential only what may be shown (VT-05). */
  credential: z
    .strictObject({
      last4: z.string().max(4).nullable(),
      fingerprint: z.string().max(16),
      rotatedAt: Instant,
      ageDays: z.int(),
      /** Older than twelve months: rotate it (VT-14). */
      stale: z.boolean(),
    })
    .nullable(),
  /** When a person has to consent again; null when that is not known or never. */
  accessEndsAt: Instant.nullable(),
  scopes: z.strictObject({
    /** Null where the provider does not say. */
    granted: z.array(z.string().max(200)).max(100).nullable(),
    missing: z.array(z.string().max(200)).max(20),
    extra: z.array(z.string().max(200)).max(100),
  }),
  health: z.array(HealthView).max(12),
  /** Calls that may leave at once, of how many; null before the first one. */
  budget: z.strictObject({ left: z.int(), of: z.int(), pausedSeconds: z.int() }).nullable(),
  /** The one button that mends it. */
  fix: z.enum(['none', 'reconnect', 'recheck', 'rotate']),
  trouble: Trouble.nullable(),
  /** Switched off by an admin: the provider, the client or this connection. */
  off: z.boolean(),
  /** It can have an address of its own for the provider's events, which is made and shown on request. */
  webhook: z.boolean(),
});
export type ConnectionView = z.infer<typeof ConnectionView>;

/** Shown once: to be typed in at the provider. The token is null where the provider gives one of its own. */
export const WebhookAddress = z.strictObject({
  url: z.url().max(400),
  token: z.string().max(100).nullable(),
  /** The address before this one is taken until then; null where there was none. */
  overlapEndsAt: Instant.nullable(),
});
export type WebhookAddress = z.infer<typeof WebhookAddress>;

/** `kept`: other connections stand on the same sign-in at the provider; it is revoked with the last of them. */
export const RECEIPT_REVOCATIONS = ['pending', 'revoked', 'by-hand', 'kept'] as const;
/** What was ended and when; kept after everything else of the connection is gone (VT-11). */
export const DisconnectReceipt = z.strictObject({
  id: Id,
  connectionId: Id,
  provider: ProviderId,
  clientId: Id.nullable(),
  accountName: z.string().max(200),
  requestedBy: Id.nullable(),
  /** Nothing was sent or read through it from here on. */
  localEndedAt: Instant,
  revocation: z.enum(RECEIPT_REVOCATIONS),
  revokedAt: Instant.nullable(),
  /** Tries so far, and when the next one is. */
  revokeAttempts: z.int(),
  nextAttemptAt: Instant.nullable(),
  /** What a person has to end at the provider; empty when nothing. */
  byHand: z.string().max(240),
  keyDestroyedAt: Instant.nullable(),
  /** Names of the destroyed secrets, never values. */
  secrets: z.array(z.string().max(60)).max(20),
  purgedRecords: z.int(),
  finishedAt: Instant.nullable(),
});
export type DisconnectReceipt = z.infer<typeof DisconnectReceipt>;

export const AttemptView = z.strictObject({
  attemptId: Id,
  provider: ProviderId,
  shared: z.boolean(),
  accounts: z.array(AccountView).min(1).max(500),
  granted: z.array(z.string().max(200)).max(100).nullable(),
  missing: z.array(z.string().max(200)).max(20),
  extra: z.array(z.string().max(200)).max(100),
  expiresAt: Instant,
});
export type AttemptView = z.infer<typeof AttemptView>;

const data = <C extends Capability>(capability: C) =>
  z.strictObject({
    capability: z.literal(capability),
    rows: z.array(FACTS[capability]).max(500),
    /** How many there are; more than `rows` when only the first are here. */
    total: z.int(),
    fetchedAt: Instant.nullable(),
    /** What is shown is older than it should be, because the provider could not be asked. */
    stale: z.boolean(),
    trouble: Trouble.nullable(),
  });

/** The first data of a connected account, in the product's own shapes. */
export const ConnectionData = z.discriminatedUnion('capability', [
  data('messaging'),
  data('templates'),
  data('orders'),
  data('shipments'),
  data('payments'),
  data('metrics'),
  data('posts'),
  data('files'),
  data('tasks'),
]);
export type ConnectionData = z.infer<typeof ConnectionData>;

export const SWITCH_SCOPES = ['provider', 'client', 'connection'] as const;
export const SwitchView = z.strictObject({
  scope: z.enum(SWITCH_SCOPES),
  /** Id of a provider, a client or a connection. */
  subject: z.string().max(40),
  reason: z.string().max(240),
  by: Id.nullable(),
  at: Instant,
});
export type SwitchView = z.infer<typeof SwitchView>;

export const ProviderCall = z.strictObject({
  id: Id,
  at: Instant,
  actorId: Id.nullable(),
  capability: z.string().max(40),
  method: z.string().max(10),
  path: z.string().max(300),
  attempt: z.int(),
  status: z.int().nullable(),
  outcome: z.string().max(20),
  reason: z.string().max(80).nullable(),
  durationMs: z.int(),
});
export type ProviderCall = z.infer<typeof ProviderCall>;

const read = {
  method: 'GET',
  auth: 'session',
  permission: 'connection.read',
  ratePerMinute: 120,
  bodyLimit: 0,
  idempotency: 'natural',
  audit: null,
  replyStatus: 200,
} as const;
const change = {
  method: 'POST',
  auth: 'session',
  scope: 'client',
  permission: 'connection.manage',
  ratePerMinute: 60,
  bodyLimit: 32_768,
  idempotency: 'natural',
  replyStatus: 200,
} as const;

const ofClient = z.strictObject({ clientId: Id });
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

export const listCatalogue = defineRoute({
  ...read,
  id: 'connections.catalogue',
  path: '/v1/clients/:clientId/catalogue',
  summary:
    'Every system there is, with its standing, scopes, data classes and form, as this person may use it for this client',
  scope: 'client',
  dataClasses: ['public', 'account'],
  params: ofClient,
  reply: z.strictObject({ entries: z.array(CatalogueEntry) }),
  errors: ['not_found'],
});

export const listConnections = defineRoute({
  ...read,
  id: 'connections.list',
  path: '/v1/clients/:clientId/connections',
  summary: 'Connections that this client can use: its own and those of the agency, with health, never with a secret',
  scope: 'client',
  dataClasses: ['client-business', 'account'],
  reaches: 'vault',
  params: ofClient,
  reply: z.strictObject({ connections: z.array(ConnectionView) }),
  errors: ['not_found'],
});

export const startConnect = defineRoute({
  ...change,
  id: 'connections.start',
  path: '/v1/clients/:clientId/connect',
  summary:
    'Begin to connect by OAuth: answers the address to open in the system browser; valid once, for ten minutes (VT-07)',
  dataClasses: ['client-business'],
  audit: 'connection.start',
  params: ofClient,
  body: z.strictObject({
    provider: ProviderId,
    /** For the whole agency instead of this client. */
    shared: z.boolean(),
    /** Consent anew for this one. */
    connectionId: Id.nullable(),
    /** Where the console that starts listens on 127.0.0.1 for the receipt (VT-08). */
    loopbackPort: z.int().min(1024).max(65_535),
  }),
  replyStatus: 201,
  reply: z.strictObject({ attemptId: Id, authorizeUrl: z.url().max(8000), expiresAt: Instant }),
  errors: ['not_found', 'forbidden', 'provider_denied', 'provider_unavailable', 'switched_off', 'connection_unusable'],
});

export const oauthCallback = defineRoute({
  id: 'connections.oauth-callback',
  method: 'GET',
  path: '/oauth/callback/:provider',
  summary: 'Where the provider sends the browser back to; sends it on to the console that began, with a receipt',
  auth: 'public',
  scope: 'none',
  permission: null,
  dataClasses: ['credentials'],
  ratePerMinute: 120,
  bodyLimit: 0,
  idempotency: 'natural',
  audit: null,
  params: z.strictObject({ provider: z.string().max(40) }),
  // Deliberately loose: providers add parameters of their own. The handler judges each value itself.
  query: z.looseObject({}),
  reply: z.strictObject({ location: z.url() }),
  replyKind: 'redirect',
  replyStatus: 303,
  errors: ['connect_refused'],
});

export const claimConnect = defineRoute({
  ...change,
  id: 'connections.claim',
  path: '/v1/clients/:clientId/connect/:attemptId/claim',
  summary:
    'Show the receipt that arrived over loopback: answers which accounts the grant reaches, for a person to confirm (VT-08)',
  dataClasses: ['client-business'],
  audit: 'connection.claim',
  params: ofAttempt,
  body: z.strictObject({ receipt: Receipt }),
  reply: AttemptView,
  errors: ['not_found', 'connect_refused', 'forbidden', 'provider_denied', 'provider_unavailable', 'switched_off'],
});

export const confirmConnect = defineRoute({
  ...change,
  id: 'connections.confirm',
  path: '/v1/clients/:clientId/connect/:attemptId/confirm',
  summary: 'Make the grant active for the chosen account; until then nothing can be done with it',
  dataClasses: ['client-business'],
  audit: 'connection.confirm',
  reaches: 'vault',
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
});

export const cancelConnect = defineRoute({
  ...change,
  id: 'connections.cancel',
  path: '/v1/clients/:clientId/connect/:attemptId/cancel',
  summary: 'Give an attempt up; what was granted is revoked at the provider',
  dataClasses: ['client-business'],
  audit: 'connection.cancel',
  params: ofAttempt,
  reply: z.null(),
  replyStatus: 204,
  errors: ['not_found'],
});

export const connectByKey = defineRoute({
  ...change,
  id: 'connections.connect-key',
  path: '/v1/clients/:clientId/connect-key',
  summary:
    'Connect by a form: the key is tried with a live call before it is stored; with `connectionId` it replaces an older one',
  dataClasses: ['credentials', 'client-business'],
  audit: 'connection.key',
  reaches: 'provider',
  params: ofClient,
  body: z.strictObject({
    provider: ProviderId,
    shared: z.boolean(),
    connectionId: Id.nullable(),
    fields: z.record(z.string().max(40), z.string().max(4096)),
  }),
  replyStatus: 201,
  reply: ConnectionView,
  errors: [...USE_ERRORS, 'invalid_request', 'forbidden', 'account_differs', 'already_connected'],
});

export const checkConnection = defineRoute({
  ...change,
  id: 'connections.check',
  path: '/v1/clients/:clientId/connections/:connectionId/check',
  summary: 'Ask the provider now whether everything works',
  dataClasses: ['client-business'],
  audit: 'connection.check',
  reaches: 'provider',
  ratePerMinute: 20,
  params: ofConnection,
  reply: ConnectionView,
  errors: ['not_found', 'provider_denied', 'switched_off', 'connection_unusable'],
});

export const rotateWebhook = defineRoute({
  ...change,
  id: 'connections.rotate-webhook',
  path: '/v1/clients/:clientId/connections/:connectionId/rotate-webhook',
  summary:
    'A new address and secret for the events of this connection, shown this once; those before are taken for another day (WH-05)',
  dataClasses: ['client-business', 'credentials'],
  audit: 'connection.rotate-webhook',
  reaches: 'vault',
  ratePerMinute: 20,
  params: ofConnection,
  reply: WebhookAddress,
  errors: ['not_found', 'forbidden', 'provider_denied', 'connection_unusable'],
});

export const disconnect = defineRoute({
  ...change,
  id: 'connections.disconnect',
  path: '/v1/clients/:clientId/connections/:connectionId/disconnect',
  summary:
    'Nothing is sent or read through it from now on; the grant is revoked at the provider and its key destroyed (VT-11)',
  dataClasses: ['client-business'],
  audit: 'connection.disconnect',
  reaches: 'vault',
  params: ofConnection,
  reply: DisconnectReceipt,
  errors: ['not_found', 'forbidden', 'provider_denied'],
});

export const readConnectionData = defineRoute({
  ...read,
  id: 'connections.data',
  path: '/v1/clients/:clientId/connections/:connectionId/data/:capability',
  summary:
    'First data of the connected account through one capability, with its age; old data stays, marked, when the provider cannot be asked',
  scope: 'client',
  permission: 'connection.use',
  dataClasses: ['client-business', 'logistics', 'payment-metadata', 'files-content'],
  ratePerMinute: 60,
  reaches: 'provider',
  params: z.strictObject({ clientId: Id, connectionId: Id, capability: Capability }),
  query: z.strictObject({
    /** Fifty AWB numbers are the longest of what is asked for. */
    text: z.string().trim().max(800).optional(),
    /** Ask the provider even when what is kept is fresh. */
    refresh: z.enum(['1']).optional(),
  }),
  reply: ConnectionData,
  errors: ['not_found', 'provider_denied', 'switched_off', 'connection_unusable', 'invalid_request'],
});

export const listConnectionCalls = defineRoute({
  ...read,
  id: 'connections.calls',
  path: '/v1/clients/:clientId/connections/:connectionId/calls',
  summary: 'What this connection was used for: the newest 200 calls, with who asked for them (VT-13)',
  scope: 'client',
  permission: 'connection.manage',
  dataClasses: ['security-telemetry'],
  params: ofConnection,
  reply: z.strictObject({ calls: z.array(ProviderCall).max(200) }),
  errors: ['not_found'],
});

export const listReceipts = defineRoute({
  ...read,
  id: 'connections.receipts',
  path: '/v1/clients/:clientId/receipts',
  summary: 'Receipts of what was disconnected',
  scope: 'client',
  dataClasses: ['security-telemetry', 'client-business'],
  params: ofClient,
  reply: z.strictObject({ receipts: z.array(DisconnectReceipt).max(200) }),
  errors: ['not_found'],
});

export const listSwitches = defineRoute({
  ...read,
  id: 'connections.switches',
  path: '/v1/switches',
  summary: 'What is switched off: providers, clients, connections',
  scope: 'agency',
  permission: 'switch.operate',
  dataClasses: ['account'],
  reply: z.strictObject({ switches: z.array(SwitchView) }),
  errors: [],
});

export const setSwitch = defineRoute({
  ...change,
  id: 'connections.set-switch',
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
});

export const listProviderAccess = defineRoute({
  ...read,
  id: 'connections.provider-access',
  path: '/v1/provider-access',
  summary: 'Who may not use which provider (A10); everybody else may, as far as their role goes',
  scope: 'agency',
  permission: 'provider.access',
  dataClasses: ['account'],
  reply: z.strictObject({ denied: z.array(z.strictObject({ personId: Id, providers: z.array(ProviderId) })) }),
  errors: [],
});

export const setProviderAccess = defineRoute({
  ...change,
  id: 'connections.set-provider-access',
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
  errors: ['not_found'],
});
