import { expect, test } from 'vitest';
import { secret } from '../../src/kernel/secret.ts';
import type { Api } from '../../src/providers/provider.ts';
import { stripe } from '../../src/providers/stripe/client.ts';
import { Intent, LinkEvent, PaymentLink, Session, StripeAccount } from '../../src/providers/stripe/map.ts';
import { providerRig, readEverything } from '../providers/rig.ts';
import { faultsOf, statusesOf } from './held.ts';
import { hasSpecs, MISSING } from './official/index.ts';
import { readSpec } from './official/specs.ts';

const KEYS = ['rk_test_ChaiKatha2026', 'rk_live_ChaiKatha2026', 'rk_test_NoAccount2026', 'rk_test_NoEvents2026'];
// The last, because it is asked to wait, and so is whoever comes after it.
const REFUSED = ['rk_test_Revoked2026', 'rk_test_Slow2026'];

/** A link, the same again, another one with the same key, and one in a currency that is none. */
async function write(api: Api, key: string): Promise<void> {
  const link = stripe.acts?.['payments.create-link'];
  if (!link) throw new Error('Stripe makes links');
  const input = { amountMinor: 129_950, currency: 'INR', description: 'Order CK-2026-1001' };
  const first = await link.run(api, input, key);
  expect(await link.run(api, input, key)).toEqual(first);
  const other = await link.run(api, { ...input, amountMinor: 1 }, key);
  if (first.kind === 'done') expect(other).toEqual({ kind: 'unknown' });
  await link.run(api, { ...input, currency: 'XTS' }, `${key}-other`);
}

test.skipIf(!hasSpecs)(
  `S4: what is asked of Stripe and what the sandbox answers is what Stripe describes${hasSpecs ? '' : ` (${MISSING})`}`,
  async () => {
    const rig = await providerRig();
    for (const key of [...KEYS, ...REFUSED]) {
      const api = rig.api('stripe', { kind: 'key', fields: { key: secret(key) } });
      await stripe.identify(api);
      await readEverything('stripe', api);
      await write(api, key);
    }
    await rig.close();
    expect(faultsOf('stripe', rig.seen)).toEqual([]);
    expect(statusesOf(rig.seen)).toEqual([200, 400, 401, 403, 429]);
    const paths = new Set(rig.seen.map(({ url }) => url.split('?')[0]));
    expect(paths).toEqual(
      new Set([
        '/v1/account',
        '/v1/events',
        '/v1/payment_links',
        '/v1/checkout/sessions',
        '/v1/payment_intents',
        '/v1/prices',
      ]),
    );
  },
);

test.skipIf(!hasSpecs)(`S4: Stripe's own examples of today are read${hasSpecs ? '' : ` (${MISSING})`}`, () => {
  const { resources } = readSpec('stripe', 'fixtures3.json') as {
    readonly resources: Readonly<Record<string, unknown>>;
  };
  const schemas = {
    account: StripeAccount,
    payment_link: PaymentLink,
    'checkout.session': Session,
    payment_intent: Intent,
    event: LinkEvent,
  };
  for (const [name, schema] of Object.entries(schemas))
    expect(schema.safeParse(resources[name]), name).toMatchObject({ success: true });
});
