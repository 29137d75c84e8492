import { z } from 'zod';
import { hmacSha256 } from '../platform/crypto/index.ts';
import { json, type Outcome } from '../platform/egress/index.ts';
import { explainLogin } from './meta-errors.ts';
import { bearer, grantOf, TokenReply } from './oauth2.ts';
import type { CodeExchange, Connector, Grant, OAuth2, ProviderApp, Scope, TokenApi } from './provider.ts';

/** What the systems of Meta's Graph API have in common: log-in, proof of the app, lists. Source: developers.facebook.com, changelog of July 2026. */

/** A version lives about two years, and one for ads about one. WhatsApp names its own. */
export const META_GRAPH_VERSION = 'v26.0';
export const GRAPH_HOST = 'graph.facebook.com';

/** The path of something in the Graph, as a constant: `/v26.0/me/adaccounts`. */
export const graphPath = <P extends string>(path: P) => `/${META_GRAPH_VERSION}${path}` as const;

/** Facebook Login with a server. Meta documents PKCE for its OpenID flavour only: here the state and the secret of the app carry it. */
export const metaAuth = (scopes: readonly Scope[]): OAuth2 => ({
  kind: 'oauth2',
  app: 'meta',
  authorize: {
    host: 'www.facebook.com',
    path: graphPath('/dialog/oauth'),
    // Without it the dialog never again asks for what a person has declined once.
    parameters: { auth_type: 'rerequest' },
    scopeSeparator: ',',
  },
  pkce: false,
  callback: {},
  token: { host: GRAPH_HOST, path: graphPath('/oauth/access_token'), body: 'form' },
  refresh: 'exchange',
  revoke: { host: GRAPH_HOST, path: graphPath('/me/permissions'), body: 'form', tokenAs: 'access_token' },
  owner: { host: GRAPH_HOST, path: graphPath('/me'), field: 'id' },
  revokeByHand: 'On facebook.com open Settings, then Business integrations, choose Astrix and remove it.',
  scopes,
});

const proofOf = (token: string, app: ProviderApp): string => hmacSha256(app.secret.reveal(), token).toString('hex');

const signed = (token: string, app: ProviderApp) => ({
  headers: { authorization: `Bearer ${token}` },
  query: { appsecret_proof: proofOf(token, app) },
});

/** A bearer token, and the proof that this app asks: a token that was stolen is of no use to another one. */
export const signMeta: Connector['sign'] = (credential, app) =>
  app && credential.kind === 'grant' ? signed(credential.accessToken.reveal(), app) : bearer(credential, app);

/** A long-lived token of a person lives about 60 days; Meta leaves the number out at times. */
const LONG_SECONDS = 60 * 86_400;
const SHORT_SECONDS = 3600;

const askToken = (api: TokenApi, query: Readonly<Record<string, string>>, effect: 'read' | 'write') =>
  api.call({
    method: 'GET',
    host: GRAPH_HOST,
    path: graphPath('/oauth/access_token'),
    query: { client_id: api.app.id, client_secret: api.app.secret.reveal(), ...query },
    effect,
    reply: json(TokenReply),
    explain: explainLogin,
  });

/** Any token that still lives, for one of 60 days from now. It may be asked twice: the old one stays as it is. */
const lengthen = (api: TokenApi, token: string) =>
  askToken(api, { grant_type: 'fb_exchange_token', fb_exchange_token: token }, 'read');

function granted(
  api: TokenApi,
  reply: z.output<typeof TokenReply>,
  seconds: number,
  kept: Pick<Grant, 'scopes' | 'extras'>,
): Grant {
  const grant = grantOf({ ...reply, expires_in: reply.expires_in || seconds }, api.clock.now(), {
    ...kept,
    refreshToken: null,
    endsAt: null,
  });
  // There is nothing else to come back with: when this token ends, a person has to consent again.
  return { ...grant, endsAt: grant.expiresAt };
}

/** Comes with every log-in, whatever was asked for. */
const UNASKED = 'public_profile';
const Permissions = z.object({ data: z.array(z.object({ permission: z.string().max(100), status: z.string() })) });

/** A person may untick single permissions in the dialog, and the token does not tell. Null when Meta does not tell either. */
async function permissionsOf(api: TokenApi, token: string): Promise<readonly string[] | null> {
  const outcome = await api.call({
    method: 'GET',
    host: GRAPH_HOST,
    path: graphPath('/me/permissions'),
    ...signed(token, api.app),
    effect: 'read',
    reply: json(Permissions),
    explain: explainLogin,
  });
  if (outcome.kind !== 'ok') return null;
  return outcome.data.data
    .filter(({ permission, status }) => status === 'granted' && permission !== UNASKED)
    .map(({ permission }) => permission);
}

async function exchange(api: TokenApi, { code, redirectUri, extras }: CodeExchange): Promise<Outcome<Grant>> {
  const short = await askToken(api, { redirect_uri: redirectUri, code: code.reveal() }, 'write');
  if (short.kind !== 'ok') return short;
  const long = await lengthen(api, short.data.access_token);
  // The code is used up. A token of an hour is lengthened with the next refresh, and better than asking the person again.
  if (long.kind !== 'ok' && long.kind !== 'retry') return long;
  const [reply, seconds] = long.kind === 'ok' ? [long, LONG_SECONDS] : [short, SHORT_SECONDS];
  const scopes = await permissionsOf(api, reply.data.access_token);
  return { ...reply, data: granted(api, reply.data, seconds, { scopes, extras }) };
}

async function refresh(api: TokenApi, grant: Grant): Promise<Outcome<Grant>> {
  const long = await lengthen(api, grant.accessToken.reveal());
  return long.kind === 'ok' ? { ...long, data: granted(api, long.data, LONG_SECONDS, grant) } : long;
}

/** Takes the app from the person's account: every token that this person gave to it ends, also those of other connections. */
async function revoke(api: TokenApi, grant: Grant): Promise<Outcome<null>> {
  const outcome = await api.call({
    method: 'DELETE',
    host: GRAPH_HOST,
    path: graphPath('/me/permissions'),
    ...signed(grant.accessToken.reveal(), api.app),
    effect: 'idempotent-write',
    reply: json(z.object({ success: z.literal(true) })),
    explain: explainLogin,
  });
  if (outcome.kind === 'ok') return { ...outcome, data: null };
  // A token that is not known any more is what was wanted.
  return outcome.kind === 'reauth'
    ? { kind: 'ok', data: null, status: outcome.status, headers: {}, bytes: 0 }
    : outcome;
}

/** Meta's own way with tokens: there are no refresh tokens, and ending is a DELETE that ends everything of that person. */
export const metaLogin: Required<Pick<Connector, 'exchange' | 'refresh' | 'revoke'>> = { exchange, refresh, revoke };
