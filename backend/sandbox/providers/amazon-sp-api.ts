import type { FastifyReply, FastifyRequest } from 'fastify';
import type { DemoOrder } from '../../src/demo/orders.ts';
import { DEMO_CLIENTS } from '../../src/demo/people.ts';
import { ordersOf as demoOrdersOf } from '../../src/demo/threads.ts';
import type { Granted, Imitation, Stage } from '../imitation.ts';
import { SANDBOX_APP } from '../oauth.ts';

const API = { constraints: { host: 'sellingpartnerapi-eu.amazon.com' } };
const LWA = { constraints: { host: 'api.amazon.com' } };
const SELLER = 'A2CHAIKATHA0IN';
const ROLE = 'Inventory and Order Tracking';
const ORDERS = 230;
const HOUR_MS = 3_600_000;
const INDIA = 'A21TJRUUN4KGV';
/** Its quota is always used up. */
const EMIRATES = 'A2VIGQ35RCS4UG';

const store = (id: string, name: string, countryCode: string, currency: string, host: string, open: boolean) => ({
  marketplace: {
    id,
    name,
    countryCode,
    defaultCurrencyCode: currency,
    defaultLanguageCode: `en_${countryCode}`,
    domainName: host,
  },
  participation: { isParticipating: open, hasSuspendedListings: countryCode === 'AE' },
  storeName: 'Chai Katha',
});
const STORES = [
  store(EMIRATES, 'Amazon.ae', 'AE', 'AED', 'www.amazon.ae', true),
  store('A1F83G8C2ARO7P', 'Amazon.co.uk', 'GB', 'GBP', 'www.amazon.co.uk', false),
  store(INDIA, 'Amazon.in', 'IN', 'INR', 'www.amazon.in', true),
];

/** The one client that sells on Amazon. */
const SHOP = DEMO_CLIENTS.find(({ sellsOnAmazon }) => sellsOnAmazon)!;
const STATES = ['UNSHIPPED', 'SHIPPED', 'PENDING', 'PARTIALLY_SHIPPED', 'SHIPPED', 'CANCELLED'];

const rupees = (minor: number) => (minor / 100).toFixed(2);

function order(n: number, now: Date) {
  const createdTime = new Date(now.getTime() - n * HOUR_MS * 0.7 - 2 * HOUR_MS);
  const status = STATES[n % STATES.length]!;
  const merchant = n % 3 !== 0;
  const quantity = 1 + (n % 3);
  const { name: title, priceMinor } = SHOP.goods[n % SHOP.goods.length]!;
  return {
    orderId: `408-${String(1_000_000 + n)}-${String(7_000_000 + n * 13)}`,
    ...(n % 4 === 0 ? { orderAliases: [{ aliasId: `CK-AMZ-${1000 + n}`, aliasType: 'SELLER_ORDER_ID' }] } : {}),
    createdTime: createdTime.toISOString(),
    lastUpdatedTime: new Date(createdTime.getTime() + HOUR_MS).toISOString(),
    programs: n % 2 === 0 ? ['PRIME'] : ['AMAZON_EASY_SHIP'],
    salesChannel: { channelName: 'AMAZON', marketplaceId: INDIA, marketplaceName: 'Amazon.in' },
    // Amazon tells no total before the payment is certain.
    ...(status === 'PENDING'
      ? {}
      : { proceeds: { grandTotal: { amount: rupees(priceMinor * quantity), currencyCode: 'INR' } } }),
    fulfillment: {
      fulfillmentStatus: status,
      fulfilledBy: merchant ? 'MERCHANT' : 'AMAZON',
      fulfillmentServiceLevel: 'STANDARD',
      shipByWindow: {
        earliestDateTime: createdTime.toISOString(),
        latestDateTime: new Date(createdTime.getTime() + 48 * HOUR_MS).toISOString(),
      },
    },
    orderItems: [
      {
        orderItemId: String(55_000_000_000 + n),
        quantityOrdered: quantity,
        product: { asin: `B0CK${String(100_000 + n)}`, title, sellerSku: `CK-${n % 40}` },
      },
    ],
    ...(merchant && status === 'SHIPPED'
      ? {
          packages: [
            {
              packageReferenceId: '1',
              packageStatus:
                n % 12 === 4 ? { status: 'DELIVERED', detailedStatus: 'DELIVERED' } : { status: 'IN_TRANSIT' },
              carrier: 'Amazon Shipping',
              trackingNumber: String(361_204_500_000 + n),
            },
          ],
        }
      : {}),
  };
}

