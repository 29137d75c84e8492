import type { PaymentFact } from '@astrix/contract';
import { z } from 'zod';
import { type Explain, type Failed, json, type Outcome, type Query } from '../../platform/egress/index.ts';
import { offered, type ReadResult } from '../accounts.ts';
import { clamp } from '../json.ts';
import type { Account, Api, Connector } from '../provider.ts';
import { type ReadPage, type ReadRequest, type Rows, readPage, rowsOf, type UnreadableRow } from '../read.ts';
import { stripeActs } from './acts.ts';
import { VERSION } from './manifest.ts';
import {
  Dispute,
  Intent,
  intentOf,
  isDisputed,
  isUsedUp,
  LinkEvent,
  linkOf,
  PaymentLink,
  paymentsOf,
  Session,
  StripeAccount,
  sessionOf,
} from './map.ts';

const DAY_SECONDS = 86_400;
const PAGE = 100;
const MAX_PAGES = 50;
/** A page of links with their items is larger than most replies. */
const MAX_BYTES = 4 * 1_048_576;

const Refusal = z.object({
  error: z.object({
    type: z.string().max(100),
    code: z.string().max(100).nullish(),
    message: z.string().max(40_000).nullish(),
  }),
});

/** Stripe repeats the key with stars in it; a few of its letters are still left. */
const withoutKey = (words: string): string => words.replace(/'?\b[rsp]k_(?:live|test)_[\w*]+'?/g, '…');

/** Why there was a 429: global-rate, endpoint-rate, global-concurrency … or a lock on an object. */
function limitOf(body: unknown, headers: Readonly<Record<string, string>>): string {
  const told = headers['stripe-rate-limited-reason'] ?? '';
  if (/^[a-z-]{1,40}$/.test(told)) return told;
  return Refusal.safeParse(body).data?.error.code === 'lock_timeout' ? 'lock-timeout' : 'rate-limited';
}

/** What Stripe says in stripe-should-retry goes before the status, as in its own clients; a 5xx is never final here. */
const explain: Explain = (body, status, headers) => {
  if (status === 429) return { kind: 'retry', reason: limitOf(body, headers) };
  if (status < 400) return null;
  const again = headers['stripe-should-retry'];
  if (again === 'true') return { kind: 'retry', reason: 'asked-to-retry' };
  const refusal = Refusal.safeParse(body);
  if (!refusal.success || status >= 500) return null;
  const { type, code, message } = refusal.data.error;
  const reason = clamp(withoutKey(message ?? type), 500);
  if (status === 401) return { kind: 'reauth', code: code ?? 'http-401', reason };
  if (status === 403 && /permission/i.test(reason)) return { kind: 'permanent', code: 'scope', reason };
  if (status === 409 && type !== 'idempotency_error' && again !== 'false') return { kind: 'retry', reason: 'conflict' };
  return { kind: 'permanent', code: code ?? type, reason };
};

const sign: Connector['sign'] = credential => ({
  headers: {
    authorization: `Bearer ${credential.kind === 'key' ? (credential.fields.key?.reveal() ?? '') : ''}`,
    'stripe-version': VERSION,
  },
});

const get = <T>(api: Api, path: string, query: Query, schema: z.ZodType<T>): Promise<Outcome<T>> =>
  api.call({ method: 'GET', path, query, effect: 'read', reply: json(schema, { maxBytes: MAX_BYTES }) });

type List<R> = { readonly data: Rows<R>; readonly has_more: boolean };
const listOf = <R>(row: z.ZodType<R>): z.ZodType<List<R>> =>
  z.object({ data: rowsOf(row, 'id', PAGE), has_more: z.boolean() });

const First = listOf(z.object({ livemode: z.boolean() }));

/**
 * The account, and one payment: whether the key may read what it is for is known before it is stored, and so is its mode. Some restricted
 * keys may not read the account at all; the refusal names it.
 */
async function identify(api: Api): Promise<ReadResult<Account>> {
  const about = await get(api, '/v1/account', {}, StripeAccount);
  const refused =
    about.kind === 'permanent' && about.code === 'scope' ? /\bacct_\w+/.exec(about.reason)?.[0] : undefined;
  if (about.kind !== 'ok' && refused === undefined) return about;
  const first = await get(api, '/v1/payment_intents', { limit: 1 }, First);
  if (first.kind !== 'ok') return first;
  const newest = first.data.data.rows[0];
  const mode = newest === undefined ? null : newest.livemode ? 'live' : 'test';
  const account: Account =
    about.kind === 'ok' ? accountOf(about.data, mode) : { id: refused!, name: refused!, detail: mode, settings: {} };
  return offered([{ ...account, settings: { ...account.settings, ...(mode ? { mode } : {}) } }]);
}

function accountOf(account: z.output<typeof StripeAccount>, mode: string | null): Account {
  const { id, country, default_currency: currency, business_profile: profile, settings } = account;
  return {
    id,
    name: settings?.dashboard?.display_name || profile?.name || id,
    detail: [country, currency, mode].filter(Boolean).join(' · ') || null,
    settings: { ...(country ? { country } : {}), ...(currency ? { currency } : {}) },
  };
}

