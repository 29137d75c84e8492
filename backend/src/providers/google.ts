import { z } from 'zod';
import { type Judgement, json, pages } from '../platform/egress/index.ts';
import { listOf, onlyReadable } from './accounts.ts';
import { Written } from './fields.ts';
import type { Api, Ask, OAuth2, ReadResult, Scope } from './provider.ts';
import { type Rows, rowsOf } from './read.ts';

/** What all systems of Google have in common: consent and tokens, error bodies, and how numbers are written. */

const GOOGLE_TOKENS = 'oauth2.googleapis.com';
const GOOGLE_PEOPLE = 'openidconnect.googleapis.com';
/** What every system of Google needs beside its own hosts. */
export const GOOGLE_HOSTS = [GOOGLE_TOKENS, GOOGLE_PEOPLE] as const;
const AUTH = 'https://www.googleapis.com/auth/';

/**
 * Google OAuth 2.0 for web servers. `prompt=consent` because a refresh token comes with a consent only; and no `include_granted_scopes`:
 * a grant for one system must not carry what was allowed to another one.
 */
export const googleAuth = (scopes: readonly Scope[]): OAuth2 => ({
  kind: 'oauth2',
  app: 'google',
  authorize: {
    host: 'accounts.google.com',
    path: '/o/oauth2/v2/auth',
    parameters: { access_type: 'offline', prompt: 'consent' },
    scopeSeparator: ' ',
  },
  pkce: true,
  callback: { issuer: 'https://accounts.google.com' },
  token: { host: GOOGLE_TOKENS, path: '/token', body: 'form' },
  refresh: 'static',
  revoke: { host: GOOGLE_TOKENS, path: '/revoke', body: 'form', tokenAs: 'token' },
  owner: { host: GOOGLE_PEOPLE, path: '/v1/userinfo', field: 'sub' },
  revokeByHand: 'Open myaccount.google.com/connections, choose Astrix and remove its access.',
  scopes: [
    ...scopes,
    {
      scope: 'openid',
      why: 'Tells which sign-in it is by a number, without name or address, so that ending one connection does not end another.',
    },
  ],
});

export const scopeUrl = (name: string): string => `${AUTH}${name}`;

/** google.rpc.Status with `details` (AIP-193), and `errors[].reason` of the older APIs. Some write both, some inside of a list. */
const Status = z.object({
  error: z.object({
    code: z.int().optional(),
    message: z.string().default(''),
    status: z.string().optional(),
    errors: z.array(z.object({ reason: z.string().optional() })).optional(),
    details: z
      .array(z.object({ reason: z.string().optional(), retryDelay: z.string().optional() }).catch({}))
      .optional(),
  }),
});
const Refusal = z.union([Status, z.tuple([Status]).transform(([first]) => first)]);

/** `quotaExceeded` and its like come with 403 as well, and all pass with time. */
const TOO_MANY = new Set([
  'RATE_LIMIT_EXCEEDED',
  'RESOURCE_EXHAUSTED',
  'rateLimitExceeded',
  'userRateLimitExceeded',
  'dailyLimitExceeded',
  'quotaExceeded',
]);
/** The grant lives, without the scope that this takes (VT-10). */
const NO_SCOPE = new Set(['ACCESS_TOKEN_SCOPE_INSUFFICIENT', 'insufficientPermissions']);

/** A protobuf Duration, «12.5s», in whole seconds upwards. */
export function secondsOf(duration: string | undefined): number | null {
  const seconds = /^(\d{1,7}(?:\.\d{1,9})?)s$/.exec(duration ?? '')?.[1];
  return seconds === undefined ? null : Math.ceil(Number(seconds));
}

export const tooMany = (retryDelay: string | undefined): Judgement => ({
  kind: 'retry',
  reason: 'rate-limited',
  afterSeconds: secondsOf(retryDelay),
});

