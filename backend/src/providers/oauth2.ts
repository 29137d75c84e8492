import { z } from 'zod';
import { type Secret, secret } from '../kernel/secret.ts';
import { type Explain, json, nothing, type Outcome } from '../platform/egress/index.ts';
import type { CodeExchange, Connector, Grant, KeyAuth, OAuth2, TokenApi } from './provider.ts';

/** RFC 6749 §5.1, as providers really answer: `scope` may be missing, `expires_in` may be a text. */
export const TokenReply = z.object({
  access_token: z.string().min(1).max(8192),
  refresh_token: z.string().min(1).max(8192).optional(),
  expires_in: z.coerce.number().int().min(0).max(400_000_000).optional(),
  scope: z.string().max(8192).optional(),
});

const Refusal = z.object({ error: z.string().max(200), error_description: z.string().max(2000).optional() });

/** The grant is dead; every other refusal is a fault of the settings or of the provider, and says nothing about the grant. */
const DEAD = new Set(['invalid_grant', 'access_denied', 'unauthorized_client']);

/** RFC 6749 §5.2. `invalid_client` is this installation's own secret: no reconnecting would help. */
export const explainToken: Explain = (body, status) => {
  const refusal = Refusal.safeParse(body);
  if (!refusal.success || status === 429) return null;
  const { error: code, error_description: words } = refusal.data;
  if (status >= 500 || code === 'temporarily_unavailable' || code === 'slow_down' || code === 'server_error')
    return { kind: 'retry', reason: 'token-endpoint' };
  return { kind: DEAD.has(code) ? 'reauth' : 'permanent', code, reason: words ?? code };
};

export function grantOf(
  reply: z.output<typeof TokenReply>,
  now: Date,
  before: Pick<Grant, 'refreshToken' | 'scopes' | 'extras' | 'endsAt'>,
): Grant {
  return {
    accessToken: secret(reply.access_token),
    // A provider that does not rotate sends none, or the same one.
    refreshToken: reply.refresh_token ? secret(reply.refresh_token) : before.refreshToken,
    expiresAt: reply.expires_in === undefined ? null : new Date(now.getTime() + reply.expires_in * 1000),
    endsAt: before.endsAt,
    scopes: reply.scope === undefined ? before.scopes : reply.scope.split(/[\s,]+/).filter(Boolean),
    extras: before.extras,
  };
}

type Flow = Required<Pick<Connector, 'exchange' | 'refresh' | 'revoke'>>;

/** Code, refresh and revoke by the book (RFC 6749, 7009, 7636), from the manifest's data alone. */
export function oauth2Flow(auth: OAuth2): Flow {
  const ask = async (
    api: TokenApi,
    values: Record<string, string>,
    before: Parameters<typeof grantOf>[2],
  ): Promise<Outcome<Grant>> => {
    const fields = { ...values, client_id: api.app.id, client_secret: api.app.secret.reveal() };
    const outcome = await api.call({
      method: 'POST',
      host: auth.token.host,
      path: auth.token.path,
      body: auth.token.body === 'json' ? { json: fields } : { form: fields },
      // A code and a rotating refresh token are used up by the first call that arrives.
      effect: 'write',
      reply: json(TokenReply),
    });
    return outcome.kind === 'ok' ? { ...outcome, data: grantOf(outcome.data, api.clock.now(), before) } : outcome;
  };
  return {
    exchange: (api: TokenApi, { code, verifier, redirectUri, extras }: CodeExchange) =>
      ask(
        api,
        {
          grant_type: 'authorization_code',
          code: code.reveal(),
          redirect_uri: redirectUri,
          ...(verifier ? { code_verifier: verifier.reveal() } : {}),
        },
        { refreshToken: null, scopes: null, extras, endsAt: null },
      ),
    refresh: (api, grant) =>
      ask(api, { grant_type: 'refresh_token', refresh_token: grant.refreshToken?.reveal() ?? '' }, grant),
    async revoke(api, grant) {
      if (auth.revoke === null) return { kind: 'refused', reason: 'no-revocation' };
      const { host, path, body, tokenAs } = auth.revoke;
      const token = (grant.refreshToken ?? grant.accessToken).reveal();
      const outcome = await api.call({
        method: 'POST',
        host,
        path,
        body: body === 'json' ? { json: { [tokenAs]: token } } : { form: { [tokenAs]: token } },
        effect: 'idempotent-write',
        reply: nothing,
      });
      // A token that is not known any more is what was wanted (RFC 7009 §2.2).
      if (outcome.kind === 'reauth' || (outcome.kind === 'permanent' && [400, 404].includes(outcome.status)))
        return { kind: 'ok', data: null, status: outcome.status, headers: {}, bytes: 0 };
      return outcome;
    },
  };
}

const asBearer = (token: Secret | undefined) => ({ headers: { authorization: `Bearer ${token?.reveal() ?? ''}` } });

/** The access token of a grant as a bearer token (RFC 6750). */
export const bearer: Connector['sign'] = credential =>
  asBearer(credential.kind === 'grant' ? credential.accessToken : undefined);

/** The key as a bearer token, from the field of the form that the manifest names. */
export const bearerKey =
  ({ credential: field }: Pick<KeyAuth, 'credential'>): Connector['sign'] =>
  credential =>
    asBearer(credential.kind === 'key' ? credential.fields[field] : undefined);
