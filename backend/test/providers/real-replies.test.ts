import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Account } from '../../src/providers/provider.ts';
import { validateFacts } from '../../src/providers/validate-facts.ts';
import { type Canned, cannedReplies, type Reply } from './canned.ts';

/** Replies as providers have sent them to people in this job, each with its relatives. docs/decisions/0021-odd-rows.md says the rule. */

const NOW = new Date('2026-12-01T06:30:00.000Z');
let canned: Canned;
beforeAll(async () => {
  canned = await cannedReplies(NOW);
});
afterAll(() => canned.close());

const account = (id: string, settings: Record<string, string>): Account => ({
  id,
  name: 'Shop',
  detail: null,
  settings,
});

describe('orders of Amazon', () => {
  const SHOP = account('A9:A21TJRUUN4KGV', { marketplaceId: 'A21TJRUUN4KGV', currency: 'INR', country: 'IN' });
  const order = (orderId: string, more: object = {}) => ({
    orderId,
    createdTime: '2026-11-29T08:15:00Z',
    lastUpdatedTime: '2026-11-29T10:00:00Z',
    fulfillment: { fulfillmentStatus: 'UNSHIPPED' },
    orderItems: [{ quantityOrdered: 2 }],
    ...more,
  });
  const read = (first: object, second?: object) =>
    canned.read(
      'amazon-sp-api',
      'orders',
      [...(second ? [{ to: 'paginationToken', body: second }] : []), { to: '/orders/2026-01-01/orders', body: first }],
      { account: SHOP },
    );

  test.each([
    ['its total', { proceeds: { grandTotal: null } }],
    ['what it brings', { proceeds: null }],
    ['its parcels', { packages: null }],
    ['how it is sent', { fulfillment: null }],
    ['its sales channel and the other names of it', { salesChannel: null, orderAliases: null }],
    ['the day by which it must leave', { fulfillment: { fulfillmentStatus: 'UNSHIPPED', shipByWindow: null } }],
  ])('an order with null for %s is read without it, like the others', async (_, nulls) => {
    const page = await read({ orders: [order('403-1'), order('403-2', nulls)], pagination: { nextToken: null } });
    expect(page).toMatchObject({
      kind: 'ok',
      rows: [{ id: '403-1' }, { id: '403-2', totalMinor: null, items: 2 }],
      unreadable: [],
    });
  });

  test('an order that changed while it was being paged is there once, in its later state, whichever page has that', async () => {
    const sooner = order('403-7');
    const later = order('403-7', {
      lastUpdatedTime: '2026-11-30T09:30:00Z',
      fulfillment: { fulfillmentStatus: 'CANCELLED' },
    });
    for (const [first, second] of [
      [sooner, later],
      [later, sooner],
    ]) {
      const page = await read(
        { orders: [first, order('403-8')], pagination: { nextToken: 'next' } },
        { orders: [second] },
      );
      if (page.kind !== 'ok') throw new Error(JSON.stringify(page));
      const { rows, rejected } = validateFacts('orders', page.rows, NOW);
      expect(rejected).toEqual([]);
      expect(rows.map(({ id, status }) => [id, status]).sort()).toEqual([
        ['403-7', 'cancelled'],
        ['403-8', 'unshipped'],
      ]);
    }
  });
});

describe('parcels of Delhivery', () => {
  const parcel = (AWB: string, at: unknown, more: object = {}) => ({
    Shipment: {
      AWB,
      OrderType: 'COD',
      CODAmount: 799,
      Status: { Status: 'In Transit', StatusType: 'UD', StatusDateTime: at, StatusLocation: 'Nagpur', ...more },
    },
  });
  const read = (...parcels: object[]) =>
    canned.read('delhivery', 'shipments', [{ to: '/packages/json/', body: { ShipmentData: parcels } }], {
      account: account('production', { environment: 'production' }),
      text: '5091234500011 5091234500022',
    });

  test.each([
    ['with its zone', '2026-11-29T21:45:10+05:30', '2026-11-29T16:15:10.000Z'],
    ['in UTC', '2026-11-29T16:15:10Z', '2026-11-29T16:15:10.000Z'],
    ['with a blank and parts of a second', '2026-11-29 21:45:10.250', '2026-11-29T16:15:10.250Z'],
  ])('a time %s is read, and the parcel without a zone beside it as well', async (_, at, instant) => {
    const page = await read(parcel('5091234500011', '2026-11-29T09:00:00'), parcel('5091234500022', at));
    expect(page).toMatchObject({ kind: 'ok', rows: [{ at: '2026-11-29T03:30:00.000Z' }, { at: instant }] });
  });

  test.each([['29/11/2026 21:45'], [null], [1_764_432_000], [{}]])(
    'a parcel at the time %j is left out and counted, and the other one is read',
    async at => {
      const page = await read(parcel('5091234500011', '2026-11-29T09:00:00'), parcel('5091234500022', at));
      expect(page).toMatchObject({ kind: 'ok', rows: [{ awb: '5091234500011' }] });
      expect(page).toHaveProperty('unreadable.length', 1);
    },
  );
});

