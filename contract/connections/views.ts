import { z } from 'zod';
import { Capability } from '../capabilities.ts';
import { Fault } from '../fault.ts';
import { Id, Instant } from '../fields.ts';
import { CapabilityKind, ProviderId } from '../providers.ts';

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
  fault: Fault.nullable(),
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
  /** The one button that fixes it. */
  fix: z.enum(['none', 'reconnect', 'recheck', 'rotate']),
  fault: Fault.nullable(),
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

/** `kept`: other connections use the same sign-in at the provider; it is revoked with the last of them. */
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
