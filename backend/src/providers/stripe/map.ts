import type { PaymentFact } from '@astrix/contract';
import { z } from 'zod';
import { digitsOf } from '../../kernel/money.ts';
import { clamp } from '../json.ts';

type Status = PaymentFact['status'];
const MAX_TEXT = 300;

/** «acct_…», «pi_…»: also what a page is asked for after. */
const Id = z.string().regex(/^[a-z]{2,8}_[A-Za-z0-9_]{1,200}$/);
/** Unix seconds. */
const Created = z.int().min(0).max(4_102_444_800);
/** Minor units as Stripe counts them. */
const Amount = z.int().min(0);
const Code = z
  .string()
  .regex(/^[A-Za-z]{3}$/)
  .transform(code => code.toUpperCase());

/** GET /v1/account. Contact data is there as well, and is not read. */
export const StripeAccount = z.object({
  id: Id,
  country: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .nullish(),
  default_currency: Code.nullish(),
  business_profile: z.object({ name: z.string().max(200).nullish() }).nullish(),
  settings: z.object({ dashboard: z.object({ display_name: z.string().max(200).nullish() }).nullish() }).nullish(),
});

const LineItem = z.object({ amount_total: Amount, currency: Code, description: z.string().nullish() });
/** There is no time of creation in a payment link: it comes from the event. */
export const PaymentLink = z.object({
  id: Id,
  active: z.boolean(),
  livemode: z.boolean(),
  line_items: z.object({ data: z.array(LineItem).max(100), has_more: z.boolean() }).nullish(),
  restrictions: z
    .object({ completed_sessions: z.object({ count: z.int().min(0), limit: z.int().min(0) }).nullish() })
    .nullish(),
});
export type PaymentLink = z.output<typeof PaymentLink>;

/** What was taken back of a payment. Where the key may not read charges, only the id is told. */
const Charge = z.object({ id: Id, amount_refunded: Amount.default(0), disputed: z.boolean().default(false) });
const Customer = z.union([Id, z.object({ id: Id }).transform(({ id }) => id)]);

export const Intent = z.object({
  id: Id,
  created: Created,
  livemode: z.boolean(),
  status: z.string().max(60),
  amount: Amount,
  /** What was really taken: less than `amount` where only a part was captured. */
  amount_received: Amount.nullish(),
  currency: Code,
  customer: Customer.nullish(),
  description: z.string().nullish(),
  last_payment_error: z.object({}).nullish(),
  latest_charge: z.union([Id, Charge]).nullish(),
});
export type Intent = z.output<typeof Intent>;

/** customer_details, shipping and the secret of the client are not read. */
export const Session = z.object({
  id: Id,
  created: Created,
  livemode: z.boolean(),
  mode: z.string().max(40),
  status: z.string().max(40).nullish(),
  payment_status: z.string().max(40),
  amount_total: Amount.nullish(),
  currency: Code.nullish(),
  customer: Customer.nullish(),
  payment_link: Id.nullish(),
  payment_intent: z.union([Id, Intent]).nullish(),
});
export type Session = z.output<typeof Session>;

/** GET /v1/disputes: how a dispute stands, and about how much it is. */
export const Dispute = z.object({ id: Id, status: z.string().max(60), amount: Amount });
export type Dispute = z.output<typeof Dispute>;

/** `payment_link.created`, of which only the time and the link's id are used. */
export const LinkEvent = z.object({
  id: Id,
  created: Created,
  data: z.object({ object: z.object({ id: Id }) }),
});

export const instantOf = (seconds: number): string => new Date(seconds * 1000).toISOString();

/** Currencies that Stripe counts in other units than ISO 4217: hundredths of a krona or a shilling, which do not exist, and whole ariary. */
const STRIPE_DIGITS: Readonly<Record<string, number>> = { ISK: 2, UGX: 2, MGA: 0 };

/** An amount as Stripe counts it, in minor units of ISO 4217. Null for a part of a unit that nobody could pay. */
export function minorFromStripe(amount: number, currency: string): number | null {
  const digits = digitsOf(currency);
  const shift = digits - (STRIPE_DIGITS[currency] ?? digits);
  const minor = shift < 0 ? amount / 10 ** -shift : amount * 10 ** shift;
  return Number.isSafeInteger(minor) ? minor : null;
}

