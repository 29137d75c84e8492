import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { DemoOrder } from '../../src/demo/orders.ts';
import { DEMO_CLIENTS, type DemoShop } from '../../src/demo/people.ts';
import { ordersOf } from '../../src/demo/threads.ts';
import type { Imitation, Stage } from '../imitation.ts';

const API = { constraints: { host: 'api.stripe.com' } };
const HOUR = 3600;
const DAY = 24 * HOUR;
const SESSIONS = 130;
const LINKS = 24;
/** Made within the 30 days that events are kept. */
const RECENT_LINKS = 14;
const DIRECT = 60;

/** One account for each client of the demo, and its key says which. */
type Account = { readonly live: boolean; readonly shop: DemoShop };
const accountIdOf = ({ slug }: DemoShop) => `acct_1${slug}India`;
const goodOf = ({ goods }: DemoShop, n: number) => goods[n % goods.length]!;

type Row = { readonly id: string; readonly created: number };

const intentId = ({ slug }: DemoShop, n: number) => `pi_3${slug}${String(n).padStart(6, '0')}`;
const linkId = ({ slug }: DemoShop, n: number) => `plink_1${slug}${String(n).padStart(4, '0')}`;

function bareIntent({ shop, live: livemode }: Account, n: number, id: string, created: number) {
  const STATES = ['succeeded', 'requires_payment_method', 'processing', 'canceled', 'requires_action'] as const;
  const status = STATES[n % STATES.length]!;
  const failed = status === 'requires_payment_method' && n % 2 === 0;
  const { priceMinor: amount } = goodOf(shop, n);
  return {
    id,
    object: 'payment_intent',
    amount,
    amount_received: status === 'succeeded' ? amount : 0,
    capture_method: 'automatic',
    confirmation_method: 'automatic',
    created,
    currency: 'inr',
    description: `${n % 4 === 0 ? 'ऑर्डर' : 'Order'} ${shop.code}-2026-${1000 + n}`,
    last_payment_error: failed ? { type: 'card_error', code: 'card_declined' } : null,
    livemode,
    metadata: {},
    payment_method_types: ['card', 'upi'],
    status,
  };
}

type BareIntent = Omit<ReturnType<typeof bareIntent>, 'status'> & { readonly status: string };

/** The charge of a payment that succeeded: every eighth is refunded, half of these in part. */
function charge(n: number, { id, created, amount, livemode }: BareIntent) {
  const refunded = n % 8 === 4 ? (n % 16 === 4 ? amount : Math.floor(amount / 2)) : 0;
  return {
    id: id.replace('pi_', 'ch_'),
    object: 'charge',
    amount,
    amount_captured: amount,
    amount_refunded: refunded,
    balance_transaction: null,
    billing_details: { address: null, email: null, name: null, phone: null, tax_id: null },
    captured: true,
    created,
    currency: 'inr',
    disputed: false,
    livemode,
    metadata: {},
    paid: true,
    payment_intent: id,
    refunded: refunded === amount,
    status: 'succeeded',
  };
}

/** A number whose charge is not refunded. */
const WHOLE = 1;
type Intent = ReturnType<typeof settled>;
/** With what was received and its charge, as the status says. */
function settled(n: number, made: BareIntent) {
  const paid = made.status === 'succeeded';
  return { ...made, amount_received: paid ? made.amount : 0, latest_charge: paid ? charge(n, made) : null };
}
const intent = (account: Account, n: number, id: string, created: number) =>
  settled(n, bareIntent(account, n, id, created));
const ofCheckout = (account: Account, n: number, id: string, created: number) =>
  settled(n, { ...bareIntent(account, n, id, created), status: n % 4 === 0 ? 'succeeded' : 'processing' });

/** What `expand[]` asks for is an object, and an id otherwise. */
const told = (made: Intent, isExpanded: boolean) => ({
  ...made,
  latest_charge: isExpanded ? made.latest_charge : (made.latest_charge?.id ?? null),
});

