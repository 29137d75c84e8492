import { expect, test } from 'vitest';
import { secret } from '../../src/kernel/secret.ts';
import { amazonSpApi, restrictedDataToken } from '../../src/providers/amazon-sp-api/client.ts';
import { HOST } from '../../src/providers/amazon-sp-api/manifest.ts';
import { OrderPage, orderOf, Participations } from '../../src/providers/amazon-sp-api/map.ts';
import type { Account, Credential } from '../../src/providers/provider.ts';
import { type ProviderRig, providerRig, readAll, readEverything } from '../providers/rig.ts';
import { faultsOf, statusesOf } from './held.ts';
import { hasSpecs, MISSING } from './official/index.ts';
import { readSpec } from './official/specs.ts';

const DEAD: Credential = { kind: 'grant', accessToken: secret('Atza|over'), extras: {} };

/** Everything that the adapter asks: well, for what is not there, without its role, and with a dead token. */
async function exercise(rig: ProviderRig): Promise<void> {
  const { credential } = rig.granted('amazon-sp-api');
  const found = await amazonSpApi.identify(rig.api('amazon-sp-api', credential));
  if (found.kind !== 'ok') throw new Error(found.kind);
  const [india, emirates] = found.rows;
  const api = (account: Account, by = credential) => rig.api('amazon-sp-api', by, { account });
  const read = (account: Account, by = credential) => readAll('amazon-sp-api', 'orders', api(account, by));
  expect(await read(india!)).toMatchObject({ kind: 'ok', pages: 3 });
  await readEverything('amazon-sp-api', api(india!));
  await read({ ...india!, settings: { marketplaceId: 'ATVPDKIKX0DER' } });
  await read(india!, rig.granted('amazon-sp-api', []).credential);
  await read(india!, DEAD);
  const resource = { method: 'GET', path: '/orders/v0/orders/408-1000000-7000000' } as const;
  const opened = await restrictedDataToken(api(india!), [{ ...resource, dataElements: ['shippingAddress'] }]);
  expect(opened).toMatchObject({ kind: 'ok' });
  await restrictedDataToken(api(india!), [{ ...resource, path: 'no path' }]);
  // Last, because what Amazon asks for holds back everything that comes after it.
  await read(emirates!);
}

// The token endpoint of Login with Amazon is in none of the models; the guide describes it in words only.
test.skipIf(!hasSpecs)(
  `S1: what is asked of Amazon and what the sandbox answers is what its models describe${hasSpecs ? '' : ` (${MISSING})`}`,
  async () => {
    const rig = await providerRig();
    await exercise(rig);
    await rig.close();
    expect(faultsOf('amazon-sp-api', rig.seen)).toEqual([]);
    expect(rig.seen.every(({ host }) => host === HOST)).toBe(true);
    expect(statusesOf(rig.seen)).toEqual([200, 400, 403, 429]);
  },
);

type Model = {
  readonly paths: Readonly<Record<string, { readonly get: { readonly responses: Readonly<Record<string, Reply>> } }>>;
};
type Reply = { readonly 'x-amzn-api-sandbox'?: { readonly static: readonly { readonly response: unknown }[] } };
/** The good replies that Amazon's own sandbox gives. */
const repliesOf = (file: readonly string[], path: string): readonly unknown[] => {
  const { paths } = readSpec('amazon-sp-api', 'models', ...file) as Model;
  const told = paths[path]!.get.responses['200']?.['x-amzn-api-sandbox']?.static ?? [];
  return told.map(({ response }) => response);
};

test.skipIf(!hasSpecs)(`S1: the replies of Amazon's own sandbox are read${hasSpecs ? '' : ` (${MISSING})`}`, () => {
  const orders = repliesOf(['orders-api-model', 'orders_2026-01-01.json'], '/orders/2026-01-01/orders');
  expect(orders.length).toBeGreaterThan(0);
  for (const reply of orders) {
    const { rows, unreadable } = OrderPage.parse(reply).orders;
    expect(unreadable).toEqual([]);
    for (const order of rows) expect(orderOf(order).status).not.toBe('unknown');
  }
  const sellers = repliesOf(['sellers-api-model', 'sellers.json'], '/sellers/v1/marketplaceParticipations');
  expect(sellers.length).toBeGreaterThan(0);
  for (const reply of sellers) expect(Participations.safeParse(reply)).toMatchObject({ success: true });
});
