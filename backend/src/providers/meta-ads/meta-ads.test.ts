import { CAPABILITIES } from '@astrix/contract';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { type ProviderRig, providerRig, readAll } from '../../../test/providers/rig.ts';
import { secret } from '../../kernel/secret.ts';
import { hmacSha256 } from '../../platform/crypto/index.ts';
import { usageOf } from '../meta/usage.ts';
import type { Account, Api, TokenApi } from '../provider.ts';
import { metaAds } from './client.ts';
import { AdAccount, accountOf, InsightRow, metricOf, scaled } from './map.ts';

let rig: ProviderRig;
beforeAll(async () => {
  rig = await providerRig();
});
afterAll(() => rig.close());

const DAY_MS = 86_400_000;

async function accounts(): Promise<{ named: (name: string) => Account; all: readonly Account[] }> {
  const found = await metaAds.identify(rig.api('meta-ads', rig.granted('meta-ads').credential));
  if (found.kind !== 'ok') throw new Error(found.kind);
  return { all: found.rows, named: name => found.rows.find(one => one.name === name)! };
}
async function metricsOf(name: string, credential = rig.granted('meta-ads').credential) {
  const account = (await accounts()).named(name);
  return readAll('meta-ads', 'metrics', rig.api('meta-ads', credential, { account }));
}

it('VT-08: names every ad account of all pages, with its currency, zone and standing, and chooses none', async () => {
  const { all, named } = await accounts();
  expect(all).toHaveLength(13);
  expect(named('Chai Katha')).toMatchObject({
    id: 'act_1200000000001',
    detail: 'INR · Asia/Kolkata',
    settings: { currency: 'INR', timeZone: 'Asia/Kolkata' },
  });
  expect(named('Monsoon Umbrellas').detail).toBe('INR · Asia/Kolkata · disabled');
});

it('S5: reads all pages of the daily campaign numbers of 14 days, in paise', async () => {
  const metrics = await metricsOf('Chai Katha');
  if (metrics.kind !== 'ok') throw new Error(JSON.stringify(metrics));
  expect(metrics.rows).toHaveLength(14 * 12);
  for (const row of metrics.rows) expect(CAPABILITIES.metrics.fact.safeParse(row).error).toBeUndefined();
  const days = [...new Set(metrics.rows.map(({ date }) => date))].sort();
  expect(days).toHaveLength(14);
  // The newest day is the one that it is in India.
  expect(days.at(-1)).toBe(new Date(rig.clock.now().getTime() + 5.5 * 3_600_000).toISOString().slice(0, 10));
  expect(metrics.rows.every(({ currency, final }) => currency === 'INR' && !final)).toBe(true);
  expect(metrics.rows.some(({ conversionsE4 }) => (conversionsE4 ?? 0) >= 10_000)).toBe(true);
});

it('a currency with three digits after the point is counted in thousandths', async () => {
  const metrics = await metricsOf('Kadak Audio Gulf');
  if (metrics.kind !== 'ok') throw new Error(metrics.kind);
  const row = metrics.rows[0]!;
  const told = rig.seen
    .findLast(({ url }) => url.includes('act_1200000000013') && !url.includes('after='))!
    .reply.match(/"spend":"(\d+)\.(\d{3})"/)!;
  expect(row).toMatchObject({ currency: 'KWD', spendMinor: Number(told[1]! + told[2]!) });
});

it('every call carries the token in a header, and the proof of the app', async () => {
  const { credential, grant } = rig.granted('meta-ads');
  await metaAds.identify(rig.api('meta-ads', credential));
  const asked = rig.seen.at(-1)!;
  const token = grant.accessToken.reveal();
  expect(asked.headers.authorization).toBe(`Bearer ${token}`);
  expect(asked.url).toContain(`appsecret_proof=${hmacSha256('sandbox-secret', token).toString('hex')}`);
  expect(asked.url).not.toContain(token);
});

it('VT-10: a scope that was not granted is a refusal with words, not a lost credential', async () => {
  const outcome = await metricsOf('Chai Katha', rig.granted('meta-ads', []).credential);
  expect(outcome).toMatchObject({ kind: 'permanent', code: 'scope', reason: expect.stringContaining('ads_read') });
});

it('a dead token has to be renewed by a person', async () => {
  const { credential, grant } = rig.granted('meta-ads');
  rig.sandbox.book.revoke(grant.accessToken.reveal());
  const outcome = await metaAds.identify(rig.api('meta-ads', credential));
  expect(outcome).toMatchObject({ kind: 'reauth', code: '190', reason: 'The access has run out.' });
});

it('EG-03: an ad account that was asked too often is left in peace, and asked once only', async () => {
  const before = rig.seen.length;
  expect(await metricsOf('Rangoli Stationers')).toMatchObject({ kind: 'retry', afterSeconds: 540 });
  expect(rig.seen.slice(before).filter(({ url }) => url.includes('act_1200000000010'))).toHaveLength(1);
});

