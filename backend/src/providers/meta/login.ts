import { z } from 'zod';
import { hmacSha256 } from '../../platform/crypto/index.ts';
import { json, type Outcome } from '../../platform/egress/index.ts';
import { bearer, grantOf, TokenReply } from '../oauth2.ts';
import type { CodeExchange, Connector, Grant, OAuth2, ProviderApp, Scope, TokenApi } from '../provider.ts';
import { explainLogin } from './errors.ts';
import { GRAPH_HOST, graphPath } from './graph.ts';

/** Facebook Login with a server. Meta documents PKCE for OpenID only; here the state and the secret of the app protect the code. */
export const metaAuth = (scopes: readonly Scope[]): OAuth2 => ({
  kind: 'oauth2',
  app: 'meta',
  authorize: {
    host: 'www.facebook.com',
    path: graphPath('/dialog/oauth'),
    // Without this parameter the dialog never again asks for a permission that the person has declined once.
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

/** A bearer token, and the proof that our app asks: another app cannot use a stolen token. */
export const signMeta: Connector['sign'] = (credential, app) =>
  app && credential.kind === 'grant' ? signed(credential.accessToken.reveal(), app) : bearer(credential, app);

/** Lifetime of a long-lived token of a person; Meta sometimes leaves `expires_in` out. */
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

/** Exchanges a token that has not expired for one of 60 days. Repeating it is safe: the old token stays valid. */
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
  // Meta has no refresh tokens: when this token expires, a person has to consent again.
  return { ...grant, endsAt: grant.expiresAt };
}

/** Granted with every log-in, whatever was asked for. */
const UNASKED = 'public_profile';
const Permissions = z.object({ data: z.array(z.object({ permission: z.string().max(100), status: z.string() })) });

/** The permissions that the person left ticked; the token does not name them. Null when Meta does not answer. */
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
  // The code is used up. The next refresh lengthens the token of one hour; asking the person again would be worse.
  if (long.kind !== 'ok' && long.kind !== 'retry') return long;
  const [reply, seconds] = long.kind === 'ok' ? [long, LONG_SECONDS] : [short, SHORT_SECONDS];
  const scopes = await permissionsOf(api, reply.data.access_token);
  return { ...reply, data: granted(api, reply.data, seconds, { scopes, extras }) };
}

async function refresh(api: TokenApi, grant: Grant): Promise<Outcome<Grant>> {
  const long = await lengthen(api, grant.accessToken.reveal());
  return long.kind === 'ok' ? { ...long, data: granted(api, long.data, LONG_SECONDS, grant) } : long;
}

/** Removes the app from the person's account: every token that this person gave to it ends, those of other connections included. */
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
  // Meta no longer knows the token, which is what revoking is for.
  return outcome.kind === 'reauth'
    ? { kind: 'ok', data: null, status: outcome.status, headers: {}, bytes: 0 }
    : outcome;
}

/** Meta has no refresh tokens, and its revocation is a DELETE that ends everything of that person. */
export const metaLogin: Required<Pick<Connector, 'exchange' | 'refresh' | 'revoke'>> = { exchange, refresh, revoke };
