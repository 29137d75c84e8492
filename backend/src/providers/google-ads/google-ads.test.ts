import { CAPABILITIES } from '@astrix/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ProviderRig, providerRig, readAll } from '../../../test/providers/rig.ts';
import { dayIn } from '../days.ts';
import type { Account, Credential } from '../provider.ts';
import { googleAds } from './client.ts';
import { accountOf, DailyPage } from './map.ts';

let rig: ProviderRig;
let credential: Credential;
let accounts: readonly Account[];
beforeAll(async () => {
  rig = await providerRig();
  credential = rig.granted('google-ads').credential;
  const found = await googleAds.identify(rig.api('google-ads', credential));
  if (found.kind !== 'ok') throw new Error(found.kind);
  accounts = found.rows;
});
afterAll(() => rig.close());

const named = (name: string) => accounts.find(account => account.name === name)!;
const read = (account: Account, by: Credential = credential) =>
  readAll('google-ads', 'metrics', rig.api('google-ads', by, { account, capability: 'metrics' }));

describe('which accounts a grant reaches', () => {
  it('VT-08: names every account below the managers once, and no manager; a closed one does not hide the others', () => {
    expect(accounts).toHaveLength(13);
    expect(new Set(accounts.map(({ id }) => id)).size).toBe(13);
    expect(accounts.map(({ name }) => name)).not.toContain('Monsoon Retail Studio');
  });

  it('keeps the manager that calls have to name, currency and time zone', () => {
    expect(named('Indigo Loom')).toEqual({
      id: '7310000002',
      name: 'Indigo Loom',
      detail: '731-000-0002 · INR · Asia/Kolkata',
      settings: { currency: 'INR', timeZone: 'Asia/Kolkata', manager: '7310000000' },
    });
  });

  it('needs no manager where the person has access directly as well', () => {
    expect(named('Chai Katha').settings.manager).toBe('');
    expect(named('Vanam Naturals').settings.manager).toBe('');
    expect(named('Saffron & Slate Tokyo').settings).toEqual({ currency: 'JPY', timeZone: 'Asia/Tokyo', manager: '' });
  });

  it('an account without a name is called by its number, and a test account says so', () => {
    const client = {
      id: '1234567890',
      descriptiveName: '',
      currencyCode: 'INR',
      timeZone: 'Asia/Kolkata',
      testAccount: true,
    };
    expect(accountOf(client, '1')).toMatchObject({
      name: '123-456-7890',
      detail: expect.stringContaining('test account'),
    });
  });
});

