import { describe, expect, it, test } from 'vitest';
import {
  Dispute,
  Intent,
  intentOf,
  linkOf,
  minorFromStripe,
  PaymentLink,
  paymentsOf,
  Session,
  sessionOf,
  stripeFromMinor,
} from './map.ts';
import { hookEvents } from './webhook.ts';

describe('one payment', () => {
  const INTENT = { id: 'pi_1', created: 1_780_000_000, livemode: true, amount: 129_900, currency: 'inr' };
  const intent = (over: object) => intentOf(Intent.parse({ ...INTENT, status: 'succeeded', ...over }));

  it('without anything that is optional', () => {
    expect(intent({})).toEqual({
      id: 'pi_1',
      kind: 'payment',
      status: 'paid',
      amountMinor: 129_900,
      currency: 'INR',
      description: null,
      createdAt: '2026-05-28T20:26:40.000Z',
      paymentId: null,
      test: false,
    });
  });

  test.each([
    ['requires_payment_method', null, 'open'],
    ['requires_payment_method', { code: 'card_declined' }, 'failed'],
    ['requires_capture', null, 'pending'],
    ['requires_reflection', null, 'unknown'],
  ])('%s with the error %j is %s', (status, last_payment_error, expected) => {
    expect(intent({ status, last_payment_error }).status).toBe(expected);
  });

  test('a long description ends with a whole character', () => {
    expect(intent({ description: `${'a'.repeat(299)}🙏 gift wrap` }).description).toBe('a'.repeat(299));
  });

  test.each([-1, 0.5, Number.NaN, '100'])('with the amount %s is refused', amount => {
    expect(Intent.safeParse({ ...INTENT, status: 'succeeded', amount }).success).toBe(false);
  });

  test.each([
    [500, 'JPY', 500],
    [500, 'KWD', 500],
    [50_000, 'UGX', 500],
    [50_050, 'ISK', null],
    [500, 'MGA', 50_000],
    [1_299_500, 'BHD', 1_299_500],
    [129_950, 'HUF', 129_950],
    [500, 'KRW', 500],
  ])('%d as Stripe counts %s is %s in minor units', (amount, currency, minor) => {
    expect(minorFromStripe(amount, currency)).toBe(minor);
    if (minor !== null) expect(stripeFromMinor(minor, currency)).toBe(amount);
  });

  it('in a fifth of an ariary cannot be counted by Stripe', () => {
    expect(stripeFromMinor(50_020, 'MGA')).toBeNull();
  });

  test.each([
    ['complete', 'paid', 'paid'],
    ['complete', 'no_payment_required', 'paid'],
    ['complete', 'unpaid', 'pending'],
    ['complete', 'in_escrow', 'unknown'],
    ['open', 'unpaid', 'open'],
    ['expired', 'unpaid', 'expired'],
    [null, 'unpaid', 'unknown'],
  ])('a checkout that is %s and %s is %s', (status, payment_status, expected) => {
    const given = { id: 'cs_test_1', created: 1, livemode: false, mode: 'payment', status, payment_status };
    expect(sessionOf(Session.parse(given))).toMatchObject({
      status: expected,
      amountMinor: null,
      currency: null,
      test: true,
    });
  });

  it('a link with more items than were told has no amount', () => {
    const item = { amount_total: 100, currency: 'inr' };
    const link = (has_more: boolean) =>
      linkOf(
        PaymentLink.parse({
          id: 'plink_1',
          active: true,
          livemode: true,
          line_items: { data: [item, item], has_more },
        }),
        1,
        null,
      );
    expect(link(false).amountMinor).toBe(200);
    expect(link(true).amountMinor).toBeNull();
  });

  it('a link that has had its one checkout is paid only once the money is there', () => {
    expect(linkOf(link(1), 1, null)).toMatchObject({ status: 'pending', amountMinor: 500, paymentId: null });
    expect(linkOf(link(1), 1, CHECKOUT)).toMatchObject({ status: 'paid', amountMinor: 450, paymentId: 'cs_1' });
    expect(linkOf(link(1), 1, { ...CHECKOUT, status: 'refunded' }).status).toBe('refunded');
  });

  it('a link for several payments is no money of its own once they were made', () => {
    expect(linkOf(link(3), 1, CHECKOUT)).toMatchObject({ status: 'paid', amountMinor: null, paymentId: null });
  });

  const CHECKOUT = sessionOf(
    Session.parse({
      id: 'cs_1',
      created: 1,
      livemode: true,
      mode: 'payment',
      status: 'complete',
      payment_status: 'paid',
      amount_total: 450,
      currency: 'inr',
    }),
  );
  const link = (limit: number) =>
    PaymentLink.parse({
      id: 'plink_1',
      active: true,
      livemode: true,
      line_items: { data: [{ amount_total: 500, currency: 'inr' }], has_more: false },
      restrictions: { completed_sessions: { count: limit, limit } },
    });
});

