import { z } from 'zod';
import { withoutNulls } from '../../kernel/without-nulls.ts';
import type { Account, HookEvent, ProviderWebhook } from '../provider.ts';

const Event = z.object({
  id: z.string().regex(/^evt_[A-Za-z0-9_]{1,200}$/),
  object: z.literal('event'),
  type: z.string().min(1).max(100),
  livemode: z.boolean(),
  /** Only of a connected account (Stripe Connect), which a key never is. */
  account: z.string().max(200).optional(),
});

/** `charge` tells of refunds and disputes, which change what a payment has brought. */
const PAYMENTS = /^(?:checkout\.session|payment_intent|payment_link|charge|refund)\./;

/**
 * One event in each delivery, known by its id. Of the other mode than the account's it changes nothing: a test payment must not look like
 * money. The mode is known once the account has had a payment (`settings.mode`). Thin events (`v2.core.event`) are not of ours.
 */
export function hookEvents(
  body: unknown,
  _receivedAt: Date,
  account: Pick<Account, 'settings'> | null = null,
): readonly HookEvent[] {
  const event = Event.safeParse(withoutNulls(body));
  if (!event.success) return [];
  const { id, type, livemode, account: connected } = event.data;
  const mode = account?.settings.mode;
  const change = (): HookEvent['change'] => {
    if (mode !== undefined && livemode !== (mode === 'live')) return { kind: 'nothing', why: 'other-mode' };
    return PAYMENTS.test(type) ? { kind: 'changed', capability: 'payments' } : { kind: 'nothing', why: 'not-shown' };
  };
  return [{ naturalKey: id, accountId: connected ?? null, change: change() }];
}

/** A live endpoint of Stripe tells of live events only: one of the other side was made by somebody else. */
export const stripeWebhook: ProviderWebhook = {
  scheme: { kind: 'hmac-timestamped', header: 'stripe-signature', toleranceSeconds: 300, liveField: 'livemode' },
  of: 'connection',
  secret: 'webhookSecret',
  isLive: ({ key }) => key?.reveal().startsWith('rk_live_') ?? false,
  events: hookEvents,
};