describe('numbers of campaigns', () => {
  it('reads all pages: every campaign on each of 14 days of the account, newest first', async () => {
    const found = await read(named('Indigo Loom'));
    expect(found).toMatchObject({ kind: 'ok', pages: 3 });
    if (found.kind !== 'ok') return;
    expect(found.rows).toHaveLength(8 * 14);
    expect(CAPABILITIES.metrics.fact.array().parse(found.rows)).toEqual(found.rows);
    expect(new Set(found.rows.map(row => `${row.entityId} ${row.date}`)).size).toBe(8 * 14);
    expect(found.rows[0]!.date).toBe(dayIn('Asia/Kolkata', rig.clock.now()));
    expect(found.rows.at(-1)!.date).toBe(dayIn('Asia/Kolkata', rig.clock.now(), 13));
    expect(found.rows[0]).toMatchObject({ level: 'campaign', currency: 'INR', timeZone: 'Asia/Kolkata', final: false });
    expect(found.rows.some(row => row.entityName === 'दीपावली सेल – डिस्प्ले')).toBe(true);
  });

  it('asks with the manager named, without a developer token, and for no size of pages', async () => {
    rig.seen.length = 0;
    await read(named('Indigo Loom'));
    await read(named('Chai Katha'));
    expect(new Set(rig.seen.map(({ headers }) => headers['login-customer-id']))).toEqual(
      new Set(['7310000000', undefined]),
    );
    for (const { headers, body } of rig.seen) {
      expect(headers).not.toHaveProperty('developer-token');
      expect(JSON.parse(body)).not.toHaveProperty('pageSize');
    }
  });

  it('yen have no smaller unit', async () => {
    const found = await read(named('Saffron & Slate Tokyo'));
    if (found.kind !== 'ok') throw new Error(found.kind);
    const micros = rig.seen
      .filter(({ url, status }) => url.includes('7320000001') && status === 200)
      .flatMap(({ reply }) => (JSON.parse(reply) as { results: { metrics?: { costMicros: string } }[] }).results)
      .flatMap(({ metrics }) => (metrics ? [BigInt(metrics.costMicros)] : []));
    expect(found.rows.map(row => row.spendMinor)).toEqual(micros.map(each => Number((each + 500_000n) / 1_000_000n)));
    expect(found.rows[0]).toMatchObject({ currency: 'JPY', timeZone: 'Asia/Tokyo' });
  });

  const row = (metrics: object) => ({
    segments: { date: '2026-11-01' },
    customer: { id: '7310000001', currencyCode: 'INR', timeZone: 'Asia/Kolkata' },
    campaign: { id: '111', name: 'x'.repeat(400) },
    metrics,
  });
  it('micros become paise half up, conversions ten-thousandths, and what is absent stays «not given»', () => {
    const { rows: told } = DailyPage.parse({
      results: [row({ costMicros: '12345000', conversions: 3.5, conversionsValue: 1234.505, clicks: '0' }), row({})],
    });
    const rows = told.rows.map(({ fact }) => fact);
    expect(rows[0]).toMatchObject({
      spendMinor: 1235,
      conversionsE4: 35_000,
      conversionValueMinor: 123_451,
      clicks: 0,
      impressions: null,
    });
    expect(rows[0]!.entityName).toHaveLength(300);
    expect(rows[1]).toMatchObject({
      spendMinor: null,
      conversionsE4: null,
      conversionValueMinor: null,
      clicks: null,
    });
  });
  it.each([
    { costMicros: '-1' },
    { costMicros: '1.5' },
    { costMicros: 1.5 },
    { costMicros: {} },
    { conversions: 'NaN' },
    { conversions: -1 },
    { conversionsValue: 'Infinity' },
  ])('does not read a row with %j, and reads the others', metrics => {
    expect(DailyPage.parse({ results: [row(metrics), row({})] }).rows).toMatchObject({
      rows: [{ customer: '7310000001' }],
      unreadable: [{ key: null }],
    });
  });
  it('a customer without campaigns has no rows', () => {
    expect(DailyPage.parse({ fieldMask: 'segments.date' }).rows).toEqual({ rows: [], unreadable: [] });
  });
});

