import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import { type ProviderRig, providerRig, readAll } from '../../../test/providers/rig.ts';
import { secret } from '../../kernel/secret.ts';
import type { Credential } from '../provider.ts';
import { stripe } from './client.ts';
import { STRIPE, VERSION } from './manifest.ts';

let rig: ProviderRig;
beforeAll(async () => {
  rig = await providerRig();
});
afterAll(() => rig.close());

const KEY = 'rk_test_ChaiKatha2026';
const key = (text: string): Credential => ({
  kind: 'key',
  // The order in which a form was filled in must not matter.
  fields: { webhookSecret: secret('whsec_0123456789abcdef'), key: secret(text) },
});
const api = (text = KEY) => rig.api('stripe', key(text));

describe('the form', () => {
  const { pattern, rule } = STRIPE.auth.fields[0];
  test.each([
    ['rk_live_abcdefgh', true],
    ['rk_test_abcdefgh', true],
    ['sk_test_abcdefgh', true],
    ['sk_live_abcdefgh', false],
    ['pk_live_abcdefgh', false],
    ['rk_live_', false],
    [' rk_live_abcdefgh', false],
  ])('takes %s: %s', (text, taken) => {
    expect(new RegExp(pattern).test(text)).toBe(taken);
  });
  it('says why a live secret key is refused', () => {
    expect(rule).toMatch(/sk_live_ is refused, because/);
  });
});

describe('VT-08: which account a key is of', () => {
  it('is told with its currency and mode; the key goes to Stripe, the signing secret does not', async () => {
    expect(await stripe.identify(api())).toEqual({
      kind: 'ok',
      rows: [
        {
          id: 'acct_1ChaiKathaIndia',
          name: 'Chai Katha',
          detail: 'IN · INR · test',
          settings: { country: 'IN', currency: 'INR', mode: 'test' },
        },
      ],
    });
    expect(rig.seen.at(-1)?.headers).toMatchObject({ authorization: `Bearer ${KEY}`, 'stripe-version': VERSION });
    expect(JSON.stringify(rig.seen)).not.toContain('whsec_');
  });

  it('is known even to a key that may not read the account', async () => {
    expect(await stripe.identify(api('rk_live_NoAccount2026'))).toMatchObject({
      kind: 'ok',
      rows: [{ id: 'acct_1ChaiKathaIndia', name: 'acct_1ChaiKathaIndia', detail: 'live', settings: { mode: 'live' } }],
    });
  });

  it('VT-10: is not told by a key that cannot read payments, which would be of no use', async () => {
    const outcome = await stripe.identify(api('rk_test_NoPayments2026'));
    expect(outcome).toMatchObject({
      kind: 'permanent',
      code: 'scope',
      reason: expect.stringMatching(/rak_payment_intent_read/),
    });
    expect(JSON.stringify(outcome)).not.toMatch(/rk_test|2026/);
  });
});

