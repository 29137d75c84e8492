import { describe, expect, it, test } from 'vitest';
import { Intent, intentOf, linkOf, minorFromStripe, PaymentLink, Session, sessionOf, stripeFromMinor } from './map.ts';
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
        false,
      );
    expect(link(false).amountMinor).toBe(200);
    expect(link(true).amountMinor).toBeNull();
  });

  it('a link that has had its one checkout is paid only once the money is there', () => {
    const used = PaymentLink.parse({
      id: 'plink_1',
      active: true,
      livemode: true,
      restrictions: { completed_sessions: { count: 1, limit: 1 } },
    });
    expect(linkOf(used, 1, false).status).toBe('pending');
    expect(linkOf(used, 1, true).status).toBe('paid');
  });
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
