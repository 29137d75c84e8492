import type { PaymentFact } from '@astrix/contract';
import { z } from 'zod';
import { type Explain, type Failed, json, type Outcome, pages, type Query } from '../../platform/egress/index.ts';
import type { Account, Api, Connector } from '../provider.ts';
import { VERSION } from './manifest.ts';
import { Intent, intentOf, LinkEvent, linkOf, PaymentLink, Session, StripeAccount, sessionOf } from './map.ts';

const DAYS = 30;
const DAY_SECONDS = 86_400;
const PAGE = 100;
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
  const reason = withoutKey(message ?? type).slice(0, 500);
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

const listOf = <R>(row: z.ZodType<R>) => z.object({ data: z.array(row).max(PAGE), has_more: z.boolean() });

/** All rows of a list, newest first; not further than a page of which `enough` says so. */
function list<R extends { readonly id: string }>(
  api: Api,
  path: string,
  row: z.ZodType<R>,
  query: Query,
  enough: (rows: readonly R[]) => boolean = () => false,
) {
  return pages({
    clock: api.clock,
    fetch: async cursor => {
      const page = await get(
        api,
        path,
        { limit: PAGE, ...query, ...(cursor === null ? {} : { starting_after: cursor }) },
        listOf(row),
      );
      if (page.kind !== 'ok') return page;
      const { data, has_more: more } = page.data;
      return { ...page, data: { rows: data, next: more && !enough(data) ? (data.at(-1)?.id ?? null) : null } };
    },
  });
}

const First = listOf(z.object({ livemode: z.boolean() }));

/**
 * The account, and one payment: whether the key may read what it is for is known before it is stored, and so is its mode. Some restricted
 * keys may not read the account at all; the refusal names it.
 */
async function identify(api: Api) {
  const about = await get(api, '/v1/account', {}, StripeAccount);
  const refused =
    about.kind === 'permanent' && about.code === 'scope' ? /\bacct_\w+/.exec(about.reason)?.[0] : undefined;
  if (about.kind !== 'ok' && refused === undefined) return about;
  const first = await get(api, '/v1/payment_intents', { limit: 1 }, First);
  if (first.kind !== 'ok') return first;
  const newest = first.data.data[0];
  const mode = newest === undefined ? null : newest.livemode ? 'live' : 'test';
  const account: Account =
    about.kind === 'ok' ? accountOf(about.data, mode) : { id: refused!, name: refused!, detail: mode, settings: {} };
  return { kind: 'ok' as const, rows: [{ ...account, settings: { ...account.settings, ...(mode ? { mode } : {}) } }] };
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

/** Older than was asked for: the times are wrong, and leaving such rows out would pass a part for all. */
const UNASKED: Failed = { kind: 'malformed', reason: 'time', stale: true, status: 200 };
const isBefore = (since: number, rows: readonly { readonly created: number }[]) =>
  rows.some(({ created }) => created < since);

/** Links, checkouts and payments of 30 days, newest first. A payment that a checkout has made stands there as the checkout. */
async function readPayments(api: Api) {
  const since = Math.floor(api.clock.now().getTime() / 1000) - DAYS * DAY_SECONDS;
  const made = await list(api, '/v1/events', LinkEvent, { type: 'payment_link.created', 'created[gte]': since });
  if (made.kind !== 'ok') return made;
  if (isBefore(since, made.rows)) return UNASKED;
  const createdAt = new Map(made.rows.map(({ created, data }) => [data.object.id, created]));
  const links = await readLinks(api, createdAt);
  if (links.kind !== 'ok') return links;
  // This list has no filter by time in every version.
  const sessions = await list(api, '/v1/checkout/sessions', Session, {}, rows => (rows.at(-1)?.created ?? 0) < since);
  if (sessions.kind !== 'ok') return sessions;
  const intents = await list(api, '/v1/payment_intents', Intent, { 'created[gte]': since });
  if (intents.kind !== 'ok') return intents;
  if (isBefore(since, intents.rows)) return UNASKED;

  const recent = sessions.rows.filter(({ created, mode }) => created >= since && mode !== 'setup');
  const inCheckout = new Set(recent.map(({ payment_intent: id }) => id));
  const paidLinks = new Set(
    recent.flatMap(session => (session.payment_status === 'paid' ? (session.payment_link ?? []) : [])),
  );
  const rows: PaymentFact[] = [
    ...links.rows.flatMap(link => {
      const created = createdAt.get(link.id);
      return created === undefined ? [] : linkOf(link, created, paidLinks);
    }),
    ...recent.map(sessionOf),
    ...intents.rows.filter(({ id }) => !inCheckout.has(id)).map(intentOf),
  ];
  return { kind: 'ok' as const, rows: rows.toSorted((a, b) => b.createdAt.localeCompare(a.createdAt)) };
}

/** Only as far as the links that were made lately. */
async function readLinks(api: Api, createdAt: ReadonlyMap<string, number>) {
  const missing = new Set(createdAt.keys());
  if (missing.size === 0) return { kind: 'ok' as const, rows: [] };
  return list(api, '/v1/payment_links', PaymentLink, { 'expand[]': 'data.line_items' }, rows => {
    for (const { id } of rows) missing.delete(id);
    return missing.size === 0;
  });
}

export const stripe: Connector = { sign, explain, identify, reads: { payments: readPayments } };