/** An order that a customer writes about. What is new in it is older than what Amazon tells at once. */
function orderTold({ number, item, quantity, amountMinor, placedAt, parcel }: DemoOrder, n: number, now: Date) {
  const createdTime = placedAt.toISOString();
  const changedAt = Math.min(parcel?.scannedAt.getTime() ?? 0, now.getTime() - 2 * HOUR_MS);
  const isSent = parcel !== null && parcel.state !== 'packed';
  const like = order(1, now);
  return {
    ...like,
    orderId: number,
    createdTime,
    lastUpdatedTime: new Date(Math.max(changedAt, placedAt.getTime())).toISOString(),
    proceeds: { grandTotal: { amount: rupees(amountMinor), currencyCode: 'INR' } },
    fulfillment: {
      ...like.fulfillment,
      fulfillmentStatus: isSent ? 'SHIPPED' : 'UNSHIPPED',
      shipByWindow: {
        earliestDateTime: createdTime,
        latestDateTime: new Date(placedAt.getTime() + 48 * HOUR_MS).toISOString(),
      },
    },
    orderItems: [
      {
        orderItemId: String(56_000_000_000 + n),
        quantityOrdered: quantity,
        product: { asin: `B0CK${200_000 + n}`, title: item, sellerSku: `CK-${n % 40}` },
      },
    ],
    packages: isSent
      ? [
          {
            packageReferenceId: '1',
            packageStatus: parcel.deliveredAt
              ? { status: 'DELIVERED', detailedStatus: 'DELIVERED' }
              : { status: 'IN_TRANSIT' },
            carrier: 'Delhivery',
            trackingNumber: parcel.awb,
          },
        ]
      : [],
  };
}

/** Those that customers write about, and others that make up the number. */
function ordersAt(now: Date) {
  const told = demoOrdersOf(SHOP, now)
    .filter(({ isOnAmazon }) => isOnAmazon)
    .map((one, n) => orderTold(one, n, now));
  return [...told, ...Array.from({ length: ORDERS - told.length }, (_, n) => order(n, now))];
}

const refuse = (reply: FastifyReply, status: number, code: string, message: string, details = '') =>
  reply.code(status).send({ errors: [{ code, message, details }] });
const DENIED = 'Access to requested resource is denied.';

/** Who asks, or the answer that Amazon gives instead. */
function grantFor(stage: Stage, request: FastifyRequest, reply: FastifyReply): Granted | null {
  void reply.headers({ 'x-amzn-requestid': `req-${request.id}` });
  const granted = stage.grantOf(String(request.headers['x-amz-access-token'] ?? ''));
  if (!granted) refuse(reply, 403, 'Unauthorized', DENIED, 'The access token you provided has expired.');
  else if (!granted.scopes.includes(ROLE)) refuse(reply, 403, 'Unauthorized', DENIED);
  else return granted;
  return null;
}

type OrderQuery = Readonly<Record<string, string | undefined>>;

/** Amazon tells of changes after two minutes at the earliest. */
const UNTOLD_MS = 120_000;

export type SandboxOrder = ReturnType<typeof order>;
/** Under this name the sandbox keeps the orders of India. */
export const ORDERS_OF_INDIA = 'amazon-sp-api/orders';
const ordersOf = (things: Stage['things']): SandboxOrder[] =>
  things
    .list(ORDERS_OF_INDIA, ({ orderId }: SandboxOrder) => orderId, ordersAt)
    .toSorted((a, b) => b.lastUpdatedTime.localeCompare(a.lastUpdatedTime));

