import type { PaymentFact } from '@astrix/contract';
import { z } from 'zod';
import { clamp } from '../json.ts';

type Status = PaymentFact['status'];

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

const LineItem = z.object({ amount_total: Amount, currency: Code, description: z.string().max(5000).nullish() });
/** There is no time of creation in a payment link: it comes from the event. */
export const PaymentLink = z.object({
  id: Id,
  active: z.boolean(),
  livemode: z.boolean(),
  line_items: z.object({ data: z.array(LineItem).max(100), has_more: z.boolean() }).optional(),
  restrictions: z
    .object({ completed_sessions: z.object({ count: z.int().min(0), limit: z.int().min(0) }).nullish() })
    .nullish(),
});
export type PaymentLink = z.output<typeof PaymentLink>;

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
  payment_link: Id.nullish(),
  payment_intent: Id.nullish(),
});
export type Session = z.output<typeof Session>;

export const Intent = z.object({
  id: Id,
  created: Created,
  livemode: z.boolean(),
  status: z.string().max(60),
  amount: Amount,
  currency: Code,
  description: z.string().max(5000).nullish(),
  last_payment_error: z.object({}).nullish(),
});
export type Intent = z.output<typeof Intent>;

/** `payment_link.created`, of which only the time and the link's id are used. */
export const LinkEvent = z.object({
  id: Id,
  created: Created,
  data: z.object({ object: z.object({ id: Id }) }),
});

export const instantOf = (seconds: number): string => new Date(seconds * 1000).toISOString();

/**
 * Stripe counts some currencies in other units than ISO 4217: the krona of Iceland and the shilling of Uganda in hundredths that do not
 * exist, the ariary whole. Null for a hundredth that nobody could pay.
 */
export function minorFromStripe(amount: number, currency: string): number | null {
  if (currency === 'MGA') return amount * 100;
  if (currency !== 'ISK' && currency !== 'UGX') return amount;
  return amount % 100 === 0 ? amount / 100 : null;
}

/** The same the other way round. Null for an amount that Stripe cannot count. */
export function stripeFromMinor(minor: number, currency: string): number | null {
  if (currency === 'MGA') return minor % 100 === 0 ? minor / 100 : null;
  return currency === 'ISK' || currency === 'UGX' ? minor * 100 : minor;
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

export function intentOf(intent: Intent): PaymentFact {
  const { id, status, amount, currency, description, created, livemode } = intent;
  const refused = status === 'requires_payment_method' && intent.last_payment_error;
  return {
    id,
    kind: 'payment',
    status: refused ? 'failed' : (INTENTS[status] ?? 'unknown'),
    amountMinor: minorFromStripe(amount, currency),
    currency,
    description: clamp(description ?? '', 300) || null,
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

export function sessionOf(session: Session): PaymentFact {
  const { id, amount_total: amount, currency, created, livemode } = session;
  return {
    id,
    kind: 'checkout',
    status: statusOfSession(session),
    amountMinor: amount != null && currency ? minorFromStripe(amount, currency) : null,
    currency: currency ?? null,
    description: null,
    createdAt: instantOf(created),
    paymentId: session.payment_intent ?? null,
    test: !livemode,
  };
}

/** The link takes a number of payments, and as many checkouts were completed. */
export function isUsedUp({ restrictions }: PaymentLink): boolean {
  const { count = 0, limit = 0 } = restrictions?.completed_sessions ?? {};
  return limit > 0 && count >= limit;
}

/** `created` in Unix seconds, from the event; `paid` says whether a checkout that came from the link was paid. */
export function linkOf(link: PaymentLink, created: number, paid: boolean): PaymentFact {
  const items = link.line_items?.data ?? [];
  const currency = items[0]?.currency ?? null;
  // A list of items that goes on would be a wrong sum.
  const whole = items.length > 0 && !link.line_items?.has_more && items.every(item => item.currency === currency);
  const sum = items.reduce((total, item) => total + item.amount_total, 0);
  return {
    id: link.id,
    kind: 'payment-link',
    // A link that is used up is paid once its checkout is; another one stays open until somebody ends it.
    status: isUsedUp(link) ? (paid ? 'paid' : 'pending') : link.active ? 'open' : 'cancelled',
    amountMinor: whole && currency ? minorFromStripe(sum, currency) : null,
    currency,
    description: clamp(items.flatMap(({ description }) => description ?? []).join(', '), 300) || null,
    createdAt: instantOf(created),
    paymentId: null,
    test: !link.livemode,
  };
}
