import { z } from 'zod';
import { json, type Outcome } from '../../platform/egress/index.ts';
import { type Act, actOutcome, cannotDo } from '../act.ts';
import type { Api, Connector } from '../provider.ts';
import { stripeFromMinor } from './map.ts';

const Made = z.object({ id: z.string().regex(/^[a-z]{2,8}_[A-Za-z0-9_]{1,200}$/) });
const MadeLink = Made.extend({ url: z.url().max(2000) });

/** Stripe forgets a key when it is older than a day; an hour is left for clocks and the way. */
const KEY_KEPT_SECONDS = 23 * 3600;

type Step = { readonly path: string; readonly form: Readonly<Record<string, string>>; readonly key: string };

const post = <T>(api: Api, { path, form, key }: Step, schema: z.ZodType<T>): Promise<Outcome<T>> =>
  api.call({
    method: 'POST',
    path,
    headers: { 'idempotency-key': key },
    body: { form },
    effect: 'write',
    reply: json(schema),
  });

/** The key stands for other parameters than ours of today: what it was used for is not known here. */
const isOtherUse = (outcome: Outcome<unknown>): boolean =>
  outcome.kind === 'permanent' && outcome.code === 'idempotency_error';

/**
 * A price of its own and a link to it that takes one payment. Each step has a key of its own under ours, so a repeat goes on where the one
 * before has ended. A price alone is seen by nobody.
 */
const createLink: Act<'payments.create-link'> = {
  effect: 'write',
  needs: [],
  once: { by: 'key', keptSeconds: KEY_KEPT_SECONDS },
  async run(api, { amountMinor, currency, description }, key) {
    const amount = stripeFromMinor(amountMinor, currency);
    if (amount === null) return cannotDo('amount', `${currency} is not counted so finely`);
    const price = await post(
      api,
      {
        path: '/v1/prices',
        form: { currency: currency.toLowerCase(), unit_amount: String(amount), 'product_data[name]': description },
        key: `${key}-price`,
      },
      Made,
    );
    if (isOtherUse(price)) return { kind: 'unknown' };
    if (price.kind !== 'ok') return actOutcome(price, (nothing: never) => nothing);
    const link = await post(
      api,
      {
        path: '/v1/payment_links',
        form: {
          'line_items[0][price]': price.data.id,
          'line_items[0][quantity]': '1',
          'restrictions[completed_sessions][limit]': '1',
          'metadata[astrix_key]': key,
        },
        key: `${key}-link`,
      },
      MadeLink,
    );
    return isOtherUse(link) ? { kind: 'unknown' } : actOutcome(link, ({ id, url }) => ({ id, url }));
  },
};

export const stripeActs: NonNullable<Connector['acts']> = { 'payments.create-link': createLink };