/** The payment of an order that a customer writes about. */
function intentOf(account: Account, { number, amountMinor }: DemoOrder, payment: NonNullable<DemoOrder['payment']>) {
  const status = ({ paid: 'succeeded', pending: 'processing', failed: 'requires_payment_method' } as const)[
    payment.status
  ];
  return settled(WHOLE, {
    ...bareIntent(account, 0, payment.id, Math.floor(payment.at.getTime() / 1000)),
    amount: amountMinor,
    description: `Order ${number}`,
    last_payment_error: payment.status === 'failed' ? { type: 'card_error', code: 'card_declined' } : null,
    status,
  });
}

function session({ shop, live: livemode }: Account, n: number, now: number) {
  const STATES = [
    ['complete', 'paid'],
    ['open', 'unpaid'],
    ['complete', 'unpaid'],
    ['expired', 'unpaid'],
  ] as const;
  const [status, payment_status] = STATES[n % STATES.length]!;
  const created = now - n * 6 * HOUR - HOUR;
  const { priceMinor: amount } = goodOf(shop, n);
  return {
    id: `cs_${livemode ? 'live' : 'test'}_a1${shop.slug}${String(n).padStart(6, '0')}`,
    object: 'checkout.session',
    amount_subtotal: amount,
    amount_total: amount,
    automatic_tax: { enabled: false, status: null },
    created,
    currency: 'inr',
    custom_fields: [],
    custom_text: { shipping_address: null, submit: null, terms_of_service_acceptance: null },
    customer_details: {
      address: null,
      email: `buyer${n}@example.in`,
      name: 'Meera Pillai',
      phone: '+919800000001',
      tax_exempt: 'none',
      tax_ids: null,
    },
    expires_at: created + DAY,
    livemode,
    metadata: {},
    mode: 'payment',
    payment_intent: status === 'complete' ? intentId(shop, n) : null,
    payment_link: n % 5 === 0 ? linkId(shop, n % LINKS) : null,
    payment_method_types: ['card', 'upi'],
    payment_status,
    shipping_options: [],
    status,
    url: status === 'open' ? `https://checkout.stripe.com/c/pay/cs_${n}` : null,
  };
}

const linkMade = (n: number, now: number) => now - n * 2 * DAY - 2 * HOUR;
function link({ shop, live: livemode }: Account, n: number) {
  const { name: description, priceMinor: amount } = goodOf(shop, n);
  const currency = 'inr';
  const item = {
    id: `li_1${shop.slug}${n}`,
    object: 'item',
    amount_discount: 0,
    amount_subtotal: amount,
    amount_tax: 0,
    amount_total: amount,
    currency,
    description,
    price: null,
    quantity: 1,
  };
  const items = {
    object: 'list',
    data: [item],
    has_more: false,
    url: `/v1/payment_links/${linkId(shop, n)}/line_items`,
  };
  return {
    id: linkId(shop, n),
    object: 'payment_link',
    active: n % 7 !== 3,
    after_completion: { type: 'hosted_confirmation', hosted_confirmation: { custom_message: null } },
    allow_promotion_codes: false,
    automatic_tax: { enabled: false },
    billing_address_collection: 'auto',
    currency,
    custom_fields: [],
    custom_text: { shipping_address: null, submit: null, terms_of_service_acceptance: null },
    customer_creation: 'if_required',
    line_items: items,
    livemode,
    metadata: {},
    payment_method_collection: 'always',
    phone_number_collection: { enabled: false },
    // Single use, every fifth of them used.
    restrictions: n % 5 === 0 ? { completed_sessions: { count: 1, limit: 1 } } : null,
    shipping_options: [],
    submit_type: 'auto',
    tax_id_collection: { enabled: false },
    url: `https://buy.stripe.com/${livemode ? '' : 'test_'}${shop.code.toLowerCase()}${n}`,
  };
}

const event = (account: Account, n: number, now: number) => ({
  id: `evt_1${account.shop.slug}${String(n).padStart(4, '0')}`,
  object: 'event',
  api_version: '2026-07-29.dahlia',
  created: linkMade(n, now),
  data: { object: { ...link(account, n), line_items: undefined } },
  livemode: account.live,
  pending_webhooks: 0,
  request: { id: null, idempotency_key: null },
  type: 'payment_link.created',
});

