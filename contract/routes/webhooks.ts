import { z } from 'zod';
import { defineRoute } from '../route.ts';

const receive = {
  method: 'POST',
  auth: 'provider',
  scope: 'none',
  permission: null,
  dataClasses: ['client-business', 'logistics', 'payment-metadata'],
  ratePerMinute: 60_000,
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
} as const;

const ofProvider = z.strictObject({ provider: z.string().max(40) });

export const verifyAppWebhook = defineRoute({
  id: 'webhooks.app-verify',
  method: 'GET',
  path: '/webhooks/app/:provider',
  summary: 'The handshake when the address of an app is registered: echoes the numeric challenge (WH-13)',
  auth: 'provider',
  scope: 'none',
  permission: null,
  dataClasses: ['public'],
  ratePerMinute: 60,
  bodyLimit: 0,
  idempotency: 'natural',
  audit: null,
  params: ofProvider,
  // Deliberately loose: the provider may add parameters. The handler judges each value itself.
  query: z.looseObject({}),
  reply: z.string(),
  replyKind: 'text',
  replyStatus: 200,
  errors: ['not_found', 'webhook_refused', 'secret_missing'],
});

export const receiveAppWebhook = defineRoute({
  ...receive,
  id: 'webhooks.app',
  path: '/webhooks/app/:provider',
  summary: 'Events of a provider whose app has one address for all accounts, signed over the raw bytes',
  // Meta puts up to a thousand events into one delivery.
  bodyLimit: 3_145_728,
  params: ofProvider,
  errors: ['not_found', ...receive.errors],
});

export const receiveConnectionWebhook = defineRoute({
  ...receive,
  id: 'webhooks.connection',
  path: '/webhooks/connection/:endpoint',
  summary: 'Events of one connected account, at an address of its own that cannot be guessed (WH-06)',
  bodyLimit: 1_048_576,
  // An address that is nobody's is answered like a wrong signature, whatever its form.
  params: z.strictObject({ endpoint: z.string().max(200) }),
});

const signedForm = {
  ...receive,
  dataClasses: ['account'],
  ratePerMinute: 600,
  bodyLimit: 16_384,
  bodyKind: 'raw-form',
} as const;

export const deauthorizeMeta = defineRoute({
  ...signedForm,
  id: 'webhooks.meta-deauthorize',
  path: '/webhooks/meta/deauthorize',
  summary: 'Somebody took the app away at Meta: what stood on their consent stops working (WH-14)',
});

export const deleteMetaData = defineRoute({
  ...signedForm,
  id: 'webhooks.meta-data-deletion',
  path: '/webhooks/meta/data-deletion',
  summary: 'Somebody asked Meta to have their data deleted: done at once, with an address that says so (WH-14)',
  reply: z.strictObject({ url: z.url().max(400), confirmation_code: z.string().max(64) }),
});

export const dataDeletion = defineRoute({
  id: 'webhooks.data-deletion-status',
  method: 'GET',
  path: '/data-deletion/:code',
  summary: 'What became of a request to delete data, for the person who has its code; says nothing about anybody',
  auth: 'public',
  scope: 'none',
  permission: null,
  dataClasses: ['public'],
  ratePerMinute: 30,
  bodyLimit: 0,
  idempotency: 'natural',
  audit: null,
  params: z.strictObject({ code: z.string().max(64) }),
  reply: z.string().max(500),
  replyKind: 'text',
  replyStatus: 200,
  errors: ['not_found'],
});
