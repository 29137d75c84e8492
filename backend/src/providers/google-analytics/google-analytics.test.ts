import { CAPABILITIES } from '@astrix/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ProviderRig, providerRig, readAll } from '../../../test/providers/rig.ts';
import { dayIn } from '../days.ts';
import type { Account, Credential } from '../provider.ts';
import { googleAnalytics } from './client.ts';
import { METRICS, metricsOf, Report } from './map.ts';

let rig: ProviderRig;
let credential: Credential;
let accounts: readonly Account[];
beforeAll(async () => {
  rig = await providerRig();
  credential = rig.granted('google-analytics').credential;
  const found = await googleAnalytics.identify(rig.api('google-analytics', credential));
  if (found.kind !== 'ok') throw new Error(found.kind);
  accounts = found.rows;
});
afterAll(() => rig.close());

const named = (name: string) => accounts.find(account => account.name === name)!;
const read = (account: Account, by: Credential = credential) =>
  readAll('google-analytics', 'metrics', rig.api('google-analytics', by, { account, capability: 'metrics' }));

describe('which properties a grant reaches', () => {
  it('VT-08: names the properties of all accounts, over all pages of both lists', () => {
    expect(accounts).toHaveLength(14);
    expect(named('Chai Katha – shop').detail).toBe('Chai Katha · INR · Asia/Kolkata');
    expect(named('Chai Katha – blog').id).toBe('412000001');
    expect(rig.seen.filter(({ url }) => url.startsWith('/v1beta/accountSummaries'))).toHaveLength(3);
    expect(rig.seen.filter(({ url }) => url.startsWith('/v1beta/properties'))).toHaveLength(14);
  });
  it('keeps currency and time zone of each', () => {
    expect(named('Saffron & Slate – 東京').settings).toEqual({ currency: 'JPY', timeZone: 'Asia/Tokyo' });
  });
});

describe('numbers of a property', () => {
  it('reads 28 days of the property over all pages, newest first; today and three days before it are not final', async () => {
    const found = await read(named('Chai Katha – shop'));
    expect(found).toMatchObject({ kind: 'ok', pages: 2 });
    if (found.kind !== 'ok') return;
    const today = rig.clock.now();
    expect(CAPABILITIES.metrics.fact.array().parse(found.rows)).toEqual(found.rows);
    expect(found.rows.map(({ date }) => date)).toEqual(
      Array.from({ length: 28 }, (_, before) => dayIn('Asia/Kolkata', today, before)),
    );
    expect(found.rows.map(({ final }) => final)).toEqual(Array.from({ length: 28 }, (_, before) => before > 3));
    expect(found.rows[0]).toMatchObject({ level: 'account', entityId: '411000001', currency: 'INR', spendMinor: null });
    expect(found.rows.every(row => row.sessions! > 0 && row.users! > 0 && row.pageViews! > row.sessions!)).toBe(true);
  });
  it('yen have no smaller unit', async () => {
    const found = await read(named('Saffron & Slate – 東京'));
    if (found.kind !== 'ok') throw new Error(found.kind);
    const told = rig.seen
      .filter(({ url }) => url.includes('412000007:runReport'))
      .flatMap(({ reply }) => Report.parse(JSON.parse(reply)).rows.rows.map(row => Number(row.metricValues[4]!.value)));
    expect(found.rows.map(row => row.conversionValueMinor)).toEqual(told);
  });

  const account: Account = { id: '1', name: 'Shop', detail: null, settings: {} };
  const report = (values: readonly string[], metadata: object = { currencyCode: 'INR', timeZone: 'Asia/Kolkata' }) =>
    Report.parse({
      dimensionHeaders: [{ name: 'date' }],
      metricHeaders: METRICS.map(name => ({ name, type: 'TYPE_FLOAT' })),
      rows: [{ dimensionValues: [{ value: '20261101' }], metricValues: values.map(value => ({ value })) }],
      rowCount: 1,
      metadata,
    });
  const [mapped] = metricsOf(report(['10', '8', '31', '2.25', '-1204.505']), account, '2026-11-10').rows;
  it('key events are ten-thousandths; refunds make revenue negative', () => {
    expect(mapped).toMatchObject({
      date: '2026-11-01',
      sessions: 10,
      users: 8,
      pageViews: 31,
      conversionsE4: 22_500,
      conversionValueMinor: -120_451,
      final: true,
    });
  });
  it('values are found by their header, wherever it stands', () => {
    const turned = {
      ...report(['1', '2', '3', '4', '5']),
      metricHeaders: METRICS.toReversed().map(name => ({ name })),
    };
    expect(metricsOf(turned, account, '').rows[0]).toMatchObject({
      sessions: 5,
      users: 4,
      pageViews: 3,
      conversionsE4: 20_000,
    });
  });
  it('money without a currency is not given, rather than guessed', () => {
    expect(metricsOf(report(['1', '1', '1', '1', '5'], { timeZone: 'UTC' }), account, '').rows[0]).toMatchObject({
      conversionValueMinor: null,
      currency: null,
    });
  });
  it.each([
    ['1', '1', '1', '1', 'NaN'],
    ['1.5', '1', '1', '1', '1'],
    ['-1', '1', '1', '1', '1'],
  ])('does not read a row of %s %s %s %s %s', (...values) => {
    expect(metricsOf(report(values), account, '')).toEqual({ rows: [], unreadable: [{ key: null }] });
  });
  it('a property without visits has no rows', () => {
    expect(Report.parse({ metadata: { timeZone: 'Asia/Kolkata' } })).toMatchObject({
      rows: { rows: [], unreadable: [] },
      rowCount: 0,
    });
  });
});

describe('what can fail', () => {
  it('VT-10: without the scope it is a refusal with words, not a lost credential', async () => {
    const { credential } = rig.granted('google-analytics', []);
    expect(await read(named('Chai Katha – shop'), credential)).toMatchObject({ kind: 'permanent', code: 'scope' });
  });
  it('VT-11: after a revocation nothing is accepted any more', async () => {
    const { credential, grant } = rig.granted('google-analytics');
    const flow = rig.flow('google-analytics');
    expect(await flow.revoke(rig.tokenApi('google-analytics'), grant)).toMatchObject({ kind: 'ok' });
    expect(await read(named('Chai Katha – shop'), credential)).toMatchObject({
      kind: 'reauth',
      code: 'UNAUTHENTICATED',
    });
  });
  it('a property that the person lost is refused with words', async () => {
    expect(await read({ ...named('Chai Katha – shop'), id: '999' })).toMatchObject({
      kind: 'permanent',
      code: 'PERMISSION_DENIED',
    });
  });
  it('EG-03: tokens that are used up are «later»', () => {
    const { error } = {
      error: { code: 429, message: 'Exhausted property tokens per hour.', status: 'RESOURCE_EXHAUSTED' },
    };
    expect(googleAnalytics.explain({ error }, 429, {})).toMatchObject({ kind: 'retry' });
  });
  it('VT-12: a refresh token stays the same', async () => {
    const { grant } = rig.granted('google-analytics');
    const next = await rig.flow('google-analytics').refresh(rig.tokenApi('google-analytics'), grant);
    expect(next.kind === 'ok' && next.data.refreshToken?.reveal()).toBe(grant.refreshToken?.reveal());
  });
});