const refuse = (reply: FastifyReply, status: number, message: string, more: object = {}) =>
  reply.code(status).send({ error: { type: 'invalid_request_error', message, ...more } });

/** The account of a key: that of the client whose slug is in it, of Chai Katha without one. Null when the answer has been given. */
function accountOf(request: FastifyRequest, reply: FastifyReply): Account | null {
  const key = /^Bearer ((?:rk|sk)_(live|test)_([A-Za-z0-9]+))$/.exec(request.headers.authorization ?? '');
  void reply.headers({ 'request-id': `req_${request.id}`, 'stripe-version': request.headers['stripe-version'] ?? '' });
  const shop = DEMO_CLIENTS.find(({ slug }) => key?.[3]?.startsWith(slug)) ?? DEMO_CLIENTS[0]!;
  const stars = `${key?.[1]?.slice(0, 8) ?? ''}${'*'.repeat(20)}${key?.[1]?.slice(-4) ?? ''}`;
  const lacks = (permission: string) =>
    refuse(
      reply,
      403,
      `The provided key '${stars}' does not have the required permissions for this endpoint on account '${accountIdOf(shop)}'. Having the '${permission}' permission would allow this request to continue.`,
    );
  const [, , mode, word = ''] = key ?? [];
  if (!key || word.includes('Revoked')) refuse(reply, 401, `Invalid API Key provided: ${stars}`);
  else if (word.includes('Slow'))
    refuse(
      reply.headers({ 'stripe-rate-limited-reason': 'endpoint-rate', 'retry-after': '30' }),
      429,
      'Request rate limit exceeded.',
      {
        code: 'rate_limit',
      },
    );
  else if (word.includes('NoAccount') && request.url.startsWith('/v1/account')) lacks('rak_accounts_kyc_basic_read');
  else if (word.includes('NoEvents') && request.url.startsWith('/v1/events')) lacks('rak_event_read');
  else if (word.includes('NoLinks') && request.method === 'POST') lacks('rak_payment_link_write');
  else if (word.includes('NoPayments') && request.url.startsWith('/v1/payment_intents'))
    lacks('rak_payment_intent_read');
  else return { live: mode === 'live', shop };
  return null;
}

type ListQuery = Readonly<Record<string, string | undefined>>;

/** One page after `starting_after`, newest first. */
function serveList<R extends { readonly id: string }>(reply: FastifyReply, url: string, query: ListQuery, rows: R[]) {
  const { limit = '10', starting_after: after } = query;
  const size = Number(limit);
  if (!(size >= 1 && size <= 100))
    return refuse(reply, 400, 'This value must be less than or equal to 100.', { param: 'limit' });
  const at = after === undefined ? 0 : rows.findIndex(({ id }) => id === after) + 1;
  if (after !== undefined && at === 0)
    return refuse(reply, 400, `No such object: '${after}'`, { param: 'starting_after', code: 'resource_missing' });
  const to = at + size;
  return reply.send({ object: 'list', data: rows.slice(at, to), has_more: to < rows.length, url });
}
const lately = <R extends Row>(rows: R[], query: ListQuery) =>
  rows
    .filter(({ created }) => created >= Number(query['created[gte]'] ?? 0))
    .filter(({ created }) => created < Number(query['created[lt]'] ?? Number.POSITIVE_INFINITY))
    .toSorted((a, b) => b.created - a.created);

/** Under `stripe/<slug of the client>/<live or test>/<name>` the sandbox keeps each list. */
const listName = ({ live, shop }: Account, name: string) => `stripe/${shop.slug}/${live ? 'live' : 'test'}/${name}`;
const listOf = <R extends { readonly id: string }>(
  { things }: Stage,
  account: Account,
  name: string,
  make: (at: number) => readonly R[],
): R[] =>
  things.list(
    listName(account, name),
    ({ id }: R) => id,
    from => make(Math.floor(from.getTime() / 1000)),
  );

const sessionsOf = (account: Account, at: number) =>
  Array.from({ length: SESSIONS }, (_, n) => session(account, n, at));