/** The same the other way round. Null for an amount that Stripe cannot count. */
export function stripeFromMinor(minor: number, currency: string): number | null {
  const digits = digitsOf(currency);
  const shift = (STRIPE_DIGITS[currency] ?? digits) - digits;
  const amount = shift < 0 ? minor / 10 ** -shift : minor * 10 ** shift;
  return Number.isSafeInteger(amount) ? amount : null;
}

const INTENTS: Readonly<Record<string, Status>> = {
  requires_payment_method: 'open',
  requires_confirmation: 'pending',
  requires_action: 'pending',
  processing: 'pending',
  // Reserved on the card and not taken yet.
  requires_capture: 'pending',
  succeeded: 'paid',
  canceled: 'cancelled',
};

/** What became of a payment, in Stripe's own units. */
type Money = { readonly status: Status; readonly amount: number; readonly currency: string };

/** What a dispute says of the disputed amount: it is here (also while a bank only inquires), it is held back, or it went back. */
const DISPUTES: Readonly<Record<string, 'here' | 'held' | 'gone'>> = {
  warning_needs_response: 'here',
  warning_under_review: 'here',
  warning_closed: 'here',
  prevented: 'here',
  won: 'here',
  needs_response: 'held',
  under_review: 'held',
  lost: 'gone',
};

export const isDisputed = ({ latest_charge: charge }: Intent): boolean =>
  typeof charge === 'object' && !!charge?.disputed;

/**
 * The money that a payment brought: what was captured, less what was refunded or lost in a dispute. Nothing left is `refunded`, with what
 * had been paid. A dispute that is open, or of which nothing is known, makes it `pending`. `dispute` is that of its charge.
 */
export function moneyOf(intent: Intent, dispute: Dispute | null = null): Money {
  const { status, amount, currency, latest_charge: charge } = intent;
  const refused = status === 'requires_payment_method' && intent.last_payment_error;
  if (status !== 'succeeded') return { status: refused ? 'failed' : (INTENTS[status] ?? 'unknown'), amount, currency };
  const captured = intent.amount_received ?? amount;
  const refunded = typeof charge === 'object' && charge !== null ? charge.amount_refunded : 0;
  const disputed = isDisputed(intent) ? (dispute === null ? 'held' : (DISPUTES[dispute.status] ?? 'held')) : 'here';
  const left = captured - refunded - (disputed === 'gone' ? (dispute?.amount ?? 0) : 0);
  if (left <= 0 && captured > 0) return { status: 'refunded', amount: captured, currency };
  return { status: disputed === 'held' ? 'pending' : 'paid', amount: left, currency };
}

export function intentOf(intent: Intent, dispute: Dispute | null = null): PaymentFact {
  const { id, description, created, livemode } = intent;
  const { status, amount, currency } = moneyOf(intent, dispute);
  return {
    id,
    kind: 'payment',
    status,
    amountMinor: minorFromStripe(amount, currency),
    currency,
    description: clamp(description ?? '', MAX_TEXT) || null,
    createdAt: instantOf(created),
    paymentId: null,
    test: !livemode,
  };
}

/** A bank transfer or UPI completes the checkout before the money is there. */
function statusOfSession({ status, payment_status: paid }: Session): Status {
  if (status === 'open' || status === 'expired') return status;
  if (status !== 'complete') return 'unknown';
  if (paid === 'paid' || paid === 'no_payment_required') return 'paid';
  return paid === 'unpaid' ? 'pending' : 'unknown';
}

/** The first payment of a subscription is made from an invoice, and the checkout does not name it. */
const isFirstOfSubscription = ({ mode, status, payment_status: paid, amount_total: amount }: Session): boolean =>
  mode === 'subscription' && status === 'complete' && paid === 'paid' && amount != null && amount > 0;

/** A checkout is open for at most a day. */
const CHECKOUT_SECONDS = 86_400;

/**
 * The payments of checkouts, by the id of the checkout. A checkout of a single payment names it; that of a subscription is found among `intents`
 * by customer, amount and time. Each payment belongs to one checkout.
 */
