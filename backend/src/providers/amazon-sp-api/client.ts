import type { OrderFact } from '@astrix/contract';
import { z } from 'zod';
import { type Secret, secret } from '../../kernel/secret.ts';
import { type Explain, type Failed, json, type Outcome } from '../../platform/egress/index.ts';
import { offered, onlyReadable, type ReadResult } from '../accounts.ts';
import { oauth2Flow } from '../oauth2.ts';
import { type Account, type Api, type Ask, type Connector, otherAccount, type TokenApi } from '../provider.ts';
import { mapRows, type ReadPage, type ReadRequest, readPage } from '../read.ts';
import { AMAZON_SP_API, HISTORY_DAYS, HOST } from './manifest.ts';
import { OrderPage, orderOf, type Participation, Participations } from './map.ts';

const DAY_MS = 86_400_000;
const PAGE = 100;
const MAX_RESOURCES = 50;

const Refusal = z.object({
  errors: z
    .array(
      z.object({ code: z.string().max(100), message: z.string().max(2000), details: z.string().max(2000).nullish() }),
    )
    .min(1),
});

/** «1 request in 178 seconds» is told as 0.0056 a second, on some replies only. */
const pauseOf = (rate: string | undefined): number | null =>
  rate !== undefined && Number(rate) > 0 ? Math.min(3600, Math.ceil(1 / Number(rate))) : null;

/** A dead token and a role that is missing are both 403 Unauthorized with the same message; only `details` tells them apart. */
const explain: Explain = (body, status, headers) => {
  if (status === 429)
    return { kind: 'retry', reason: 'quota-exceeded', afterSeconds: pauseOf(headers['x-amzn-ratelimit-limit']) };
  if (status < 400 || status >= 500) return null;
  const refusal = Refusal.safeParse(body);
  if (!refusal.success) return null;
  const { code, message, details } = refusal.data.errors[0]!;
  const reason = [message, details].filter(Boolean).join(' ');
  if (/access token you provided (?:has expired|is revoked)/i.test(reason)) return { kind: 'reauth', code, reason };
  return { kind: 'permanent', code: status === 403 && code === 'Unauthorized' ? 'scope' : code, reason };
};

/** Without a signature: Amazon has not looked at one since October 2023. Calls without a user agent of this form may be refused. */
const sign: Connector['sign'] = credential => ({
  headers: {
    'x-amz-access-token': credential.kind === 'grant' ? credential.accessToken.reveal() : '',
    'user-agent': 'Astrix/1.0 (Language=TypeScript; Platform=Node)',
  },
});

const call = <T>(api: Api, ask: Omit<Ask<T>, 'host' | 'headers'>): Promise<Outcome<T>> =>
  api.call({
    ...ask,
    host: HOST,
    headers: {
      'x-amz-date': api.clock
        .now()
        .toISOString()
        .replace(/[-:]|\.\d+/g, ''),
    },
  });

const INDIA = 'IN';
const indiaFirst = (a: Participation, b: Participation) =>
  Number(b.marketplace.countryCode === INDIA) - Number(a.marketplace.countryCode === INDIA);

/** Amazon also lists marketplaces of other shops that only use its warehouses, under names such as «Non-Amazon IN»: they have no orders here. */
const canWork = ({ marketplace, participation }: Participation) =>
  participation.isParticipating && !/^non-amazon\b/i.test(marketplace.name);

/** Orders belong to one marketplace, so each of them is an account; the seller is told only with the consent. */
async function identify(api: Api): Promise<ReadResult<Account>> {
  const outcome = await call(api, {
    method: 'GET',
    path: '/sellers/v1/marketplaceParticipations',
    effect: 'read',
    cost: 'marketplaces',
    reply: json(Participations),
  });
  if (outcome.kind !== 'ok') return outcome;
  const found = onlyReadable<Participation>({ kind: 'ok', rows: outcome.data.payload });
  if (found.kind !== 'ok') return found;
  const sellerId = api.extras.selling_partner_id;
  const rows = found.rows
    .filter(canWork)
    .toSorted(indiaFirst)
    .map(
      ({ marketplace: { id, name, countryCode, defaultCurrencyCode }, participation, storeName }): Account => ({
        id: sellerId === undefined ? id : `${sellerId}:${id}`,
        name: storeName || name,
        detail: `${name} · ${defaultCurrencyCode}${participation.hasSuspendedListings ? ' · listings suspended' : ''}`,
        settings: { marketplaceId: id, currency: defaultCurrencyCode, country: countryCode },
      }),
    );
  return offered(rows, found.unreadable);
}

