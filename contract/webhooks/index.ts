import { z } from 'zod';
import { defineFeature } from '../feature.ts';
import { Cursor, Id, Instant } from '../fields.ts';
import { agencyChange, agencyRead, PROVIDER_CALL_ERRORS, providerCall, publicRead } from '../route.ts';

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

const ofProvider = z.strictObject({ provider: z.string().max(40) });

/** Deliveries of providers: verified, stored, processed once. */
export const webhooks = defineFeature('webhooks', {
  permissions: { 'webhook.operate': ['owner', 'admin'] },
  routes: {
    'whatsapp-verify': publicRead({
      path: '/webhooks/whatsapp',
      summary: 'The same as /webhooks/app/whatsapp, for apps that were registered with this address (WH-13)',
      auth: 'provider',
      dataClasses: ['public'],
      ratePerMinute: 60,
      // Deliberately loose: Meta may add parameters. The handler judges each value itself.
      query: z.looseObject({}),
      reply: z.string(),
      replyKind: 'text',
      errors: ['webhook_refused', 'secret_missing'],
    }),
    whatsapp: providerCall({
      path: '/webhooks/whatsapp',
      summary: 'The same as /webhooks/app/whatsapp, for apps that were registered with this address',
      dataClasses: ['end-customer'],
      ratePerMinute: 6_000_000,
      // Meta batches up to 3 MB into one delivery; refusing it would lose events after seven days of retries.
      bodyLimit: 3_145_728,
    }),
    'list-dead-letters': agencyRead({
      path: '/v1/webhooks/dead-letters',
      summary: 'Events that could not be processed, redacted',
      permission: 'webhook.operate',
      dataClasses: ['security-telemetry'],
      ratePerMinute: 60,
      query: z.strictObject({ after: Cursor.optional() }),
      reply: z.strictObject({ deadLetters: z.array(DeadLetter) }),
    }),
    'replay-dead-letter': agencyChange({
      method: 'POST',
      path: '/v1/webhooks/dead-letters/:deadLetterId/replay',
      summary: 'Process a dead letter again; replaying twice has one effect (WH-15)',
      permission: 'webhook.operate',
      dataClasses: ['security-telemetry'],
      audit: 'webhook.replay',
      params: z.strictObject({ deadLetterId: Id }),
      reply: z.null(),
      replyStatus: 204,
      errors: ['not_found'],
    }),
    'app-verify': publicRead({
      path: '/webhooks/app/:provider',
      summary: 'The handshake when the address of an app is registered: echoes the numeric challenge (WH-13)',
      auth: 'provider',
      dataClasses: ['public'],
      ratePerMinute: 60,
      params: ofProvider,
      // Deliberately loose: the provider may add parameters. The handler judges each value itself.
      query: z.looseObject({}),
      reply: z.string(),
      replyKind: 'text',
      errors: ['not_found', 'webhook_refused', 'secret_missing'],
    }),
    app: providerCall({
      path: '/webhooks/app/:provider',
      summary:
        'Events of a provider whose app has one address for all accounts, signed over the raw bytes; stored, then answered',
      dataClasses: ['end-customer', 'client-business', 'logistics', 'payment-metadata'],
      ratePerMinute: 6_000_000,
      // Meta puts up to a thousand events and 3 MB into one delivery; refusing it would lose events after seven days of retries.
      bodyLimit: 3_145_728,
      params: ofProvider,
      errors: ['not_found', ...PROVIDER_CALL_ERRORS],
    }),
    connection: providerCall({
      path: '/webhooks/connection/:endpoint',
      summary: 'Events of one connected account, at an address of its own that cannot be guessed (WH-06)',
      dataClasses: ['client-business', 'logistics', 'payment-metadata'],
      ratePerMinute: 60_000,
      bodyLimit: 1_048_576,
      // An address that is nobody's is answered like a wrong signature, whatever its form.
      params: z.strictObject({ endpoint: z.string().max(200) }),
    }),
    'meta-deauthorize': providerCall({
      path: '/webhooks/meta/deauthorize',
      summary: 'Somebody took the app away at Meta: what stood on their consent stops working (WH-14)',
      dataClasses: ['account'],
      ratePerMinute: 600,
      bodyLimit: 16_384,
      bodyKind: 'raw-form',
    }),
    'meta-data-deletion': providerCall({
      path: '/webhooks/meta/data-deletion',
      summary: 'Somebody asked Meta to have their data deleted: done at once, with an address that says so (WH-14)',
      dataClasses: ['account'],
      ratePerMinute: 600,
      bodyLimit: 16_384,
      bodyKind: 'raw-form',
      reply: z.strictObject({ url: z.url().max(400), confirmation_code: z.string().max(64) }),
    }),
    'data-deletion-status': publicRead({
      path: '/data-deletion/:code',
      summary: 'What became of a request to delete data, for the person who has its code; says nothing about anybody',
      dataClasses: ['public'],
      ratePerMinute: 30,
      params: z.strictObject({ code: z.string().max(64) }),
      reply: z.string().max(500),
      replyKind: 'text',
      errors: ['not_found'],
    }),
  },
});