const numberOf = (sessionId: string): number => Number(sessionId.slice(-6));
/** With or without what became of its payment. */
const withPayment = (account: Account, row: ReturnType<typeof session>, isExpanded: boolean) => ({
  ...row,
  payment_intent:
    isExpanded && row.payment_intent !== null
      ? told(ofCheckout(account, numberOf(row.id), row.payment_intent, row.created), true)
      : row.payment_intent,
});

/** Those that the checkouts led to, and sixty without a checkout: first what customers write about. */
function intentsOf(account: Account, at: number) {
  const ordered = ordersOf(account.shop, new Date(at * 1000)).flatMap(order =>
    order.payment === null ? [] : intentOf(account, order, order.payment),
  );
  const more = Array.from({ length: Math.max(0, DIRECT - ordered.length) }, (_, n) =>
    intent(account, n, intentId(account.shop, 500 + n), at - n * 10 * HOUR),
  );
  const checkedOut = sessionsOf(account, at).flatMap(({ payment_intent: id, created }, n) =>
    id === null ? [] : ofCheckout(account, n, id, created),
  );
  return [...checkedOut, ...ordered, ...more];
}

/** Stripe of the clients of the demo: payment links, checkouts and payments of 32 days. */
export const imitation: Imitation = {
  provider: 'stripe',
  forms: [{ key: 'rk_test_ChaiKatha2026' }],
  hint: 'Any restricted key works, such as rk_test_ChaiKatha2026 or rk_live_ChaiKatha2026; rk_test_IndigoLoom2026, rk_test_Annapurna2026 and so on are of the other clients. With Revoked in it, it is refused; with Slow, throttled; with NoAccount, NoEvents, NoPayments or NoLinks a permission is missing.',
  serve(app, stage) {
    app.get('/v1/account', API, async (request, reply) => {
      const account = accountOf(request, reply);
      if (account === null) return reply;
      const { shop } = account;
      const host = `${shop.slug.toLowerCase()}.example`;
      return {
        id: accountIdOf(shop),
        object: 'account',
        business_profile: { mcc: null, name: shop.name, url: `https://${host}` },
        charges_enabled: true,
        country: 'IN',
        created: 1_700_000_000,
        default_currency: 'inr',
        email: `owner@${host}`,
        settings: {
          branding: { icon: null, logo: null, primary_color: null, secondary_color: null },
          card_payments: { statement_descriptor_prefix: null },
          dashboard: { display_name: shop.name, timezone: 'Asia/Kolkata' },
          payments: { statement_descriptor: null },
        },
        type: 'standard',
      };
    });
    const lists: Readonly<Record<string, (query: ListQuery, account: Account) => { readonly id: string }[]>> = {
      '/v1/events': (query, account) =>
        lately(
          listOf(stage, account, 'events', at => Array.from({ length: RECENT_LINKS }, (_, n) => event(account, n, at))),
          query,
        ).filter(({ type }) => query.type === undefined || query.type === type),
      '/v1/payment_links': (query, account) =>
        listOf(stage, account, 'payment_links', () => Array.from({ length: LINKS }, (_, n) => link(account, n))).map(
          one => (query['expand[]'] === 'data.line_items' ? one : { ...one, line_items: undefined }),
        ),
      '/v1/checkout/sessions': (query, account) =>
        lately(
          listOf(stage, account, 'checkout_sessions', at => sessionsOf(account, at)),
          query,
        )
          .map(row => withPayment(account, row, query['expand[]'] !== undefined))
          .filter(({ payment_link }) => query.payment_link === undefined || query.payment_link === payment_link),
      '/v1/payment_intents': (query, account) =>
        lately(
          listOf(stage, account, 'payment_intents', at => intentsOf(account, at)),
          query,
        ).map(row => told(row, query['expand[]'] !== undefined)),
    };
    for (const [url, rowsOf] of Object.entries(lists))
      app.get<{ Querystring: ListQuery }>(url, API, async (request, reply) => {
        const account = accountOf(request, reply);
        if (account === null) return reply;
        return serveList(reply, url, request.query, rowsOf(request.query, account));
      });
    serveWrites(app, stage);
  },
};

