import type { Manifest } from '../provider.ts';

/** India is served from the region Europe. */
export const HOST = 'sellingpartnerapi-eu.amazon.com';

/** Amazon tells of orders for two years. */
export const HISTORY_DAYS = 730;

/** A role of the app, as Amazon calls it; there are no scopes in the consent itself. */
export const ORDERS_ROLE = 'Inventory and Order Tracking';

/** Selling Partner API with Login with Amazon, marketplace India. Source: Amazon's models of August 2026 and developer-docs.amazon.com. */
export const AMAZON_SP_API = {
  id: 'amazon-sp-api',
  name: 'Amazon Seller Central',
  group: 'commerce',
  availability: 'live',
  availabilityNote: '',
  purpose: 'Watches the orders of an Amazon seller: status, value and ship-by time. No buyer data is requested.',
  dataClasses: ['client-business'],
  hosts: [HOST, 'api.amazon.com'],
  /** The usage plans of the operations, which Amazon keeps for each pair of app and seller. */
  budget: {
    default: { burst: 5, perSecond: 0.5 },
    orders: { burst: 20, perSecond: 0.0056 },
    marketplaces: { burst: 15, perSecond: 0.016 },
    tokens: { burst: 10, perSecond: 1 },
  },
  auth: {
    kind: 'oauth2',
    app: 'amazon',
    authorize: {
      host: 'sellercentral.amazon.in',
      path: '/apps/authorize/consent',
      parameters: {},
      clientIdAs: 'application_id',
      scopeSeparator: null,
    },
    // Not in Amazon's workflow: the secret of the app and the state carry it.
    pkce: false,
    callback: { codeAs: 'spapi_oauth_code', extras: ['selling_partner_id'] },
    token: { host: 'api.amazon.com', path: '/auth/o2/token', body: 'form' },
    refresh: 'static',
    revoke: null,
    revokeByHand: 'Open Seller Central, then Apps and Services, Manage Your Apps, and disable Astrix there.',
    scopes: [{ scope: ORDERS_ROLE, why: 'Reads orders without their buyers: status, items, value, ship-by time.' }],
  },
  capabilities: [
    {
      capability: 'orders',
      kind: 'read',
      title: 'Orders changed in the last 7 days',
      needs: [ORDERS_ROLE],
      range: {
        kind: 'range',
        by: 'updated',
        order: 'unordered',
        // Changes of the last two minutes are not told yet.
        overlapSeconds: 600,
        rereadDays: 0,
        historyDays: HISTORY_DAYS,
        // Seven days, because a page of 100 costs three minutes of the quota once the first twenty are used.
        previewDays: 7,
        everySeconds: 900,
      },
    },
  ],
  shareable: false,
} as const satisfies Manifest;
