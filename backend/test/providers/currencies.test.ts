import type { ProviderId } from '@astrix/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Account } from '../../src/providers/provider.ts';
import { type Canned, cannedReplies } from './canned.ts';

/** 1.5 or 12 units of a currency, as each provider writes them, have to be the same minor units of ISO 4217 wherever they come from. */

const NOW = new Date('2026-12-01T06:30:00.000Z');
let canned: Canned;
beforeAll(async () => {
  canned = await cannedReplies(NOW);
});
afterAll(() => canned.close());

/** Code, 1.5 (12 where there are no parts) units as they are written, and in minor units. */
const CURRENCIES = [
  ['INR', '1.5', 150],
  ['USD', '1.5', 150],
  ['IDR', '1.5', 150],
  ['JPY', '12', 12],
  ['KRW', '12', 12],
  ['VND', '12', 12],
  ['KWD', '1.5', 1500],
  ['BHD', '1.5', 1500],
  ['TND', '1.5', 1500],
  ['CLF', '1.5', 15_000],
  ['UYW', '1.5', 15_000],
] as const;

const account = (id: string, settings: Record<string, string> = {}): Account => ({
  id,
  name: 'Shop',
  detail: null,
  settings: { timeZone: 'Asia/Kolkata', ...settings },
});
type Money = { readonly currency: string; readonly written: string; readonly minor: number };

async function ok<R>(page: Promise<{ readonly kind: string; readonly rows?: readonly R[] }>): Promise<R> {
  const read = await page;
  if (read.rows?.length !== 1) throw new Error(JSON.stringify(read));
  return read.rows[0]!;
}

const READS: Readonly<Partial<Record<ProviderId, (money: Money) => Promise<number | null | undefined>>>> = {
  'amazon-sp-api': async ({ currency, written }) => {
    const order = {
      orderId: '403-1',
      createdTime: '2026-11-29T08:15:00Z',
      lastUpdatedTime: '2026-11-29T10:00:00Z',
      proceeds: { grandTotal: { amount: written, currencyCode: currency } },
      orderItems: [{ quantityOrdered: 1 }],
    };
    const replies = [{ to: '/orders/2026-01-01/orders', body: { orders: [order] } }];
    const shop = account('A9:A21TJRUUN4KGV', { marketplaceId: 'A21TJRUUN4KGV', currency });
    return (await ok(canned.read('amazon-sp-api', 'orders', replies, { account: shop }))).totalMinor;
  },
  stripe: async ({ currency, minor }) => {
    const intent = {
      id: 'pi_1',
      created: NOW.getTime() / 1000 - 3600,
      livemode: true,
      status: 'succeeded',
      amount: minor,
      currency: currency.toLowerCase(),
    };
    const replies = ['events', 'payment_links', 'checkout/sessions', 'payment_intents'].map(list => ({
      to: `/v1/${list}`,
      body: { object: 'list', has_more: false, data: list === 'payment_intents' ? [intent] : [] },
    }));
    return (await ok(canned.read('stripe', 'payments', replies, { account: account('acct_1', { mode: 'live' }) })))
      .amountMinor;
  },
  'google-ads': async ({ currency, written }) => {
    const row = {
      segments: { date: '2026-11-29' },
      customer: { id: '1234567890', currencyCode: currency, timeZone: 'Asia/Kolkata' },
      campaign: { id: '5', name: 'Campaign' },
      metrics: { costMicros: String(Number(written) * 1_000_000), conversionsValue: Number(written) },
    };
    const fact = await ok(
      canned.read('google-ads', 'metrics', [{ to: 'googleAds:search', body: { results: [row] } }], {
        account: account('1234567890', { currency }),
      }),
    );
    expect(fact.conversionValueMinor).toBe(fact.spendMinor);
    return fact.spendMinor;
  },
  'google-analytics': async ({ currency, written }) => {
    const body = {
      dimensionHeaders: [{ name: 'date' }],
      metricHeaders: [{ name: 'purchaseRevenue' }],
      rows: [{ dimensionValues: [{ value: '20261129' }], metricValues: [{ value: written }] }],
      rowCount: 1,
      metadata: { currencyCode: currency, timeZone: 'Asia/Kolkata' },
    };
    return (
      await ok(canned.read('google-analytics', 'metrics', [{ to: ':runReport', body }], { account: account('5') }))
    ).conversionValueMinor;
  },
  'meta-ads': async ({ currency, written }) => {
    const row = {
      account_id: '222',
      account_currency: currency,
      campaign_id: '1',
      campaign_name: 'Campaign',
      date_start: '2026-11-29',
      spend: written,
      action_values: [{ action_type: 'omni_purchase', value: written }],
    };
    const fact = await ok(
      canned.read('meta-ads', 'metrics', [{ to: '/insights', body: { data: [row] } }], {
        account: account('act_222', { currency }),
      }),
    );
    expect(fact.conversionValueMinor).toBe(fact.spendMinor);
    return fact.spendMinor;
  },
};

describe.each(Object.entries(READS))('%s', (_, read) => {
  test.each(CURRENCIES)('%s %s are %i of its smallest unit', async (currency, written, minor) => {
    expect(await read({ currency, written, minor })).toBe(minor);
  });
});