it('an account of somebody else is refused', async () => {
  const account: Account = { id: 'act_999', name: 'x', detail: null, settings: { timeZone: 'Asia/Kolkata' } };
  const { credential } = rig.granted('meta-ads');
  const outcome = await readAll('meta-ads', 'metrics', rig.api('meta-ads', credential, { account }));
  expect(outcome).toMatchObject({ kind: 'permanent', code: 'scope' });
});

describe('log-in', () => {
  it('a code becomes a token of 60 days with the scopes that were really granted, once', async () => {
    const flow = rig.flow('meta-ads');
    const code = rig.code('meta-ads');
    const outcome = await flow.exchange(rig.tokenApi('meta-ads'), code);
    if (outcome.kind !== 'ok') throw new Error(JSON.stringify(outcome));
    const { endsAt, expiresAt, refreshToken, scopes } = outcome.data;
    expect(scopes).toEqual(['ads_read']);
    expect(refreshToken).toBeNull();
    expect(endsAt).toEqual(new Date(rig.clock.now().getTime() + 60 * DAY_MS));
    expect(expiresAt).toEqual(endsAt);
    expect(await flow.exchange(rig.tokenApi('meta-ads'), code)).toMatchObject({
      kind: 'reauth',
      code: 'invalid_grant',
    });
  });

  it('a code that is used up is not lost when the long token cannot be had yet', async () => {
    const api = rig.tokenApi('meta-ads');
    const slow: TokenApi = {
      ...api,
      call: ask =>
        ask.query?.grant_type === 'fb_exchange_token'
          ? Promise.resolve({ kind: 'retry', afterSeconds: null, reason: 'code-2', status: 500 })
          : api.call(ask),
    };
    const outcome = await rig.flow('meta-ads').exchange(slow, rig.code('meta-ads'));
    if (outcome.kind !== 'ok') throw new Error(outcome.kind);
    expect(outcome.data.endsAt!.getTime()).toBe(rig.clock.now().getTime() + 3_600_000);
  });

  it('VT-12: a token that has not expired is exchanged for a later one, and stays valid itself', async () => {
    const flow = rig.flow('meta-ads');
    const { grant, credential } = rig.granted('meta-ads');
    const next = await flow.refresh(rig.tokenApi('meta-ads'), grant);
    if (next.kind !== 'ok') throw new Error(next.kind);
    expect(next.data.accessToken.reveal()).not.toBe(grant.accessToken.reveal());
    expect(next.data.endsAt!.getTime()).toBe(rig.clock.now().getTime() + 60 * DAY_MS);
    expect(next.data.scopes).toEqual(grant.scopes);
    expect(await metaAds.identify(rig.api('meta-ads', credential))).toMatchObject({ kind: 'ok' });
  });

  it('a token that is over cannot be exchanged any more', async () => {
    const { grant } = rig.granted('meta-ads');
    const dead = { ...grant, accessToken: secret('gone') };
    expect(await rig.flow('meta-ads').refresh(rig.tokenApi('meta-ads'), dead)).toMatchObject({
      kind: 'reauth',
      code: '190',
    });
  });

  it('VT-11: revoking takes the permissions back, and a second time is as good as done', async () => {
    const flow = rig.flow('meta-ads');
    const { grant, credential } = rig.granted('meta-ads');
    expect(await flow.revoke(rig.tokenApi('meta-ads'), grant)).toMatchObject({ kind: 'ok' });
    expect(rig.seen.at(-1)).toMatchObject({ method: 'DELETE', host: 'graph.facebook.com' });
    expect(await metaAds.identify(rig.api('meta-ads', credential))).toMatchObject({ kind: 'reauth' });
    expect(await flow.revoke(rig.tokenApi('meta-ads'), grant)).toMatchObject({ kind: 'ok' });
  });

  it('a wrong secret of this installation says nothing about the grant', async () => {
    const api = rig.tokenApi('meta-ads');
    const { grant } = rig.granted('meta-ads');
    const outcome = await rig.flow('meta-ads').refresh({ ...api, app: { ...api.app, secret: secret('other') } }, grant);
    expect(outcome).toMatchObject({ kind: 'permanent', code: 'invalid_client' });
  });
});

describe('usage headers', () => {
  test('the fullest of them counts, and minutes become seconds', () => {
    const told = {
      'x-business-use-case-usage': JSON.stringify({
        17: [
          {
            type: 'ads_insights',
            call_count: 28,
            total_cputime: 91,
            total_time: 25,
            estimated_time_to_regain_access: 4,
          },
        ],
      }),
      'x-app-usage': JSON.stringify({ call_count: 12, total_time: 3, total_cputime: 2 }),
      'x-ad-account-usage': 'not json',
    };
    expect(usageOf(told)).toEqual({ percent: 91, waitSeconds: 240 });
    expect(usageOf({})).toEqual({ percent: 0, waitSeconds: 300 });
  });

  test.each([
    [79, 'ok'],
    [80, 'retry'],
  ])('EG-03: at %i percent the next page is %s', async (percent, kind) => {
    const api = rig.api('meta-ads', rig.granted('meta-ads').credential);
    const used: Api = {
      ...api,
      async call(ask) {
        const outcome = await api.call(ask);
        const headers = { 'x-app-usage': JSON.stringify({ call_count: percent }) };
        return outcome.kind === 'ok' ? { ...outcome, headers } : outcome;
      },
    };
    expect(await metaAds.identify(used)).toMatchObject({ kind, ...(kind === 'retry' ? { afterSeconds: 300 } : {}) });
  });
});