describe('the money that a payment brought', () => {
  const INTENT = { id: 'pi_1', created: 100, livemode: true, status: 'succeeded', amount: 129_900, currency: 'inr' };
  const charge = (over: object = {}) => ({
    latest_charge: { id: 'ch_1', amount_refunded: 0, disputed: false, ...over },
  });
  const told = (over: object, dispute: object | null = null) => {
    const { status, amountMinor } = intentOf(
      Intent.parse({ ...INTENT, ...over }),
      dispute === null ? null : Dispute.parse({ id: 'dp_1', amount: 129_900, ...dispute }),
    );
    return [status, amountMinor];
  };

  test.each([
    ['all of it', {}, ['paid', 129_900]],
    ['the part that was captured', { amount_received: 50_000 }, ['paid', 50_000]],
    ['nothing before it is captured', { status: 'requires_capture', amount_received: 0 }, ['pending', 129_900]],
    ['a charge that is only named', { latest_charge: 'ch_1' }, ['paid', 129_900]],
    ['what was not refunded', charge({ amount_refunded: 30_000 }), ['paid', 99_900]],
    ['nothing after a whole refund', charge({ amount_refunded: 129_900 }), ['refunded', 129_900]],
    [
      'nothing of a captured part that was refunded',
      { amount_received: 50_000, ...charge({ amount_refunded: 50_000 }) },
      ['refunded', 50_000],
    ],
    ['refunded yen', { currency: 'jpy', amount: 500, ...charge({ amount_refunded: 200 }) }, ['paid', 300]],
    ['refunded shillings', { currency: 'ugx', amount: 50_000, ...charge({ amount_refunded: 20_000 }) }, ['paid', 300]],
    ['refunded dinars', { currency: 'kwd', amount: 5000, ...charge({ amount_refunded: 1000 }) }, ['paid', 4000]],
  ])('%s', (_, over, expected) => {
    expect(told(over)).toEqual(expected);
  });

  test.each([
    [null, ['pending', 129_900]],
    [{ status: 'under_review' }, ['pending', 129_900]],
    [{ status: 'needs_response' }, ['pending', 129_900]],
    [{ status: 'a_new_word' }, ['pending', 129_900]],
    [{ status: 'warning_under_review' }, ['paid', 129_900]],
    [{ status: 'won' }, ['paid', 129_900]],
    [{ status: 'lost' }, ['refunded', 129_900]],
    [{ status: 'lost', amount: 29_900 }, ['paid', 100_000]],
  ])('of a charge with the dispute %j', (dispute, expected) => {
    expect(told(charge({ disputed: true }), dispute)).toEqual(expected);
  });
});

describe('a checkout and its payment are counted once', () => {
  const SESSION = {
    id: 'cs_1',
    created: 1000,
    livemode: true,
    mode: 'payment',
    status: 'complete',
    payment_status: 'paid',
    amount_total: 129_900,
    currency: 'inr',
  };
  const INTENT = {
    id: 'pi_1',
    created: 1005,
    livemode: true,
    status: 'succeeded',
    amount: 129_900,
    amount_received: 129_900,
    currency: 'inr',
  };
  const SUBSCRIPTION = { ...SESSION, mode: 'subscription', payment_intent: null };
  const FIRST = { ...INTENT, description: 'Subscription creation' };
  const listed = (sessions: object[], intents: object[]) => {
    const all = intents.map(one => Intent.parse(one));
    const some = sessions.map(one => Session.parse(one));
    const paymentOf = paymentsOf(some, all);
    const rows = [...some.map(one => sessionOf(one, paymentOf.get(one.id) ?? null)), ...all.map(one => intentOf(one))];
    const covered = new Set(rows.map(({ paymentId }) => paymentId));
    return rows.filter(({ id }) => !covered.has(id)).map(({ id, status, amountMinor }) => [id, status, amountMinor]);
  };

  it('where the checkout names the payment, or brings it along with what was refunded', () => {
    expect(listed([{ ...SESSION, payment_intent: 'pi_1' }], [INTENT])).toEqual([['cs_1', 'paid', 129_900]]);
    const refunded = { ...INTENT, latest_charge: { id: 'ch_1', amount_refunded: 29_900 } };
    expect(listed([{ ...SESSION, payment_intent: refunded }], [refunded])).toEqual([['cs_1', 'paid', 100_000]]);
    expect(listed([{ ...SESSION, payment_intent: { ...INTENT, amount_received: 500 } }], [])).toEqual([
      ['cs_1', 'paid', 500],
    ]);
  });

  it('where a subscription names only its invoice', () => {
    expect(listed([SUBSCRIPTION], [FIRST])).toEqual([['cs_1', 'paid', 129_900]]);
    const customer = { customer: 'cus_1' };
    expect(listed([{ ...SUBSCRIPTION, ...customer }], [{ ...INTENT, ...customer }])).toEqual([
      ['cs_1', 'paid', 129_900],
    ]);
  });

  test.each([
    ['another customer', { ...FIRST, customer: 'cus_2' }],
    ['another amount', { ...FIRST, amount: 100, amount_received: 100 }],
    ['another currency', { ...FIRST, currency: 'usd' }],
    ['a time before the checkout', { ...FIRST, created: 999 }],
    ['a time days after it', { ...FIRST, created: 1000 + 2 * 86_400 }],
    ['no sign of a subscription', INTENT],
  ])('a payment of %s is not taken for that of the subscription, and the checkout has no amount', (_, other) => {
    const rows = listed([{ ...SUBSCRIPTION, customer: 'cus_1' }], [other]);
    expect(rows).toHaveLength(2);
    expect(rows[0]).toEqual(['cs_1', 'paid', null]);
  });

  it('two subscriptions of one price have a payment each', () => {
    const sessions = [SUBSCRIPTION, { ...SUBSCRIPTION, id: 'cs_2', created: 1010 }];
    const intents = [{ ...FIRST, id: 'pi_2', created: 1015 }, FIRST];
    expect(listed(sessions, intents)).toEqual([
      ['cs_1', 'paid', 129_900],
      ['cs_2', 'paid', 129_900],
    ]);
  });

  it('a free trial stays what it is', () => {
    const trial = { ...SUBSCRIPTION, payment_status: 'no_payment_required', amount_total: 0 };
    expect(listed([trial], [])).toEqual([['cs_1', 'paid', 0]]);
  });
});

