import type { FastifyReply } from 'fastify';
import { DEMO_AGENCY, DEMO_CLIENTS } from '../../src/demo/people.ts';
import type { Imitation } from '../imitation.ts';
import { daysBetween, refusalOf, slice, statusError, wobble } from './google.ts';

const API = { constraints: { host: 'googleads.googleapis.com' } };
/** The real one has 10,000 rows in a page, and nobody can choose. */
const PAGE_ROWS = 50;

const MANAGER = '7310000000';
const TEAM = '7310000900';
const CLOSED = '7330000001';
const TOKYO = '7320000001';
const client = (n: number) => String(7_310_000_000 + n);

type Customer = {
  id: string;
  name: string;
  currency: string;
  zone: string;
  above: readonly string[];
  manager: boolean;
};
const customer = (id: string, name: string, more: Partial<Customer> = {}): Customer => ({
  id,
  name,
  currency: 'INR',
  zone: 'Asia/Kolkata',
  above: [],
  manager: false,
  ...more,
});
const CUSTOMERS: readonly Customer[] = [
  customer(MANAGER, DEMO_AGENCY.name, { manager: true }),
  customer(TEAM, 'Shops', { manager: true, above: [MANAGER] }),
  ...DEMO_CLIENTS.map(({ name }, n) => customer(client(n + 1), name, { above: [TEAM, MANAGER] })),
  customer(TOKYO, 'Saffron & Slate Tokyo', { currency: 'JPY', zone: 'Asia/Tokyo' }),
];
/** Chai Katha and Vanam Naturals have also given access themselves; one of the accounts was closed since. */
const ACCESSIBLE = [client(1), MANAGER, client(3), CLOSED, TOKYO];
/** The last client of the list has used up its quota, for whoever wants to see that. */
const EXHAUSTED = client(DEMO_CLIENTS.length);

const CAMPAIGNS = [
  'Diwali – Search – Brand',
  'Diwali – Performance Max',
  'दीपावली सेल – डिस्प्ले',
  'Remarketing – cart, 30 days',
  'YouTube – 15 s – Hinglish',
  'Shopping – bestsellers',
  'Search – competitors',
  'Tier-2 cities – Demand Gen',
];

/** A row with every field that can be asked for here, by its name in queries. */
function daily({ id, currency, zone }: Customer, n: number, date: string): Record<string, unknown> {
  const busy = wobble(id, n, date);
  const impressions = Math.floor(400 + busy * 9000);
  const clicks = Math.floor(impressions * (0.01 + wobble(id, n) * 0.04));
  const conversions = Math.round(clicks * 0.07 * 100) / 100;
  return {
    'segments.date': date,
    'customer.id': id,
    'customer.currency_code': currency,
    'customer.time_zone': zone,
    'campaign.id': String(20_110_000_000 + n),
    'campaign.name': CAMPAIGNS[n],
    'metrics.impressions': String(impressions),
    'metrics.clicks': String(clicks),
    'metrics.cost_micros': String(clicks * Math.floor(6_000_000 + busy * 9_000_000)),
    'metrics.conversions': conversions,
    'metrics.conversions_value': Math.round(conversions * 64_950) / 100,
    'metrics.video_trueview_views': n === 4 ? String(Math.floor(impressions / 3)) : '0',
  };
}

const about = (one: Customer, root: string): Record<string, unknown> => ({
  'customer_client.id': one.id,
  'customer_client.descriptive_name': one.name,
  'customer_client.currency_code': one.currency,
  'customer_client.time_zone': one.zone,
  'customer_client.manager': one.manager,
  'customer_client.test_account': false,
  'customer_client.level': String(one.id === root ? 0 : one.above.indexOf(root) + 1),
});

const camel = (name: string) => name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** Only the fields that were asked for, as nested objects in camel case; null when one is not known. */
function pick(row: Record<string, unknown>, fields: readonly string[], names: Record<string, string>) {
  const picked: Record<string, Record<string, unknown>> = {};
  for (const field of fields) {
    if (!(field in row)) return null;
    const [group = '', name = ''] = field.split('.').map(camel);
    picked[group] ??= names[group] ? { resourceName: names[group] } : {};
    picked[group][name] = row[field];
  }
  return picked;
}

const refuse = (
  reply: FastifyReply,
  code: number,
  status: string,
  errorCode: object,
  message: string,
  details?: object,
) =>
  statusError(reply, code, status, 'The request was refused; see the details.', [
    {
      '@type': 'type.googleapis.com/google.ads.googleads.v25.errors.GoogleAdsFailure',
      errors: [{ errorCode, message, ...(details ? { details } : {}) }],
      requestId: 'sandbox-request',
    },
  ]);

