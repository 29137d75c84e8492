import type { MetricFact } from '@astrix/contract';
import { z } from 'zod';
import { type Explain, type Failed, json, type Outcome, pages } from '../../platform/egress/index.ts';
import { belowOwners, onlyReadable, type ReadResult } from '../accounts.ts';
import { dayIn, dayWindow } from '../days.ts';
import { explainGoogle, tooMany } from '../google.ts';
import { bearer } from '../oauth2.ts';
import { type Account, type Api, type Connector, otherAccount } from '../provider.ts';
import { mapRows, type ReadPage, type ReadRequest, readPage } from '../read.ts';
import { Accessible, accountOf, CLIENTS, ClientPage, DailyPage, dailyQuery } from './map.ts';

/** In the paths; a version lives for about a year. Its own error, UNSUPPORTED_VERSION, says when this has to grow. */
const VERSION = 'v25';
/** 10,000 rows in a page. */
const BIG = { maxBytes: 16 * 1_048_576, limits: { depth: 32, keys: 500_000, keyLength: 256 } };

/** What stands in the details of a google.rpc.Status here: the kind of error with its name, and its own words. */
const Failure = z.object({
  errorCode: z.record(z.string(), z.string()).default({}),
  message: z.string().default(''),
  details: z.object({ quotaErrorDetails: z.object({ retryDelay: z.string() }).optional() }).optional(),
});
const Refusal = z.object({
  error: z.object({ details: z.array(z.object({ errors: z.array(Failure).min(1) }).catch({ errors: [] })) }),
});

/** Names under `authenticationError` that are about the person or the account; the token is good, and another one would not help. */
const NOT_THE_TOKEN = new Set([
  'CLIENT_CUSTOMER_ID_INVALID',
  'CUSTOMER_NOT_FOUND',
  'NOT_ADS_USER',
  'TWO_STEP_VERIFICATION_NOT_ENROLLED',
  'ADVANCED_PROTECTION_NOT_ENROLLED',
  'ORGANIZATION_NOT_RECOGNIZED',
  'ORGANIZATION_NOT_APPROVED',
  'ORGANIZATION_NOT_ASSOCIATED_WITH_DEVELOPER_TOKEN',
  'DEVELOPER_TOKEN_INVALID',
]);
/** Under `quotaError`, and no question of time. */
const NO_QUOTA = new Set(['ACCESS_PROHIBITED', 'PAYMENTS_PROFILE_ACTIVATION_RATE_LIMIT_EXCEEDED']);

const explain: Explain = (body, status) => {
  const parsed = status < 400 || status >= 500 ? null : Refusal.safeParse(Array.isArray(body) ? body[0] : body);
  const failure = parsed?.data?.error.details.flatMap(({ errors }) => errors)[0];
  const [kind, code] = Object.entries(failure?.errorCode ?? {})[0] ?? [];
  if (!failure || kind === undefined || code === undefined) return explainGoogle(body, status);
  if (kind === 'quotaError' && !NO_QUOTA.has(code)) return tooMany(failure.details?.quotaErrorDetails?.retryDelay);
  const reason = failure.message || code;
  const dead = kind === 'authenticationError' && !NOT_THE_TOKEN.has(code);
  return { kind: dead ? 'reauth' : 'permanent', code, reason };
};

/** One page of a query on one customer. `manager` is named in a header; empty where the person has access directly. */
const searchPage = <T>(
  api: Api,
  customer: string,
  manager: string,
  query: string,
  page: z.ZodType<T>,
  token: string | null,
): Promise<Outcome<T>> =>
  api.call({
    method: 'POST',
    path: `/${VERSION}/customers/{customer}/googleAds:search`,
    parameters: { customer },
    headers: manager === '' ? {} : { 'login-customer-id': manager },
    body: { json: { query, pageToken: token ?? undefined } },
    effect: 'read',
    reply: json(page, BIG),
  });

/** The accounts with campaigns at or below one that the person has access to. */
async function clientsOf(api: Api, root: string): Promise<ReadResult<Account>> {
  const clients = onlyReadable(
    await pages({
      clock: api.clock,
      fetch: cursor => searchPage(api, root, root, CLIENTS, ClientPage, cursor),
    }),
  );
  return clients.kind === 'ok' ? { ...clients, rows: clients.rows.map(client => accountOf(client, root)) } : clients;
}

/**
 * Every account with campaigns below those the person was given: managers only lead to them, and have no numbers of their own. Access stays
 * listed when an account was closed, or its manager withdrew.
 */
async function identify(api: Api): Promise<ReadResult<Account>> {
  const accessible = await api.call({
    method: 'GET',
    path: `/${VERSION}/customers:listAccessibleCustomers`,
    effect: 'read',
    reply: json(Accessible),
  });
  if (accessible.kind !== 'ok') return accessible;
  const roots = onlyReadable({ kind: 'ok', rows: accessible.data.resourceNames });
  // Reached in two ways: the direct one needs nobody else.
  return belowOwners(
    roots,
    root => clientsOf(api, root),
    ({ settings }) => settings.manager === '',
  );
}

/** The first day that is asked for: Google Ads keeps daily numbers for eleven years. */
const HISTORY_DAYS = 4015;

/** One page of the daily numbers, newest day first. Google has one query for any range, and chooses the size of its pages. */
async function readMetrics(api: Api, request: ReadRequest): Promise<ReadPage<MetricFact> | Failed> {
  const { id, settings } = api.account!;
  const timeZone = settings.timeZone!;
  const days = dayWindow(request, { timeZone, days: null, earliest: dayIn(timeZone, request.until, HISTORY_DAYS) });
  const page = await searchPage(api, id, settings.manager ?? '', dailyQuery(days.from, days.to), DailyPage, days.token);
  if (page.kind !== 'ok') return page;
  const { rows, next } = page.data;
  if (rows.rows.some(({ customer }) => customer !== id)) return otherAccount;
  const read = readPage(
    mapRows(rows, ({ fact }) => fact),
    days.after(next),
  );
  return { ...read, complete: read.complete && days.told };
}

export const googleAds: Connector = { sign: bearer, explain, identify, reads: { metrics: readMetrics } };