const unusable = (reason: string): Failed => ({ kind: 'malformed', reason, stale: true, status: 200 });

type Made = { readonly id: string; readonly created: number };
/** Seconds since 1970: from the first on, and before the second. */
type Span = { readonly from: number; readonly to: number };
type Stretch<R> = Rows<R> & {
  readonly kind: 'ok' /** Every row from this second on is here. */;
  readonly from: number;
};

/**
 * The newest rows of a list in a span of time, newest first: one page, and more only where a whole page was made in the last second of the span.
 * Stripe counts in seconds, so the second of the last row may go on, and counts only when the list has ended.
 */
async function stretchOf<R extends Made>(
  api: Api,
  list: { readonly path: string; readonly row: z.ZodType<R>; readonly query?: Query; readonly limit: number },
  { from, to }: Span,
): Promise<Stretch<R> | Failed> {
  const rows: R[] = [];
  const unreadable: UnreadableRow[] = [];
  for (let after: string | null = null, page = 1; page <= MAX_PAGES; page++) {
    const told: Outcome<List<R>> = await get(
      api,
      list.path,
      {
        limit: list.limit,
        ...list.query,
        ...(from > 0 ? { 'created[gte]': from } : {}),
        'created[lt]': to,
        ...(after === null ? {} : { starting_after: after }),
      },
      listOf(list.row),
    );
    if (told.kind !== 'ok') return told;
    const { data, has_more: more }: List<R> = told.data;
    // Outside of what was asked for: such a time is wrong, and where the row belongs is not known.
    const isAsked = ({ created }: Made) => created >= from && created < to;
    const found: readonly R[] = data.rows.filter(isAsked);
    rows.push(...found);
    unreadable.push(...data.unreadable, ...data.rows.filter(row => !isAsked(row)).map(({ id }) => ({ key: id })));
    if (!more) return { kind: 'ok', rows, unreadable, from };
    const last: R | undefined = found.at(-1);
    if (last === undefined || last.id === after) return unusable('cursor');
    if (last.created + 1 < to)
      return {
        kind: 'ok',
        rows: rows.filter(({ created }) => created > last.created),
        unreadable,
        from: last.created + 1,
      };
    after = last.id;
  }
  return unusable('too-many-pages');
}

/** Events are kept for this long, and only they tell when a payment link was made. */
const LINK_DAYS = 30;

/** «second up to which is still to be read|payment link after which the next ones stand». */
const CURSOR = /^(\d{1,12})\|(plink_\w{1,200})?$/;

/**
 * One page: a stretch of time in which links, checkouts and payments are all here. A payment that a checkout has made is told as well; the
 * checkout names it.
 */
async function readPayments(
  api: Api,
  { since, until, cursor, limit }: ReadRequest,
): Promise<ReadPage<PaymentFact> | Failed> {
  const from = since === null ? 0 : Math.floor(since.getTime() / 1000);
  const end = Math.floor(until.getTime() / 1000) + 1;
  const [, to = String(end), linkAfter = null] = CURSOR.exec(cursor ?? '') ?? [];
  const span = { from, to: Number(to) };
  const size = { limit: Math.min(limit ?? PAGE, PAGE) };
  const made = await stretchOf(
    api,
    { path: '/v1/events', row: LinkEvent, query: { type: 'payment_link.created' }, ...size },
    span,
  );
  if (made.kind !== 'ok') return made;
  const sessions = await withCharges(api, SESSIONS, size, span);
  if (sessions.kind !== 'ok') return sessions;
  const intents = await withCharges(api, INTENTS, size, span);
  if (intents.kind !== 'ok') return intents;

  const whole = Math.max(made.from, sessions.from, intents.from);
  const inside = <R extends Made>({ rows }: Stretch<R>) => rows.filter(({ created }) => created >= whole);
  const checkouts = inside(sessions).filter(({ mode }) => mode !== 'setup');
  const payments = inside(intents);
  const paymentOf = paymentsOf(checkouts, payments);
  const disputes = await readDisputes(api, [...paymentOf.values(), ...payments]);
  if (!('get' in disputes)) return disputes;
  const disputeOf = (intent: Intent | null) => (intent === null ? null : (disputes.get(intent.id) ?? null));
  const events = inside(made);
  const links = await readLinks(api, new Map(events.map(({ created, data }) => [data.object.id, created])), linkAfter);
  if (links.kind !== 'ok') return links;
  const rows: PaymentFact[] = [
    ...links.rows,
    ...checkouts.map(session => {
      const payment = paymentOf.get(session.id) ?? null;
      return sessionOf(session, payment, disputeOf(payment));
    }),
    ...payments.map(intent => intentOf(intent, disputeOf(intent))),
  ];
  const unreadable = [...made.unreadable, ...links.unreadable, ...sessions.unreadable, ...intents.unreadable];
  const page = readPage({ rows, unreadable }, whole > from ? `${whole}|${links.after ?? ''}` : null);
  const missing = intents.isBlind || sessions.isBlind ? { missing: [{ rows: rows.length, why: BLIND }] } : {};
  return {
    ...page,
    ...missing,
    complete: page.complete && from >= Math.floor(until.getTime() / 1000) - LINK_DAYS * DAY_SECONDS,
  };
}