type Form = Readonly<Record<string, string>>;
type Price = { readonly id: string; readonly currency: string; readonly amount: number; readonly name: string };

/** What can be made: prices, and links to them. A key that came before brings the reply of that time, and makes nothing. */
function serveWrites(app: FastifyInstance, stage: Stage): void {
  const replies = new Map<string, { readonly form: string; readonly body: object }>();
  const prices = new Map<string, Price>();
  let made = 0;

  const serve = (url: string, make: (form: Form, account: Account, reply: FastifyReply) => object | null) =>
    app.post<{ Body: Form }>(url, API, async (request, reply) => {
      const account = accountOf(request, reply);
      if (account === null) return reply;
      const key = request.headers['idempotency-key'];
      const form = JSON.stringify([url, accountIdOf(account.shop), account.live, request.body]);
      const before = typeof key === 'string' ? replies.get(key) : undefined;
      if (before && before.form !== form)
        return refuse(reply, 400, 'Keys for idempotent requests can only be used with the same parameters.', {
          type: 'idempotency_error',
        });
      if (before) return reply.header('idempotent-replayed', 'true').send(before.body);
      const body = make(request.body, account, reply);
      if (body === null) return reply;
      if (typeof key === 'string') replies.set(key, { form, body });
      return reply.send(body);
    });

  serve('/v1/prices', (form, { live: livemode }, reply) => {
    const amount = Number(form.unit_amount);
    if (!Number.isSafeInteger(amount) || amount < 1 || !form['product_data[name]']) {
      refuse(reply, 400, 'Invalid integer', { param: 'unit_amount', code: 'parameter_invalid_integer' });
      return null;
    }
    if (form.currency === 'xts') {
      refuse(reply, 400, 'Invalid currency: xts.', { param: 'currency' });
      return null;
    }
    made += 1;
    const price = { id: `price_1Made${made}`, currency: form.currency ?? '', amount, name: form['product_data[name]'] };
    prices.set(price.id, price);
    return {
      id: price.id,
      object: 'price',
      active: true,
      billing_scheme: 'per_unit',
      created: Math.floor(stage.now().getTime() / 1000),
      currency: price.currency,
      livemode,
      lookup_key: null,
      metadata: {},
      nickname: null,
      product: `prod_Made${made}`,
      recurring: null,
      tax_behavior: 'unspecified',
      tiers_mode: null,
      transform_quantity: null,
      type: 'one_time',
      unit_amount: amount,
      unit_amount_decimal: String(amount),
    };
  });

  serve('/v1/payment_links', (form, account, reply) => {
    const price = prices.get(form['line_items[0][price]'] ?? '');
    if (!price) {
      refuse(reply, 400, `No such price: '${form['line_items[0][price]']}'`, { code: 'resource_missing' });
      return null;
    }
    made += 1;
    const like = link(account, 0);
    const id = `plink_1Made${made}`;
    const [item] = like.line_items.data;
    const { amount, currency, name: description } = price;
    const amounts = { amount_subtotal: amount, amount_total: amount, currency, description };
    const whole = {
      ...like,
      id,
      active: true,
      currency,
      line_items: { ...like.line_items, data: [{ ...item, ...amounts }], url: `/v1/payment_links/${id}/line_items` },
      metadata: { astrix_key: form['metadata[astrix_key]'] ?? '' },
      restrictions: {
        completed_sessions: { count: 0, limit: Number(form['restrictions[completed_sessions][limit]']) },
      },
      url: `https://buy.stripe.com/${account.live ? '' : 'test_'}made${made}`,
    };
    const created = Math.floor(stage.now().getTime() / 1000);
    const told = {
      ...event(account, 0, 0),
      id: `evt_1Made${made}`,
      created,
      data: { object: { ...whole, line_items: undefined } },
    };
    stage.things.put(listName(account, 'payment_links'), id, whole);
    stage.things.put(listName(account, 'events'), told.id, told);
    stage.note('stripe', 'payment-link', { id, amount, currency, description });
    return { ...whole, line_items: undefined };
  });
}