export function paymentsOf(sessions: readonly Session[], intents: readonly Intent[]): ReadonlyMap<string, Intent> {
  const byId = new Map(intents.map(intent => [intent.id, intent]));
  const found = new Map<string, Intent>();
  const free = new Map(byId);
  for (const { id, payment_intent: named } of sessions) {
    const intent = typeof named === 'string' ? byId.get(named) : named;
    if (!intent) continue;
    found.set(id, intent);
    free.delete(intent.id);
  }
  for (const session of sessions) {
    if (found.has(session.id) || !isFirstOfSubscription(session)) continue;
    const intent = [...free.values()].findLast(one => isPaymentOf(one, session));
    if (intent === undefined) continue;
    found.set(session.id, intent);
    free.delete(intent.id);
  }
  return found;
}

function isPaymentOf(intent: Intent, { amount_total, currency, created, customer }: Session): boolean {
  const after = intent.created - created;
  const sameMoney = intent.amount === amount_total && intent.currency === currency;
  const known = intent.customer != null && customer != null;
  const sameWay = known ? intent.customer === customer : /^subscription creation/i.test(intent.description ?? '');
  return sameMoney && sameWay && after >= 0 && after <= CHECKOUT_SECONDS;
}

/** `payment` is what the checkout led to; null where that is not known. `dispute` is that of its charge. */
export function sessionOf(
  session: Session,
  payment: Intent | null = null,
  dispute: Dispute | null = null,
): PaymentFact {
  const { id, amount_total: total, created, livemode, payment_intent: named } = session;
  const told =
    total != null && session.currency
      ? { status: statusOfSession(session), amount: total, currency: session.currency }
      : null;
  // The payment knows of refunds and partial captures, of which the checkout does not hear.
  const money = payment?.status === 'succeeded' ? moneyOf(payment, dispute) : told;
  // Not counted twice: the payment of the subscription is a row of its own that cannot be found from here.
  const isCountedElsewhere = payment === null && isFirstOfSubscription(session);
  return {
    id,
    kind: 'checkout',
    status: money?.status ?? statusOfSession(session),
    amountMinor: money === null || isCountedElsewhere ? null : minorFromStripe(money.amount, money.currency),
    currency: money?.currency ?? session.currency ?? null,
    description: null,
    createdAt: instantOf(created),
    paymentId: payment?.id ?? (typeof named === 'string' ? named : (named?.id ?? null)),
    test: !livemode,
  };
}

/** The link takes a number of payments, and as many checkouts were completed. */
export function isUsedUp({ restrictions }: PaymentLink): boolean {
  const { count = 0, limit = 0 } = restrictions?.completed_sessions ?? {};
  return limit > 0 && count >= limit;
}

const isSingleUse = ({ restrictions }: PaymentLink): boolean => restrictions?.completed_sessions?.limit === 1;

/**
 * `created` in Unix seconds, from the event. `checkout` is the one that used the link up, where it is. Of a link for one payment it is the
 * same money, and a row of its own that the link stands for; a link for several payments has no amount of its own once it is used up, because
 * each of its checkouts has one.
 */
export function linkOf(link: PaymentLink, created: number, checkout: PaymentFact | null): PaymentFact {
  const items = link.line_items?.data ?? [];
  const currency = items[0]?.currency ?? null;
  // A list of items that goes on would be a wrong sum.
  const whole = items.length > 0 && !link.line_items?.has_more && items.every(item => item.currency === currency);
  const sum = items.reduce((total, item) => total + item.amount_total, 0);
  const asked = whole && currency ? minorFromStripe(sum, currency) : null;
  const used = isUsedUp(link);
  const paidBy = used && isSingleUse(link) ? checkout : null;
  return {
    id: link.id,
    kind: 'payment-link',
    // A link that is used up is paid once its checkout is; another one stays open until somebody ends it.
    status: used ? (checkout?.status ?? 'pending') : link.active ? 'open' : 'cancelled',
    amountMinor: paidBy ? paidBy.amountMinor : used && checkout ? null : asked,
    currency: paidBy?.currency ?? currency,
    description: clamp(items.flatMap(({ description }) => description ?? []).join(', '), MAX_TEXT) || null,
    createdAt: instantOf(created),
    paymentId: paidBy?.id ?? null,
    test: !link.livemode,
  };
}
