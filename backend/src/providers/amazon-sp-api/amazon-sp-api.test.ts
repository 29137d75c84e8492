import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { type ProviderRig, providerRig, readAll } from '../../../test/providers/rig.ts';
import { secret } from '../../kernel/secret.ts';
import type { Account, Credential } from '../provider.ts';
import { amazonSpApi, restrictedDataToken } from './client.ts';
import { Order, orderOf } from './map.ts';

let rig: ProviderRig;
beforeAll(async () => {
  rig = await providerRig();
});
afterAll(() => rig.close());

const SELLER = 'A2CHAIKATHA0IN';
const ask = (scopes?: readonly string[]) => {
  const { credential } = rig.granted('amazon-sp-api', scopes);
  return { ...credential, extras: { selling_partner_id: SELLER } } as Credential;
};
async function accountsOf(credential: Credential): Promise<readonly Account[]> {
  const found = await amazonSpApi.identify(rig.api('amazon-sp-api', credential));
  if (found.kind !== 'ok') throw new Error(found.kind);
  return found.rows;
}

it('VT-08: names each marketplace that the seller takes part in, India first', async () => {
  expect(await accountsOf(ask())).toEqual([
    {
      id: `${SELLER}:A21TJRUUN4KGV`,
      name: 'Chai Katha',
      detail: 'Amazon.in · INR',
      settings: { marketplaceId: 'A21TJRUUN4KGV', currency: 'INR', country: 'IN' },
    },
    expect.objectContaining({ detail: 'Amazon.ae · AED · listings suspended' }),
  ]);
});

it('reads all pages of the orders of the last seven days, newest change first, in paise', async () => {
  const credential = ask();
  const [india] = await accountsOf(credential);
  const orders = await readAll('amazon-sp-api', 'orders', rig.api('amazon-sp-api', credential, { account: india! }));
  expect(orders).toMatchObject({ kind: 'ok', pages: 3 });
  if (orders.kind !== 'ok') return;
  expect(orders.rows).toHaveLength(230);
  expect(orders.rows[0]).toMatchObject({
    number: 'CK-AMZ-1000',
    status: 'unshipped',
    fulfilment: 'marketplace',
    items: 1,
    totalMinor: 129_950,
    currency: 'INR',
  });
  expect(orders.rows.find(({ status }) => status === 'pending')).toMatchObject({ totalMinor: null, currency: null });
  expect(new Set(orders.rows.map(({ status }) => status))).toEqual(
    new Set(['unshipped', 'shipped', 'pending', 'part-shipped', 'delivered', 'cancelled']),
  );
  const times = orders.rows.map(({ updatedAt }) => updatedAt);
  expect(times).toEqual(times.toSorted().reverse());
});

it('AM-01: orders are read without any data of the buyer, and nothing is signed', () => {
  const sent = rig.seen.filter(({ url }) => url.startsWith('/orders/'));
  expect(sent.length).toBeGreaterThan(0);
  for (const { url, headers } of sent) {
    expect(url).not.toMatch(/BUYER|RECIPIENT|TAX/);
    expect(headers).toMatchObject({ 'x-amz-date': expect.stringMatching(/^\d{8}T\d{6}Z$/) });
    expect(headers.authorization).toBeUndefined();
  }
});

it('VT-12: a refresh token stays the same, and a revoked one needs a new consent', async () => {
  const { grant } = rig.granted('amazon-sp-api');
  const flow = rig.flow('amazon-sp-api');
  const next = await flow.refresh(rig.tokenApi('amazon-sp-api'), grant);
  expect(next).toMatchObject({ kind: 'ok' });
  if (next.kind !== 'ok') return;
  expect(next.data.refreshToken?.reveal()).toBe(grant.refreshToken?.reveal());
  expect(next.data.accessToken.reveal()).not.toBe(grant.accessToken.reveal());
  rig.sandbox.book.revoke(grant.accessToken.reveal());
  expect(await flow.refresh(rig.tokenApi('amazon-sp-api'), grant)).toMatchObject({
    kind: 'reauth',
    code: 'invalid_grant',
  });
});

describe('the two ids of one app', () => {
  const app = (id: string, text: string) => ({ ...rig.tokenApi('amazon-sp-api'), app: { id, secret: secret(text) } });
  const exchange = (api: ReturnType<typeof app>) =>
    rig.flow('amazon-sp-api').exchange(api, { ...rig.code('amazon-sp-api'), extras: { selling_partner_id: SELLER } });

  it('the token endpoint gets the client id that stands in front of the secret', async () => {
    const outcome = await exchange(app('amzn1.sp.solution.1', 'sandbox-client:sandbox-secret'));
    expect(outcome).toMatchObject({ kind: 'ok', data: { scopes: null, extras: { selling_partner_id: SELLER } } });
  });

  it('an application id alone is refused with words, before the code is spent', async () => {
    const before = rig.seen.length;
    expect(await exchange(app('amzn1.sp.solution.1', 'sandbox-secret'))).toMatchObject({
      kind: 'permanent',
      code: 'invalid_client',
      reason: expect.stringContaining('ASTRIX_APP_AMAZON_SECRET'),
    });
    expect(rig.seen).toHaveLength(before);
  });
});