describe('tasks of Jira', () => {
  const issue = (n: number, fields: object = {}) => ({
    id: `3100${n}`,
    key: `SHOP-${n}`,
    fields: {
      summary: 'Photograph the new sarees',
      status: { name: 'In Progress', statusCategory: { key: 'indeterminate' } },
      project: { name: 'Shop' },
      updated: '2026-11-30T18:20:00.000+0530',
      ...fields,
    },
  });
  const read = (body: object) =>
    canned.read('jira', 'tasks', [{ to: '/search/jql', body }], {
      account: account('cloud-7', { url: 'https://shop.atlassian.net' }),
    });

  test.each([
    ['null for the token', { isLast: true, nextPageToken: null }],
    ['no token', { isLast: true }],
    ['nothing but null', { isLast: null, nextPageToken: null }],
  ])('a last page with %s ends the list', async (_, end) => {
    const page = await read({ issues: [issue(1)], ...end });
    expect(page).toMatchObject({ kind: 'ok', rows: [{ key: 'SHOP-1' }], pages: 1, complete: true });
  });

  test('an issue with null for everything that may be empty is read', async () => {
    const page = await read({ issues: [issue(1, { assignee: null, priority: null, duedate: null })], isLast: true });
    expect(page).toMatchObject({ rows: [{ assignee: null, priority: null, dueOn: null }] });
  });

  test('a site is offered once, and one where Jira was not allowed is not', async () => {
    const site = (id: string, scope: string) => ({ id, name: id, url: `https://${id}.atlassian.net`, scopes: [scope] });
    const found = await canned.identify('jira', [
      {
        to: 'accessible-resources',
        body: [
          site('tea', 'read:confluence-space.summary'),
          site('tea', 'read:jira-work'),
          site('wiki', 'read:confluence-content.all'),
          site('tea', 'read:jira-user'),
          site('desk', 'read:servicedesk-request'),
        ],
      },
    ]);
    expect(found).toMatchObject({ kind: 'ok', rows: [{ id: 'tea' }] });
  });
});

describe('numbers of Google Analytics', () => {
  const row = (day: string, sessions = '12') => ({
    dimensionValues: [{ value: day }],
    metricValues: ['40', sessions, '9', '3', '2499.5'].map(value => ({ value })),
  });
  const NAMES = ['screenPageViews', 'sessions', 'totalUsers', 'keyEvents', 'purchaseRevenue'];
  const read = (...rows: object[]) =>
    canned.read(
      'google-analytics',
      'metrics',
      [
        {
          to: ':runReport',
          body: {
            dimensionHeaders: [{ name: 'date' }],
            metricHeaders: NAMES.map(name => ({ name, type: 'TYPE_INTEGER' })),
            rows,
            rowCount: rows.length,
            metadata: { currencyCode: 'INR', timeZone: 'Asia/Kolkata', dataLossFromOtherRow: true },
          },
        },
      ],
      { account: account('556', { timeZone: 'Asia/Kolkata', currency: 'INR' }) },
    );

  test.each(['(other)', '(not set)', '', '20261399', '2026-11-28'])(
    'a row of «%s» is left out and counted, and the day beside it is read',
    async day => {
      const page = await read(row('20261129'), row(day));
      expect(page).toMatchObject({
        kind: 'ok',
        rows: [{ date: '2026-11-29', sessions: 12, conversionValueMinor: 249_950 }],
        unreadable: [{ key: null, why: 'no-day' }],
      });
    },
  );

  const properties = (n: number): Reply => ({
    to: `ancestor:accounts/${n}`,
    body: { properties: [{ name: `properties/${n}0`, displayName: `Shop ${n}`, timeZone: 'Asia/Kolkata' }] },
  });
  const owners = (...ns: number[]): Reply => ({
    to: 'accountSummaries',
    body: {
      accountSummaries: ns.map(n => ({
        name: `accountSummaries/${n}`,
        account: `accounts/${n}`,
        displayName: `Account ${n}`,
      })),
    },
  });
  const denied = (n: number, status = 403): Reply => ({
    to: `ancestor:accounts/${n}`,
    status,
    body: { error: { code: status, message: 'no', status: status === 403 ? 'PERMISSION_DENIED' : 'NOT_FOUND' } },
  });

  test.each([
    ['the first of them', [denied(1), properties(2), properties(3)], ['20', '30']],
    ['the last of them', [properties(1), properties(2), denied(3, 404)], ['10', '20']],
    ['all but one', [denied(1), properties(2), denied(3)], ['20']],
  ])('an account without the right hides none of the others: %s', async (_, replies, ids) => {
    const found = await canned.identify('google-analytics', [owners(1, 2, 3), ...replies]);
    expect(found).toMatchObject({ kind: 'ok', rows: ids.map(id => ({ id })) });
  });

  test('when no account gives the right, that is said', async () => {
    expect(await canned.identify('google-analytics', [owners(1, 2), denied(1), denied(2)])).toMatchObject({
      kind: 'permanent',
    });
  });
});

