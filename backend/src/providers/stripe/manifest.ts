import type { Manifest } from '../provider.ts';

/** Always sent: without it each account would answer in a version of its own. */
export const VERSION = '2026-07-29.dahlia';

/** Stripe API with a restricted key of the client. Source: stripe/openapi and docs.stripe.com, August 2026. */
export const STRIPE = {
  id: 'stripe',
  name: 'Stripe',
  group: 'payments',
  availability: 'live',
  availabilityNote: '',
  purpose:
    'Shows payment links, checkouts and payments, learns when they are paid, and makes payment links. No money is moved with this key.',
  dataClasses: ['payment-metadata'],
  hosts: ['api.stripe.com'],
  /** Stripe allows 25 a second in test mode and 100 in live mode, for everybody who uses the account. */
  budget: { default: { burst: 20, perSecond: 10 } },
  auth: {
    kind: 'key',
    credential: 'key',
    fields: [
      {
        name: 'key',
        label: 'Restricted key',
        kind: 'secret',
        help: 'In the Stripe dashboard: Developers, API keys, Create restricted key, with the permissions below.',
        // A live secret key could refund, pay out and read every customer; whoever reads payments needs none of that.
        pattern: '^(?:rk_live_|rk_test_|sk_test_)[A-Za-z0-9]{8,240}$',
        rule: 'must begin with rk_live_ or rk_test_ (sk_test_ to try it out); sk_live_ is refused, because it can move all money',
        maxLength: 250,
        required: true,
        options: [],
      },
      {
        name: 'webhookSecret',
        label: 'Webhook signing secret',
        kind: 'secret',
        help: 'Leave empty for now. You can add it after connecting.',
        pattern: '^whsec_[A-Za-z0-9+/=_-]{16,240}$',
        rule: 'must begin with whsec_',
        maxLength: 250,
        required: false,
        options: [],
      },
    ],
    scopes: [
      { scope: 'PaymentIntents: read', why: 'Shows payments: amount, status and time.' },
      { scope: 'Charges and Refunds: read', why: 'Shows what of a payment was refunded, and whether it is disputed.' },
      { scope: 'Disputes: read', why: 'Tells how a dispute stands, and so whether its money is there.' },
      { scope: 'Checkout Sessions: read', why: 'Shows which checkouts are open, paid or expired.' },
      {
        scope: 'Payment Links: write',
        why: 'Shows which payment links are active and what they ask for, and makes new ones.',
      },
      { scope: 'Prices: write', why: 'Makes the price that a new payment link asks for.' },
      { scope: 'Products: write', why: 'Names what a new payment link is for.' },
      { scope: 'Events: read', why: 'Tells when a payment link was made, which the link itself does not say.' },
    ],
    revokeByHand: 'Open the Stripe dashboard, then Developers, API keys, and delete the restricted key there.',
  },
  capabilities: [
    {
      capability: 'payments',
      kind: 'read',
      title: 'Payment links, checkouts and payments of the last 30 days',
      needs: [],
      range: {
        kind: 'range',
        by: 'created',
        order: 'newest-first',
        overlapSeconds: 86_400,
        // A checkout is paid within a day, a bank transfer within two weeks, and a link stays open until it is used.
        rereadDays: 30,
        historyDays: null,
        previewDays: 30,
        everySeconds: 3600,
      },
    },
  ],
  shareable: false,
} as const satisfies Manifest;