/** Error bodies of every Google API. A 401 is a token that is not accepted; everything that is not understood stays a refusal. */
export const explainGoogle = (body: unknown, answered: number): Judgement | null => {
  const refusal = Refusal.safeParse(body);
  if (!refusal.success) return null;
  const { code: told, message, status: word, errors = [], details = [] } = refusal.data.error;
  // Inside of a 200, by its number: read as a list it would be an empty one, and pass for all there is.
  if (answered < 400 && (told === undefined || told < 400)) return null;
  const status = answered < 400 ? told! : answered;
  const reasons = [...details, ...errors].map(one => one.reason).filter(one => one !== undefined);
  const code = reasons[0] ?? word ?? `http-${status}`;
  if (status === 429 || [...reasons, word ?? ''].some(one => TOO_MANY.has(one)))
    return tooMany(details.find(one => one.retryDelay)?.retryDelay);
  if (status >= 500) return answered < 400 ? { kind: 'retry', reason: 'provider-error' } : null;
  const words = message || `status ${status}`;
  if (reasons.some(one => NO_SCOPE.has(one))) return { kind: 'permanent', code: 'scope', reason: words };
  return { kind: status === 401 ? 'reauth' : 'permanent', code, reason: words };
};

const DECIMAL = /^(-?)(\d{1,20})(?:\.(\d{1,20}))?(?:[eE]([+-]?\d{1,2}))?$/;

/**
 * `text` times 10^`places` as a whole number, half away from zero: «12.345» by 2 is 1235. By digits, because 1.005 × 100 is not 100.5 in
 * floating point. Throws for NaN and for what is too large; inside a reader that makes the reply unusable.
 */
export function scaled(text: string, places: number): number {
  const [, sign, whole, fraction = '', exponent = '0'] = DECIMAL.exec(text) ?? [];
  if (whole === undefined) throw new RangeError('not a decimal number');
  const shift = places - fraction.length + Number(exponent);
  const digits = BigInt(whole + fraction);
  const divisor = 10n ** BigInt(Math.max(0, -shift));
  const size = (digits * 10n ** BigInt(Math.max(0, shift)) * 2n + divisor) / (divisor * 2n);
  if (size > BigInt(Number.MAX_SAFE_INTEGER)) throw new RangeError('too large');
  return size === 0n ? 0 : Number(sign === '-' ? -size : size);
}

/** An int64 as proto3 writes it in JSON: a text. Refused where a number could not hold it. */
export const Int64 = Written.pipe(z.string().regex(/^\d{1,15}$/)).transform(Number);

const NextPage = z.string().max(4000).optional();

/** A list as Google sends it: rows under a name that is absent when there are none, and the token of the next page. */
const listPage = <L>(
  name: string,
  list: z.ZodType<L>,
  none: L,
): z.ZodType<{ readonly list: L; readonly next: string | null }> =>
  z.object({ [name]: list.optional(), nextPageToken: NextPage }).transform(page => ({
    list: (page[name] as L | undefined) ?? none,
    next: (page.nextPageToken as string | undefined) ?? null,
  }));

/** A list of accounts, for `pages`; the rows go through `onlyReadable`. */
export const pageOf = <R>(name: string, row: z.ZodType<R>, most: number) =>
  listPage(name, listOf(row, most), []).transform(({ list: rows, next }) => ({ rows, next }));

/** A list of rows to be shown or imported. */
export const rowsPageOf = <R>(
  name: string,
  row: z.ZodType<R>,
  key: string | null,
  most: number,
): z.ZodType<{ readonly rows: Rows<R>; readonly next: string | null }> =>
  listPage(name, rowsOf(row, key, most), { rows: [], unreadable: [] }).transform(({ list: rows, next }) => ({
    rows,
    next,
  }));

/** All rows of a list of accounts that is read with GET. */
export const listAll = async <R>(
  api: Api,
  { query, ...ask }: Pick<Ask<unknown>, 'path' | 'query'> & { readonly host?: string; readonly cost?: string },
  page: ReturnType<typeof pageOf<R>>,
): Promise<ReadResult<R>> =>
  onlyReadable<R>(
    await pages({
      clock: api.clock,
      fetch: cursor =>
        api.call({
          ...ask,
          method: 'GET',
          query: { ...query, pageToken: cursor ?? undefined },
          effect: 'read',
          reply: json(page),
        }),
    }),
  );