describe('numbers of Meta', () => {
  const campaign = (campaign_id: string, more: object = {}) => ({
    account_id: '222',
    account_currency: 'INR',
    campaign_id,
    campaign_name: `Campaign ${campaign_id}`,
    date_start: '2026-11-29',
    impressions: '640',
    spend: '87.50',
    ...more,
  });

  test.each([
    ['null for what people did', { actions: null, action_values: null, inline_link_clicks: null }, 640],
    ['a number where text is documented', { impressions: 641, spend: 87.5 }, 641],
    ['null for a count', { impressions: null }, 0],
  ])('a campaign with %s is read, like the one before it', async (_, more, impressions) => {
    const page = await canned.read(
      'meta-ads',
      'metrics',
      [{ to: '/insights', body: { data: [campaign('1'), campaign('2', more)] } }],
      { account: account('act_222', { currency: 'INR', timeZone: 'Asia/Kolkata' }) },
    );
    expect(page).toMatchObject({
      kind: 'ok',
      rows: [
        { entityId: '1', impressions: 640, spendMinor: 8750 },
        { entityId: '2', impressions, spendMinor: 8750, conversionsE4: 0 },
      ],
      unreadable: [],
    });
  });

  test('a post without numbers leaves those of the others, and it is said how many have none', async () => {
    const post = (id: string) => ({ id, media_type: 'IMAGE', timestamp: '2026-11-12T05:00:00+0000', like_count: 5 });
    const refused = {
      error: { code: 100, type: 'OAuthException', message: '(#100) The Media Insights API does not …' },
    };
    const values = ['views', 'shares', 'saved'].map(name => ({ name, values: [{ value: 31 }] }));
    const page = await canned.read(
      'instagram',
      'posts',
      [
        { to: 'insights.metric', status: 400, body: refused },
        { to: '/media', body: { data: [post('501'), post('502'), post('503')] } },
        { to: '/502/insights', status: 400, body: refused },
        { to: '/insights', body: { data: values } },
      ],
      { account: account('17841400000000777', {}) },
    );
    expect(page).toMatchObject({
      kind: 'ok',
      rows: [
        { id: '501', views: 31, likes: 5 },
        { id: '502', views: null, likes: 5 },
        { id: '503', views: 31, likes: 5 },
      ],
      missing: [{ rows: 1, why: expect.stringContaining('views') }],
    });
  });
});

describe('payments of Stripe', () => {
  const list = (...data: object[]) => ({ object: 'list', has_more: false, data });
  const HOUR_AGO = NOW.getTime() / 1000 - 3600;
  const intent = (more: object) => ({
    id: 'pi_7',
    object: 'payment_intent',
    created: HOUR_AGO,
    livemode: true,
    status: 'succeeded',
    amount: 249_900,
    amount_received: 249_900,
    currency: 'inr',
    description: null,
    last_payment_error: null,
    ...more,
  });
  const read = (intents: object[], sessions: object[] = []) =>
    canned.read(
      'stripe',
      'payments',
      [
        { to: '/v1/events', body: list() },
        { to: '/v1/payment_links', body: list() },
        { to: '/v1/checkout/sessions', body: list(...sessions) },
        { to: '/v1/payment_intents', body: list(...intents) },
      ],
      { account: account('acct_7', { mode: 'live' }) },
    );

  test.each([
    ['a part', 100_000, 100_000],
    ['all', 249_900, 249_900],
    ['nothing that is told', null, 249_900],
  ])('when %s was captured, that is what was paid', async (_, amount_received, amountMinor) => {
    const page = await read([intent({ amount_received })]);
    expect(page).toMatchObject({ kind: 'ok', rows: [{ status: 'paid', amountMinor }] });
  });

  test.each([
    ['by its words', { description: 'Subscription creation' }, {}],
    ['by its customer', { customer: 'cus_5', description: 'Plan of the month' }, { customer: 'cus_5' }],
  ])(
    'the first payment of a subscription is named by its checkout, found %s, so that it counts once',
    async (_, more, told) => {
      const session = {
        id: 'cs_live_7',
        object: 'checkout.session',
        created: HOUR_AGO,
        livemode: true,
        mode: 'subscription',
        status: 'complete',
        payment_status: 'paid',
        amount_total: 249_900,
        currency: 'inr',
        payment_link: null,
        payment_intent: null,
        subscription: 'sub_7',
        invoice: 'in_7',
        ...told,
      };
      const page = await read([intent(more)], [session]);
      if (page.kind !== 'ok') throw new Error(JSON.stringify(page));
      const named = new Set(page.rows.map(({ paymentId }) => paymentId));
      const counted = page.rows.filter(({ id }) => !named.has(id));
      expect(counted).toMatchObject([{ id: 'cs_live_7', status: 'paid', amountMinor: 249_900 }]);
    },
  );
});