describe('what can fail', () => {
  it('VT-10: without the scope it is a refusal with words, not a lost credential', async () => {
    const { credential } = rig.granted('google-ads', []);
    expect(await read(named('Indigo Loom'), credential)).toMatchObject({ kind: 'permanent', code: 'scope' });
    expect(await googleAds.identify(rig.api('google-ads', credential))).toMatchObject({ code: 'scope' });
  });

  it('VT-11: after a revocation nothing is accepted any more, and revoking again is no failure', async () => {
    const { credential, grant } = rig.granted('google-ads');
    const flow = rig.flow('google-ads');
    expect(await flow.revoke(rig.tokenApi('google-ads'), grant)).toMatchObject({ kind: 'ok' });
    expect(await read(named('Indigo Loom'), credential)).toMatchObject({ kind: 'reauth' });
    expect(await flow.refresh(rig.tokenApi('google-ads'), grant)).toMatchObject({
      kind: 'reauth',
      code: 'invalid_grant',
    });
    expect(await flow.revoke(rig.tokenApi('google-ads'), grant)).toMatchObject({ kind: 'ok' });
  });

  it('VT-12: a refresh token stays the same, and can be used again', async () => {
    const { grant } = rig.granted('google-ads');
    const flow = rig.flow('google-ads');
    for (let time = 0; time < 2; time++) {
      const next = await flow.refresh(rig.tokenApi('google-ads'), grant);
      if (next.kind !== 'ok') throw new Error(next.kind);
      expect(next.data.refreshToken?.reveal()).toBe(grant.refreshToken?.reveal());
      expect(next.data.accessToken.reveal()).not.toBe(grant.accessToken.reveal());
    }
  });

  it('a code of one Google system is exchanged at the endpoint that all of them share, once', async () => {
    const code = rig.code('google-ads');
    const flow = rig.flow('google-ads');
    const first = await flow.exchange(rig.tokenApi('google-ads'), code);
    expect(first).toMatchObject({
      kind: 'ok',
      data: { scopes: ['https://www.googleapis.com/auth/adwords', 'openid'] },
    });
    expect(await flow.exchange(rig.tokenApi('google-ads'), code)).toMatchObject({ kind: 'reauth' });
  });

  it('EG-03: a quota that is used up is «later», for as long as Google says', async () => {
    // What Google asks for holds back all further calls of a connection, so this one is its own.
    const other = await providerRig();
    const { credential } = other.granted('google-ads');
    const api = other.api('google-ads', credential, { account: named('Monsoon Umbrellas') });
    expect(await readAll('google-ads', 'metrics', api)).toEqual({
      kind: 'retry',
      reason: 'rate-limited',
      status: 429,
      afterSeconds: 1800,
    });
    await other.close();
  });

  it('an account that is not below this manager is refused with a code and words', async () => {
    const wrong = { ...named('Indigo Loom'), settings: { timeZone: 'Asia/Kolkata', manager: '' } };
    expect(await read(wrong)).toMatchObject({ kind: 'permanent', code: 'USER_PERMISSION_DENIED', status: 403 });
  });

  const failure = (errorCode: object, more: object = {}) => ({
    error: {
      code: 401,
      message: 'Request is missing required authentication credential.',
      status: 'UNAUTHENTICATED',
      details: [
        { '@type': 'type.googleapis.com/google.rpc.Help' },
        {
          '@type': 'type.googleapis.com/google.ads.googleads.v25.errors.GoogleAdsFailure',
          errors: [{ errorCode, message: 'in its own words', ...more }],
        },
      ],
    },
  });
  it.each([
    [401, { authenticationError: 'OAUTH_TOKEN_REVOKED' }, { kind: 'reauth', code: 'OAUTH_TOKEN_REVOKED' }],
    [401, { authenticationError: 'OAUTH_TOKEN_EXPIRED' }, { kind: 'reauth' }],
    [401, { authenticationError: 'GOOGLE_ACCOUNT_DELETED' }, { kind: 'reauth' }],
    [401, { authenticationError: 'CUSTOMER_NOT_FOUND' }, { kind: 'permanent', reason: 'in its own words' }],
    [401, { authenticationError: 'NOT_ADS_USER' }, { kind: 'permanent' }],
    [403, { authorizationError: 'CLOUD_PROJECT_NOT_APPROVED_FOR_PRODUCTION' }, { kind: 'permanent' }],
    [400, { requestError: 'UNSUPPORTED_VERSION' }, { kind: 'permanent', code: 'UNSUPPORTED_VERSION' }],
    [429, { quotaError: 'RESOURCE_TEMPORARILY_EXHAUSTED' }, { kind: 'retry', afterSeconds: null }],
    [403, { quotaError: 'ACCESS_PROHIBITED' }, { kind: 'permanent' }],
  ])('%i %j', (status, errorCode, expected) => {
    expect(googleAds.explain(failure(errorCode), status, {})).toMatchObject(expected);
    expect(googleAds.explain([failure(errorCode)], status, {})).toMatchObject(expected);
  });
  it('a fault inside of Google is left to be tried again', () => {
    expect(googleAds.explain(failure({ internalError: 'TRANSIENT_ERROR' }), 500, {})).toBeNull();
  });
});