const BLIND =
  'The key may not read charges, so refunds and disputes are not seen. Give a key with «Charges and Refunds: read».';

type Charged<R> = { readonly path: string; readonly row: z.ZodType<R>; readonly expand: string };
const SESSIONS: Charged<Session> = {
  path: '/v1/checkout/sessions',
  row: Session,
  expand: 'data.payment_intent.latest_charge',
};
const INTENTS: Charged<Intent> = { path: '/v1/payment_intents', row: Intent, expand: 'data.latest_charge' };

/** A stretch whose payments come with their charge, which tells of refunds and disputes; without it for a key that may not read charges. */
async function withCharges<R extends Made>(
  api: Api,
  { path, row, expand }: Charged<R>,
  size: { readonly limit: number },
  span: Span,
): Promise<(Stretch<R> & { readonly isBlind: boolean }) | Failed> {
  const list = { path, row, ...size };
  const seen = await stretchOf(api, { ...list, query: { 'expand[]': expand } }, span);
  const isBlind = seen.kind === 'permanent' && seen.code === 'scope';
  const found = isBlind ? await stretchOf(api, list, span) : seen;
  return found.kind === 'ok' ? { ...found, isBlind } : found;
}

/** Look-ups of disputes on one page. A shop with more open disputes than that has them shown as pending. */
const MAX_DISPUTES = 10;

/** How the disputes of these payments stand, by the id of the payment. Without the permission nothing is known of them. */
async function readDisputes(api: Api, intents: readonly Intent[]): Promise<ReadonlyMap<string, Dispute> | Failed> {
  const ids = new Set(intents.filter(isDisputed).map(({ id }) => id));
  const found = new Map<string, Dispute>();
  for (const id of [...ids].slice(0, MAX_DISPUTES)) {
    const told = await get(api, '/v1/disputes', { payment_intent: id, limit: 1 }, listOf(Dispute));
    if (told.kind === 'permanent') return found;
    if (told.kind !== 'ok') return told;
    const [newest] = told.data.data.rows;
    if (newest) found.set(id, newest);
  }
  return found;
}

type FoundLinks = Rows<PaymentFact> & {
  readonly kind: 'ok' /** The oldest one found. */;
  readonly after: string | null;
};

/** Links by the times of their events. The list is read, newest first, only until all of them are found. */
async function readLinks(
  api: Api,
  createdAt: ReadonlyMap<string, number>,
  begin: string | null,
): Promise<FoundLinks | Failed> {
  const missing = new Set(createdAt.keys());
  const found: PaymentLink[] = [];
  const unreadable: UnreadableRow[] = [];
  for (let after = begin, page = 1; missing.size > 0 && page <= MAX_PAGES; page++) {
    const told: Outcome<List<PaymentLink>> = await get(
      api,
      '/v1/payment_links',
      { limit: PAGE, 'expand[]': 'data.line_items', ...(after === null ? {} : { starting_after: after }) },
      listOf(PaymentLink),
    );
    if (told.kind !== 'ok') return told;
    const { data, has_more: more } = told.data;
    for (const link of data.rows) if (missing.delete(link.id)) found.push(link);
    for (const row of data.unreadable) if (row.key === null || missing.delete(row.key)) unreadable.push(row);
    const last = data.rows.at(-1)?.id;
    if (!more) break;
    if (last === undefined || last === after) return unusable('cursor');
    after = last;
  }
  const rows: PaymentFact[] = [];
  for (const link of found) {
    const checkout = isUsedUp(link) ? await usedUpBy(api, link.id) : null;
    if (checkout !== null && 'reason' in checkout) return checkout;
    rows.push(linkOf(link, createdAt.get(link.id)!, checkout));
  }
  return { kind: 'ok', rows, unreadable, after: found.at(-1)?.id ?? begin };
}

/**
 * The checkout that used the link up, as it is told among the checkouts: the newest that was paid, or else that is complete. Null while there
 * is none.
 */
async function usedUpBy(api: Api, link: string): Promise<PaymentFact | Failed | null> {
  const ask = (query: Query) => get(api, SESSIONS.path, { payment_link: link, limit: PAGE, ...query }, listOf(Session));
  const seen = await ask({ 'expand[]': SESSIONS.expand });
  const told = seen.kind === 'permanent' && seen.code === 'scope' ? await ask({}) : seen;
  if (told.kind !== 'ok') return told;
  const { rows } = told.data.data;
  const session =
    rows.find(({ payment_status: status }) => status === 'paid') ?? rows.find(({ status }) => status === 'complete');
  if (session === undefined) return null;
  const payment = paymentsOf([session], []).get(session.id) ?? null;
  const disputes = await readDisputes(api, payment === null ? [] : [payment]);
  if (!('get' in disputes)) return disputes;
  return sessionOf(session, payment, payment === null ? null : (disputes.get(payment.id) ?? null));
}

export const stripe: Connector = { sign, explain, identify, reads: { payments: readPayments }, acts: stripeActs };