it('there is nothing to revoke from here: the receipt tells where', async () => {
  const { grant } = rig.granted('amazon-sp-api');
  expect(await rig.flow('amazon-sp-api').revoke(rig.tokenApi('amazon-sp-api'), grant)).toEqual({
    kind: 'refused',
    reason: 'no-revocation',
  });
});

it('VT-10: a role that the app does not have is a refusal with words, not a lost credential', async () => {
  expect(await amazonSpApi.identify(rig.api('amazon-sp-api', ask(['Pricing'])))).toMatchObject({
    kind: 'permanent',
    code: 'scope',
    status: 403,
  });
});

it('a dead token is 403 as well, and asks for a new one', async () => {
  const credential: Credential = { kind: 'grant', accessToken: secret('Atza|over'), extras: {} };
  expect(await amazonSpApi.identify(rig.api('amazon-sp-api', credential))).toMatchObject({
    kind: 'reauth',
    code: 'Unauthorized',
  });
});

it('EG-03, AM-15: a store over its quota is read again when the usage plan allows it', async () => {
  const credential = ask();
  const [, emirates] = await accountsOf(credential);
  const api = rig.api('amazon-sp-api', credential, { account: emirates! });
  expect(await readAll('amazon-sp-api', 'orders', api)).toMatchObject({ kind: 'retry', afterSeconds: 179 });
});

describe('a token for restricted data', () => {
  const RESOURCE = { method: 'GET', path: '/mfn/v0/shipments/{shipmentId}' } as const;

  it('opens the resources that were named, and prints as nothing', async () => {
    const own = await providerRig();
    const { credential } = own.granted('amazon-sp-api');
    const outcome = await restrictedDataToken(own.api('amazon-sp-api', credential), [RESOURCE]);
    if (outcome.kind !== 'ok') throw new Error(outcome.kind);
    expect(outcome.data.token.reveal()).toMatch(/^Atz\.sprdt\|/);
    expect(JSON.stringify(outcome.data)).not.toContain('Atz');
    expect(outcome.data.expiresAt.getTime()).toBe(own.clock.now().getTime() + 3_600_000);
    expect(JSON.parse(own.seen.at(-1)!.body)).toEqual({ restrictedResources: [RESOURCE] });
    await own.close();
  });

  test.each([0, 51])('%d resources are refused before anything is sent', async count => {
    const api = rig.api('amazon-sp-api', ask());
    expect(
      await restrictedDataToken(
        api,
        Array.from({ length: count }, () => RESOURCE),
      ),
    ).toEqual({
      kind: 'refused',
      reason: 'restricted-resources',
    });
  });
});

describe('an order', () => {
  const ORDER = {
    orderId: '408-1-2',
    createdTime: '2026-08-01T10:00:00+05:30',
    lastUpdatedTime: '2026-08-01T11:00:00Z',
    salesChannel: { channelName: 'AMAZON' },
    orderItems: [{ quantityOrdered: 2 }, { quantityOrdered: 1 }],
    buyer: { buyerName: 'Meera Pillai', buyerEmail: 'x@marketplace.amazon.in' },
    recipient: { deliveryAddress: { phone: '9800000001' } },
  };
  const shaped = (over: object) => orderOf(Order.parse({ ...ORDER, ...over }));

  it('without anything that is optional says what is not known, and drops the buyer', () => {
    expect(shaped({})).toEqual({
      id: '408-1-2',
      number: '408-1-2',
      status: 'unknown',
      fulfilment: null,
      placedAt: '2026-08-01T04:30:00.000Z',
      updatedAt: '2026-08-01T11:00:00.000Z',
      shipBy: null,
      items: 3,
      totalMinor: null,
      currency: null,
    });
  });

  test.each(['UNFULFILLABLE', 'SOMETHING_NEW'])('with the status %s is unknown', fulfillmentStatus => {
    expect(shaped({ fulfillment: { fulfillmentStatus } }).status).toBe('unknown');
  });

  test.each([
    [[{ status: 'DELIVERED' }, { status: 'DELIVERED' }], 'delivered'],
    [[{ status: 'DELIVERED' }, { status: 'IN_TRANSIT' }], 'shipped'],
    [[{ status: 'UNDELIVERABLE', detailedStatus: 'RETURNED_TO_SELLER' }], 'returned'],
    [[], 'shipped'],
  ])('shipped in parcels %j is %s', (parcels, status) => {
    const packages = parcels.map(packageStatus => ({ packageReferenceId: '1', packageStatus }));
    expect(shaped({ fulfillment: { fulfillmentStatus: 'SHIPPED' }, packages }).status).toBe(status);
  });

  it('in yen has no minor unit', () => {
    const proceeds = { grandTotal: { amount: '1299', currencyCode: 'JPY' } };
    expect(shaped({ proceeds })).toMatchObject({ totalMinor: 1299, currency: 'JPY' });
  });

  test.each(['-10.00', 'NaN', '1e5', '10.005'])('with the total %s is refused', amount => {
    expect(Order.safeParse({ ...ORDER, proceeds: { grandTotal: { amount, currencyCode: 'INR' } } }).success).toBe(
      false,
    );
  });
});