function servePage(query: OrderQuery, reply: FastifyReply, { now, things }: Pick<Stage, 'now' | 'things'>) {
  const {
    createdAfter,
    lastUpdatedAfter,
    lastUpdatedBefore,
    marketplaceIds = '',
    maxResultsPerPage = '100',
    paginationToken,
  } = query;
  if ((createdAfter === undefined) === (lastUpdatedAfter === undefined))
    return refuse(reply, 400, 'InvalidInput', 'Exactly one of createdAfter and lastUpdatedAfter must be given.');
  const size = Number(maxResultsPerPage);
  if (!(size >= 1 && size <= 100)) return refuse(reply, 400, 'InvalidInput', 'maxResultsPerPage must be 1 to 100.');
  if (marketplaceIds.includes(EMIRATES)) {
    void reply.header('x-amzn-ratelimit-limit', '0.0056');
    return refuse(reply, 429, 'QuotaExceeded', 'You exceeded your quota for the requested resource.');
  }
  if (!marketplaceIds.split(',').includes(INDIA)) return refuse(reply, 403, 'Unauthorized', DENIED);
  const since = new Date(lastUpdatedAfter ?? createdAfter ?? '').getTime();
  const told = now().getTime() - UNTOLD_MS;
  const until = lastUpdatedBefore === undefined ? told : new Date(lastUpdatedBefore).getTime();
  if (until > told)
    return refuse(reply, 400, 'InvalidInput', 'lastUpdatedBefore must be at least two minutes before the request.');
  const all = ordersOf(things).filter(({ createdTime, lastUpdatedTime }) => {
    const at = new Date(lastUpdatedAfter ? lastUpdatedTime : createdTime).getTime();
    return at >= since && at <= until;
  });
  const from = paginationToken === undefined ? 0 : Number(Buffer.from(paginationToken, 'base64url').toString());
  const more = from + size < all.length;
  const nextToken = Buffer.from(String(from + size)).toString('base64url');
  return reply.header('x-amzn-ratelimit-limit', '0.0056').send({
    orders: all.slice(from, from + size),
    ...(more ? { pagination: { nextToken } } : {}),
    lastUpdatedBefore: new Date(until).toISOString(),
  });
}

/** Login with Amazon says nothing of scopes and gives the same refresh token back. */
function serveTokens(app: Parameters<Imitation['serve']>[0], stage: Stage): void {
  app.post<{ Body: Readonly<Record<string, string>> }>('/auth/o2/token', LWA, async (request, reply) => {
    const {
      grant_type: kind,
      client_id: id,
      client_secret: secret,
      code,
      redirect_uri,
      refresh_token,
    } = request.body ?? {};
    const no = (status: number, error: string, error_description: string) =>
      reply.code(status).send({ error, error_description });
    if (id !== SANDBOX_APP.id || secret !== SANDBOX_APP.secret)
      return no(401, 'invalid_client', 'Client authentication failed');
    if (kind === 'authorization_code') {
      const granted = stage.redeem(code ?? '', { redirectUri: redirect_uri });
      if (granted?.provider !== 'amazon-sp-api')
        return no(400, 'invalid_grant', 'The request has an invalid grant parameter : code');
      const { accessToken, refreshToken, expiresIn } = stage.issue(granted);
      return { access_token: accessToken, refresh_token: refreshToken, token_type: 'bearer', expires_in: expiresIn };
    }
    const issued = stage.renew(refresh_token ?? '', 'amazon-sp-api');
    if (!issued) return no(400, 'invalid_grant', 'The request has an invalid grant parameter : refresh_token');
    const { accessToken, refreshToken, expiresIn } = issued;
    return { access_token: accessToken, refresh_token: refreshToken, token_type: 'bearer', expires_in: expiresIn };
  });
}

/** Seller Central of one seller: 230 orders in India, a store in the Emirates that is always over its quota. */
export const imitation: Imitation = {
  provider: 'amazon-sp-api',
  hint: 'Allow access on the consent page. Amazon.in has 230 orders; Amazon.ae is always over its quota.',
  callbackExtras: { selling_partner_id: SELLER },
  ownTokens: true,
  serve(app, stage) {
    serveTokens(app, stage);
    app.get('/sellers/v1/marketplaceParticipations', API, async (request, reply) => {
      if (!grantFor(stage, request, reply)) return reply;
      return reply.header('x-amzn-ratelimit-limit', '0.016').send({ payload: STORES });
    });
    app.get<{ Querystring: OrderQuery }>('/orders/2026-01-01/orders', API, async (request, reply) => {
      if (!grantFor(stage, request, reply)) return reply;
      return servePage(request.query, reply, stage);
    });
    app.post<{ Body: { restrictedResources?: readonly { method?: string; path?: string }[] } }>(
      '/tokens/2021-03-01/restrictedDataToken',
      API,
      async (request, reply) => {
        const granted = grantFor(stage, request, reply);
        if (!granted) return reply;
        const resources = request.body?.restrictedResources ?? [];
        if (resources.length === 0 || !resources.every(({ method, path }) => method && path?.startsWith('/')))
          return refuse(reply, 400, 'InvalidInput', 'restrictedResources: method and path are required.');
        const { accessToken, expiresIn } = stage.issue(granted);
        return { restrictedDataToken: `Atz.sprdt|${accessToken}`, expiresIn };
      },
    );
  },
};