test('a description is shortened between two characters', () => {
  const description = `${'a'.repeat(299)}😀 gift wrap`;
  const intent = {
    id: 'pi_1',
    created: 1,
    livemode: true,
    status: 'succeeded',
    amount: 1,
    currency: 'inr',
    description,
  };
  expect(intentOf(Intent.parse(intent)).description).toBe('a'.repeat(299));
  const items = { data: [{ amount_total: 1, currency: 'inr', description }], has_more: false };
  const link = { id: 'plink_1', active: true, livemode: true, line_items: items };
  expect(linkOf(PaymentLink.parse(link), 1, null).description).toBe('a'.repeat(299));
});

describe('WH-08, PY-03: an event', () => {
  const at = new Date();
  const EVENT = {
    id: 'evt_TEST0001',
    object: 'event',
    api_version: '2026-07-29.dahlia',
    created: 1_780_000_000,
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type: 'checkout.session.completed',
    data: {
      object: {
        id: 'cs_test_0001',
        object: 'checkout.session',
        mode: 'payment',
        status: 'complete',
        payment_status: 'paid',
        amount_total: 129_900,
        currency: 'inr',
        payment_link: 'plink_TEST0001',
        payment_intent: 'pi_TEST0001',
        metadata: { client_id: 'cl_1' },
      },
    },
  };
  const changeOf = (over: object, mode?: string) =>
    hookEvents({ ...EVENT, ...over }, at, mode === undefined ? null : { settings: { mode } })[0]?.change;

  it('is known by its id, and makes payments stale', () => {
    expect(hookEvents(EVENT, at)).toEqual([
      { naturalKey: 'evt_TEST0001', accountId: null, change: { kind: 'changed', capability: 'payments' } },
    ]);
  });

  it('WH-12: of a connected account names it, so that no other is touched', () => {
    expect(hookEvents({ ...EVENT, account: 'acct_other' }, at)[0]?.accountId).toBe('acct_other');
  });

  it('of the other mode changes nothing', () => {
    expect(changeOf({}, 'live')).toEqual({ kind: 'nothing', why: 'other-mode' });
    expect(changeOf({ livemode: true }, 'test')).toEqual({ kind: 'nothing', why: 'other-mode' });
    expect(changeOf({}, 'test')).toMatchObject({ kind: 'changed' });
  });

  test.each([
    ['payment_intent.succeeded', 'changed'],
    ['payment_link.updated', 'changed'],
    ['checkout.session.async_payment_failed', 'changed'],
    ['charge.refunded', 'changed'],
    ['charge.dispute.closed', 'changed'],
    ['customer.created', 'nothing'],
    ['account.application.deauthorized', 'nothing'],
  ])('%s means %s', (type, kind) => {
    expect(changeOf({ type })).toMatchObject({ kind });
  });

  test.each([null, 'x', {}, { ...EVENT, object: 'v2.core.event' }, { ...EVENT, id: 'cs_1' }])(
    'in another form is nothing of ours: %#',
    body => {
      expect(hookEvents(body, at)).toEqual([]);
    },
  );
});