describe('lists', () => {
  const pageOf = (paging: object) => {
    const asked: unknown[] = [];
    const api: Api = {
      ...rig.api('meta-ads', rig.granted('meta-ads').credential),
      async call(ask) {
        asked.push(ask.query?.after);
        const data = { data: [], ...(asked.length === 1 ? { paging } : {}) } as never;
        return { kind: 'ok', data, status: 200, headers: {}, bytes: 1 };
      },
    };
    return metaAds.identify(api).then(found => ({ found, asked }));
  };

  test('EG-02: the cursor may stand in the link alone; the host of the link is not looked at', async () => {
    const { asked } = await pageOf({ next: 'https://evil.example/?after=abc' });
    expect(asked).toEqual([undefined, 'abc']);
  });

  test('EG-02: a list that goes on without saying where is not taken for a whole one', async () => {
    for (const next of ['https://graph.facebook.com/v26.0/me/adaccounts', 'nonsense'])
      expect((await pageOf({ next })).found).toMatchObject({ kind: 'malformed', reason: 'cursor' });
  });

  test('a cursor without a next page ends it', async () => {
    const { asked, found } = await pageOf({ cursors: { after: 'abc' } });
    expect(asked).toHaveLength(1);
    expect(found).toMatchObject({ kind: 'ok' });
  });
});

describe('rows of insights', () => {
  const row = {
    account_id: '1',
    account_currency: 'INR',
    campaign_id: '23850000000000001',
    campaign_name: 'दीपावली सेल',
    objective: 'OUTCOME_SALES',
    date_start: '2026-11-01',
    date_stop: '2026-11-01',
    impressions: '1000',
    clicks: '55',
    inline_link_clicks: '40',
    spend: '1234.56',
    actions: [
      { action_type: 'purchase', value: '3' },
      { action_type: 'omni_purchase', value: '2.5' },
      { action_type: 'lead', value: '7' },
      { action_type: 'post_engagement', '7d_click': '3' },
    ],
    action_values: [{ action_type: 'omni_purchase', value: '1998.005' }],
  };
  const map = (more: object) => metricOf(InsightRow.parse({ ...row, ...more }), 'Asia/Kolkata', '2026-11-20');

  test('link clicks, the sum of purchases once, fractions of them, money without floats', () => {
    expect(map({})).toMatchObject({
      clicks: 40,
      reach: null,
      engagements: 0,
      spendMinor: 123_456,
      conversionsE4: 25_000,
      conversionValueMinor: 199_801,
      final: false,
    });
  });

  test('a campaign for leads counts leads', () => {
    expect(map({ objective: 'OUTCOME_LEADS' })).toMatchObject({ conversionsE4: 70_000, conversionValueMinor: 0 });
  });

  test('what Meta leaves out did not happen', () => {
    const { actions: _, action_values: __, spend: ___, inline_link_clicks: ____, ...bare } = row;
    expect(metricOf(InsightRow.parse(bare), 'Asia/Kolkata', '2026-12-31')).toMatchObject({
      clicks: 0,
      spendMinor: 0,
      conversionsE4: 0,
      final: true,
    });
  });

  test('a currency without minor units', () => {
    expect(map({ account_id: '1', account_currency: 'JPY', spend: '1234.5' })).toMatchObject({
      spendMinor: 1235,
      currency: 'JPY',
    });
  });

  test.each(['-1.00', 'NaN', '1e5', '', '1,234.00', 'Infinity', '123456789012'])('money of «%s» is refused', spend => {
    expect(InsightRow.safeParse({ ...row, spend }).success).toBe(false);
  });

  test.each([
    ['1.005', 2, 101],
    ['0.1', 2, 10],
    ['99999999999.99995', 4, 1_000_000_000_000_000],
    ['7', 0, 7],
    ['0.995', 2, 100],
  ])('%s by %i digits is %i', (text, places, expected) => {
    expect(scaled(text, places)).toBe(expected);
  });

  test('an ad account without a name goes by its number', () => {
    const read = AdAccount.parse({ id: 'act_1', currency: 'INR', timezone_name: 'Asia/Kolkata', account_status: 4711 });
    expect(accountOf(read)).toMatchObject({ name: 'act_1', detail: 'INR · Asia/Kolkata' });
  });
});
