import { z } from 'zod';
import { Cursor, Id, Instant } from '../fields.ts';
import { defineRoute } from '../route.ts';
import { LiveEvent, SyncLine } from '../sync.ts';

/** What health, readiness, metrics and meta have in common. */
const probe = {
  method: 'GET',
  scope: 'none',
  permission: null,
  dataClasses: ['public'],
  ratePerMinute: 600,
  bodyLimit: 0,
  idempotency: 'natural',
  audit: null,
  replyStatus: 200,
} as const;

export const health = defineRoute({
  ...probe,
  id: 'http.health',
  path: '/health',
  summary: 'The process is alive',
  auth: 'public',
  reply: z.strictObject({ status: z.literal('ok') }),
  errors: [],
});

export const ready = defineRoute({
  ...probe,
  id: 'http.ready',
  path: '/ready',
  summary: 'The database answers, migrations are in place and the process is not draining',
  auth: 'public',
  reply: z.strictObject({ status: z.literal('ready') }),
  errors: ['unavailable'],
});

export const metrics = defineRoute({
  ...probe,
  id: 'http.metrics',
  path: '/metrics',
  summary: 'Prometheus text; needs the operator token',
  auth: 'operator',
  reply: z.string(),
  replyKind: 'text',
  errors: ['unauthenticated'],
});

export const meta = defineRoute({
  ...probe,
  id: 'http.meta',
  path: '/v1/meta',
  summary: 'Version, server time, and whether this is the demo',
  auth: 'public',
  reply: z.strictObject({
    name: z.literal('astrix'),
    version: z.string(),
    minimumConsole: z.string(),
    demo: z.boolean(),
    serverTime: Instant,
  }),
  errors: [],
});

export const sync = defineRoute({
  id: 'sync.pull',
  method: 'GET',
  path: '/v1/sync',
  summary: 'Changed rows since a cursor, as NDJSON, already masked; without a cursor everything the person may see',
  auth: 'session',
  scope: 'agency',
  permission: 'sync.read',
  dataClasses: ['account', 'client-business', 'end-customer'],
  ratePerMinute: 600,
  bodyLimit: 0,
  idempotency: 'natural',
  audit: null,
  query: z.strictObject({
    since: Cursor.optional(),
    /** Comma-separated client ids that are new to this console and must be sent whole. */
    backfill: z
      .string()
      .max(8000)
      .regex(/^[0-9a-f,-]*$/)
      .optional(),
  }),
  reply: SyncLine,
  replyKind: 'ndjson',
  replyStatus: 200,
  errors: ['invalid_request'],
});

export const live = defineRoute({
  id: 'sync.live',
  method: 'GET',
  path: '/v1/live',
  summary: 'Server-sent events that say when to pull',
  auth: 'session',
  scope: 'agency',
  permission: 'sync.read',
  dataClasses: ['public'],
  ratePerMinute: 120,
  bodyLimit: 0,
  idempotency: 'natural',
  audit: null,
  reply: LiveEvent,
  replyKind: 'events',
  replyStatus: 200,
  errors: [],
});

export const verifyWhatsapp = defineRoute({
  id: 'webhooks.whatsapp-verify',
  method: 'GET',
  path: '/webhooks/whatsapp',
  summary: 'Meta’s subscription handshake: echoes the numeric challenge (WH-13)',
  auth: 'provider',
  scope: 'none',
  permission: null,
  dataClasses: ['public'],
  ratePerMinute: 60,
  bodyLimit: 0,
  idempotency: 'natural',
  audit: null,
  // Deliberately loose: Meta may add parameters. The handler judges each value itself.
  query: z.looseObject({}),
  reply: z.string(),
  replyKind: 'text',
  replyStatus: 200,
  errors: ['webhook_refused', 'secret_missing'],
});

export const receiveWhatsapp = defineRoute({
  id: 'webhooks.whatsapp',
  method: 'POST',
  path: '/webhooks/whatsapp',
  summary: 'WhatsApp Cloud API events, signed over the raw bytes; answered only after they are stored',
  auth: 'provider',
  scope: 'none',
  permission: null,
  dataClasses: ['end-customer'],
  ratePerMinute: 6_000_000,
  // Meta batches up to 3 MB into one delivery; refusing it would lose events after seven days of retries.
  bodyLimit: 3_145_728,
  bodyKind: 'raw',
  idempotency: 'natural',
  audit: null,
  reply: z.strictObject({ received: z.literal(true) }),
  replyStatus: 200,
  errors: [
    'signature_invalid',
    'secret_missing',
    'payload_too_large',
    'unsupported_media_type',
    'invalid_request',
    'unavailable',
  ],
});

const DeadLetter = z.strictObject({
  id: Id,
  provider: z.string(),
  kind: z.string(),
  clientId: Id.nullable(),
  reason: z.string(),
  attempts: z.int(),
  receivedAt: Instant,
  /** Shape of the payload with every value of a customer removed. */
  redacted: z.unknown(),
});

export const listDeadLetters = defineRoute({
  id: 'webhooks.list-dead-letters',
  method: 'GET',
  path: '/v1/webhooks/dead-letters',
  summary: 'Events that could not be processed, redacted',
  auth: 'session',
  scope: 'agency',
  permission: 'webhook.operate',
  dataClasses: ['security-telemetry'],
  ratePerMinute: 60,
  bodyLimit: 0,
  idempotency: 'natural',
  audit: null,
  query: z.strictObject({ after: Cursor.optional() }),
  reply: z.strictObject({ deadLetters: z.array(DeadLetter) }),
  replyStatus: 200,
  errors: [],
});

export const replayDeadLetter = defineRoute({
  id: 'webhooks.replay-dead-letter',
  method: 'POST',
  path: '/v1/webhooks/dead-letters/:deadLetterId/replay',
  summary: 'Process a dead letter again; replaying twice has one effect (WH-15)',
  auth: 'session',
  scope: 'agency',
  permission: 'webhook.operate',
  dataClasses: ['security-telemetry'],
  ratePerMinute: 60,
  bodyLimit: 1024,
  idempotency: 'natural',
  audit: 'webhook.replay',
  params: z.strictObject({ deadLetterId: Id }),
  reply: z.null(),
  replyStatus: 204,
  errors: ['not_found'],
});