/**
 * One page of orders by their last change. There is no upper bound: Amazon refuses one of the last two minutes, and a bound that comes and goes
 * with the time of asking would change the question between two pages.
 */
async function readOrders(
  api: Api,
  { since, until, cursor, limit }: ReadRequest,
): Promise<ReadPage<OrderFact> | Failed> {
  const marketplaceId = api.account!.settings.marketplaceId!;
  const oldest = new Date(until.getTime() - HISTORY_DAYS * DAY_MS);
  const page = await call(api, {
    method: 'GET',
    path: '/orders/2026-01-01/orders',
    query: {
      lastUpdatedAfter: (since === null || since < oldest ? oldest : since).toISOString(),
      marketplaceIds: marketplaceId,
      // BUYER and RECIPIENT would bring the buyer; TAX brings names of companies.
      includedData: 'PROCEEDS,FULFILLMENT,PACKAGES',
      maxResultsPerPage: Math.min(limit ?? PAGE, PAGE),
      ...(cursor === null ? {} : { paginationToken: cursor }),
    },
    effect: 'read',
    cost: 'orders',
    reply: json(OrderPage),
  });
  if (page.kind !== 'ok') return page;
  const { orders, pagination } = page.data;
  if (orders.rows.some(({ salesChannel: at }) => (at?.marketplaceId ?? marketplaceId) !== marketplaceId))
    return otherAccount;
  const read = readPage(mapRows(orders, orderOf), pagination?.nextToken ?? null);
  return { ...read, complete: read.complete && (since === null || since >= oldest) };
}

/** One operation on personal data: a concrete path, or one with `{orderId}` where Amazon allows it. */
export type RestrictedResource = {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  readonly path: string;
  /** Only for orders of v0, and only what is needed. */
  readonly dataElements?: readonly ('buyerInfo' | 'shippingAddress' | 'buyerTaxInformation')[];
};
export type RestrictedDataToken = { readonly token: Secret; readonly expiresAt: Date };

const TokenReply = z.object({
  restrictedDataToken: z.string().min(1).max(4096),
  expiresIn: z.int().min(1).max(86_400),
});

/**
 * A token that opens these resources and nothing else, for at most an hour; it takes the place of the access token in calls that bring an
 * address (POST /tokens/2021-03-01/restrictedDataToken). At most 50 resources.
 */
export async function restrictedDataToken(
  api: Api,
  resources: readonly RestrictedResource[],
): Promise<Outcome<RestrictedDataToken>> {
  if (resources.length === 0 || resources.length > MAX_RESOURCES)
    return { kind: 'refused', reason: 'restricted-resources' };
  const outcome = await call(api, {
    method: 'POST',
    path: '/tokens/2021-03-01/restrictedDataToken',
    body: { json: { restrictedResources: resources } },
    // Asking again gives another token and changes nothing else.
    effect: 'idempotent-write',
    cost: 'tokens',
    reply: json(TokenReply),
  });
  if (outcome.kind !== 'ok') return outcome;
  const { restrictedDataToken: token, expiresIn } = outcome.data;
  return {
    ...outcome,
    data: { token: secret(token), expiresAt: new Date(api.clock.now().getTime() + expiresIn * 1000) },
  };
}

const flow = oauth2Flow(AMAZON_SP_API.auth);

/**
 * Consent knows the app by its application id, the token endpoint by the id of its Login with Amazon client. The second stands in front of
 * the secret: `<client id>:<client secret>`. Null where Amazon's own application id comes without it, which could only be refused.
 */
function lwa(api: TokenApi): TokenApi | null {
  const [id, ...rest] = api.app.secret.reveal().split(':');
  if (rest.length > 0) return { ...api, app: { id: id!, secret: secret(rest.join(':')) } };
  return api.app.id.startsWith('amzn1.') ? null : api;
}
const HALF: Failed = {
  kind: 'permanent',
  status: 400,
  code: 'invalid_client',
  reason:
    'ASTRIX_APP_AMAZON_SECRET has to be the client id and the client secret of Login with Amazon, with a colon between.',
};
async function withLwa<T>(api: TokenApi, ask: (api: TokenApi) => Promise<Outcome<T>>): Promise<Outcome<T>> {
  const inside = lwa(api);
  return inside === null ? HALF : ask(inside);
}

export const amazonSpApi: Connector = {
  sign,
  explain,
  identify,
  reads: { orders: readOrders },
  exchange: (api, given) => withLwa(api, inside => flow.exchange(inside, given)),
  refresh: (api, grant) => withLwa(api, inside => flow.refresh(inside, grant)),
};