/** The campaigns began two months ago. */
const begun = (now: Date) => new Date(now.getTime() - 60 * 86_400_000).toISOString().slice(0, 10);

type Search = { query?: string; pageToken?: string; pageSize?: number };

/** Google Ads v25: a manager with a team and twelve clients, one of them reached directly as well, an account in yen and a closed one. */
export const imitation: Imitation = {
  provider: 'google-ads',
  hint: 'Allow access on the consent page and choose an account. Monsoon Umbrellas has used up its quota.',
  serve(app, stage) {
    app.get('/v25/customers::listAccessibleCustomers', API, async (request, reply) => {
      const refusal = refusalOf(stage, request, reply, 'adwords');
      return refusal ?? { resourceNames: ACCESSIBLE.map(id => `customers/${id}`) };
    });

    app.post<{ Params: { customer: string }; Body: Search }>(
      '/v25/customers/:customer/googleAds::search',
      API,
      async (request, reply) => {
        const refusal = refusalOf(stage, request, reply, 'adwords');
        if (refusal) return refusal;
        const { query = '', pageToken, pageSize } = request.body ?? {};
        const { customer: id } = request.params;
        const login = request.headers['login-customer-id'];
        const one = CUSTOMERS.find(known => known.id === id);
        if (id === CLOSED)
          return refuse(
            reply,
            403,
            'PERMISSION_DENIED',
            { authorizationError: 'CUSTOMER_NOT_ENABLED' },
            "The customer account can't be accessed because it is not yet enabled or has been deactivated.",
          );
        const way = login === undefined ? id : String(login);
        if (!one || !ACCESSIBLE.includes(way) || (way !== id && !one.above.includes(way)))
          return refuse(
            reply,
            403,
            'PERMISSION_DENIED',
            { authorizationError: 'USER_PERMISSION_DENIED' },
            "User doesn't have permission to access customer. Note: If you're accessing a client customer, the manager's customer id must be set in the 'login-customer-id' header.",
          );
        const bad = (errorCode: object, message: string) => refuse(reply, 400, 'INVALID_ARGUMENT', errorCode, message);
        if (pageSize !== undefined)
          return bad({ requestError: 'PAGE_SIZE_NOT_SUPPORTED' }, 'Setting the page size is not supported.');
        const [, select = '', from] = /^SELECT (.+?) FROM (\w+)/.exec(query) ?? [];
        const fields = select.split(',').map(field => field.trim());
        if (from === 'customer_client') {
          const below = CUSTOMERS.filter(each => each.id === id || each.above.includes(id)).filter(
            each => !(each.manager && /customer_client\.manager = FALSE/.test(query)),
          );
          return answer(
            below.map(each =>
              pick(about(each, id), fields, { customerClient: `customers/${id}/customerClients/${each.id}` }),
            ),
          );
        }
        if (one.manager)
          return bad(
            { queryError: 'REQUESTED_METRICS_FOR_MANAGER' },
            'Metrics cannot be requested for a manager account. To retrieve metrics, issue separate requests against each client account under the manager account.',
          );
        if (id === EXHAUSTED)
          return refuse(
            reply,
            429,
            'RESOURCE_EXHAUSTED',
            { quotaError: 'RESOURCE_EXHAUSTED' },
            'Too many requests. Retry in 1800 seconds.',
            {
              quotaErrorDetails: {
                rateScope: 'DEVELOPER',
                rateName: 'Number of operations for explorer access',
                retryDelay: '1800s',
              },
            },
          );
        const [, first, last] = /BETWEEN '([\d-]{10})' AND '([\d-]{10})'/.exec(query) ?? [];
        if (from !== 'campaign' || !first || !last)
          return bad({ queryError: 'BAD_RESOURCE_TYPE_IN_FROM_CLAUSE' }, `Not imitated here: ${query}`);
        return answer(
          daysBetween(first, last)
            .filter(date => date >= begun(stage.now()))
            .flatMap(date =>
              CAMPAIGNS.map((_, n) =>
                pick(daily(one, n, date), fields, {
                  customer: `customers/${id}`,
                  campaign: `customers/${id}/campaigns/${20_110_000_000 + n}`,
                }),
              ),
            ),
        );

        function answer(rows: readonly (object | null)[]) {
          if (rows.includes(null)) return bad({ queryError: 'UNRECOGNIZED_FIELD' }, 'Unrecognized field in the query.');
          const { rows: results, ...next } = slice(rows, PAGE_ROWS, pageToken);
          return { results, ...next, fieldMask: fields.map(camel).join(','), queryResourceConsumption: '412' };
        }
      },
    );
  },
};