describe('payments', () => {
  const read = async (text?: string) => {
    const outcome = await readAll('stripe', 'payments', api(text));
    if (outcome.kind !== 'ok') throw new Error(JSON.stringify(outcome));
    return outcome.rows;
  };

  it('are the links, checkouts and payments of 30 days, in stretches of time from the newest on', async () => {
    const before = rig.seen.length;
    const outcome = await readAll('stripe', 'payments', api());
    expect(outcome).toMatchObject({ kind: 'ok', pages: 2, complete: true, unreadable: [] });
    const rows = outcome.kind === 'ok' ? outcome.rows : [];
    const asked = (path: string) => rig.seen.slice(before).filter(({ url }) => url.startsWith(path));
    expect(asked('/v1/payment_intents')).toHaveLength(2);
    // Two pages, and one look for each of three links that are used up.
    expect(asked('/v1/checkout/sessions')).toHaveLength(2 + 3);
    const of = (kind: string) => rows.filter(row => row.kind === kind);
    const ofCheckouts = new Set(of('checkout').map(({ paymentId }) => paymentId));
    const direct = of('payment').filter(({ id }) => !ofCheckouts.has(id));
    expect([of('payment-link'), of('checkout'), direct].map(({ length }) => length)).toEqual([14, 120, 60]);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
    expect(Date.parse(rows.map(({ createdAt }) => createdAt).toSorted()[0]!)).toBeGreaterThanOrEqual(
      rig.clock.now().getTime() - 30 * 86_400_000 - 1000,
    );
    expect(rows.every(({ test }) => test)).toBe(true);
  });

  it('have their amounts in paise, their own statuses, and nothing of the buyer', async () => {
    const rows = await read();
    const links = rows.filter(({ kind }) => kind === 'payment-link');
    expect(links.slice(0, 4)).toMatchObject([
      {
        id: 'plink_1ChaiKatha0000',
        status: 'paid',
        amountMinor: 129_950,
        currency: 'INR',
        description: 'Assam second flush 250 g',
      },
      { status: 'open', amountMinor: 34_900 },
      { status: 'open' },
      { status: 'cancelled' },
    ]);
    const statuses = new Set(rows.map(({ status }) => status));
    expect(statuses).toEqual(new Set(['paid', 'open', 'pending', 'failed', 'cancelled', 'expired', 'refunded']));
    expect(JSON.stringify(rows)).not.toMatch(/Meera|example\.in|9800000001/);
  });

  it('of a live key are no test payments', async () => {
    expect((await read('rk_live_ChaiKatha2026')).some(({ test }) => test)).toBe(false);
  });
});

describe('failures', () => {
  // Of their own: a throttling must not hold up the next one.
  beforeEach(async () => {
    await rig.close();
    rig = await providerRig();
  });

  it('VT-10: a permission that the key does not have is a refusal with words, not a lost key', async () => {
    const outcome = await readAll('stripe', 'payments', api('rk_test_NoEvents2026'));
    expect(outcome).toMatchObject({ kind: 'permanent', code: 'scope', status: 403 });
  });

  it('a key that was rolled or deleted asks for a new one', async () => {
    expect(await stripe.identify(api('rk_test_Revoked2026'))).toMatchObject({ kind: 'reauth', status: 401 });
  });

  it('EG-03: a limit is waited out, and its reason is kept', async () => {
    expect(await stripe.identify(api('rk_test_Slow2026'))).toMatchObject({
      kind: 'retry',
      reason: 'endpoint-rate',
      afterSeconds: 30,
    });
  });

  const error = (type: string, code?: string) => ({ error: { type, code, message: 'words' } });
  test.each([
    ['a lock', 429, error('invalid_request_error', 'lock_timeout'), {}, { kind: 'retry', reason: 'lock-timeout' }],
    ['a limit', 429, 'no JSON', {}, { kind: 'retry', reason: 'rate-limited' }],
    [
      'a limit whose reason is no word',
      429,
      null,
      { 'stripe-rate-limited-reason': 'x y\n' },
      { kind: 'retry', reason: 'rate-limited' },
    ],
    ['a conflict', 409, error('invalid_request_error'), {}, { kind: 'retry', reason: 'conflict' }],
    [
      'a conflict that Stripe calls final',
      409,
      error('invalid_request_error'),
      { 'stripe-should-retry': 'false' },
      { kind: 'permanent' },
    ],
    ['one idempotency key for two requests', 409, error('idempotency_error'), {}, { kind: 'permanent' }],
    [
      'what Stripe wants again',
      400,
      error('api_error'),
      { 'stripe-should-retry': 'true' },
      { kind: 'retry', reason: 'asked-to-retry' },
    ],
    ['what is not there', 404, error('invalid_request_error', 'resource_missing'), {}, { code: 'resource_missing' }],
    ['a declined card', 402, error('card_error', 'card_declined'), {}, { kind: 'permanent', code: 'card_declined' }],
  ])('%s', (_, status, body, headers, judgement) => {
    expect(stripe.explain(body, status, headers)).toMatchObject(judgement);
  });

  it('a fault of Stripe is left to its status', () => {
    expect(stripe.explain(error('api_error'), 500, {})).toBeNull();
  });
});
