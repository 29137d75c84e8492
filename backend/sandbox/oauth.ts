import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Endpoint, Manifest, OAuth2 } from '../src/providers/provider.ts';
import { bearerOf, type Imitation, type Issued } from './imitation.ts';
import { consentPage } from './page-consent.ts';
import type { TokenBook } from './tokens.ts';

/** The app credentials that the sandbox takes, whoever asks. */
export const SANDBOX_APP = { id: 'sandbox-client', secret: 'sandbox-secret' } as const;

type Connected = { readonly manifest: Manifest; readonly auth: OAuth2; readonly imitation: Imitation };

const TokenRequest = z.looseObject({
  grant_type: z.enum(['authorization_code', 'refresh_token']),
  client_id: z.string(),
  client_secret: z.string(),
  code: z.string().optional(),
  redirect_uri: z.string().optional(),
  code_verifier: z.string().optional(),
  refresh_token: z.string().optional(),
});

const refuse = (reply: FastifyReply, error: string, description: string, status = 400) =>
  reply.code(status).send({ error, error_description: description });

const answer = ({ accessToken, refreshToken, expiresIn, granted }: Issued) => ({
  access_token: accessToken,
  token_type: 'Bearer',
  expires_in: expiresIn,
  refresh_token: refreshToken,
  scope: granted.scopes.join(' '),
});

/** Consent page, token endpoint and revocation by the book (RFC 6749, 7636, 7009) for every provider whose manifest says OAuth2. */
export function serveOAuth(app: FastifyInstance, book: TokenBook, connected: readonly Connected[]): void {
  for (const one of connected) serveConsent(app, book, one);
  // Providers of one family share an endpoint; which one a code or token belongs to is known from the token.
  const byEndpoint = (pick: (auth: OAuth2) => Endpoint | null) =>
    Map.groupBy(
      connected.filter(({ auth, imitation }) => pick(auth) !== null && !imitation.ownTokens),
      ({ auth }) => `${pick(auth)?.host}${pick(auth)?.path}`,
    );
  for (const group of byEndpoint(auth => auth.token).values()) serveToken(app, book, group);
  for (const group of byEndpoint(auth => auth.revoke).values()) serveRevoke(app, book, group);
  for (const group of byEndpoint(auth => auth.owner ?? null).values()) serveOwner(app, book, group);
}

function serveConsent(app: FastifyInstance, book: TokenBook, { manifest, auth, imitation }: Connected): void {
  const url = `/_browser/${manifest.id}`;
  app.get<{ Querystring: Record<string, string> }>(url, async (request, reply) => {
    const given = request.query;
    const scopes =
      auth.authorize.scopeSeparator === null
        ? auth.scopes.map(({ scope }) => scope)
        : (given.scope ?? '').split(auth.authorize.scopeSeparator).filter(Boolean);
    return reply
      .type('text/html; charset=utf-8')
      .header('referrer-policy', 'no-referrer')
      .send(consentPage(manifest.name, url, given, scopes));
  });
  app.post<{ Body: Record<string, string | string[]> }>(url, async (request, reply) => {
    const { decision, scope, ...given } = request.body as Record<string, string | string[]>;
    const redirectUri = String(given.redirect_uri ?? '');
    if (!URL.canParse(redirectUri)) return reply.code(400).send('redirect_uri is not an address');
    const back = new URL(redirectUri);
    back.searchParams.set('state', String(given.state ?? ''));
    if (auth.callback.issuer) back.searchParams.set('iss', auth.callback.issuer);
    if (decision !== 'allow') {
      back.searchParams.set('error', 'access_denied');
      return reply.redirect(back.href, 303);
    }
    const code = book.grantCode({
      provider: manifest.id,
      scopes: [scope ?? []].flat(),
      extras: imitation.callbackExtras ?? {},
      redirectUri,
      challenge: typeof given.code_challenge === 'string' && given.code_challenge !== '' ? given.code_challenge : null,
    });
    back.searchParams.set(auth.callback.codeAs ?? 'code', code);
    for (const [name, value] of Object.entries(imitation.callbackExtras ?? {})) back.searchParams.set(name, value);
    return reply.redirect(back.href, 303);
  });
}

function serveToken(app: FastifyInstance, book: TokenBook, group: readonly Connected[]): void {
  const { token } = group[0]!.auth;
  app.post(token.path, { constraints: { host: token.host } }, async (request, reply) => {
    const parsed = TokenRequest.safeParse(request.body);
    if (!parsed.success) return refuse(reply, 'invalid_request', parsed.error.issues[0]?.message ?? 'invalid');
    const asked = parsed.data;
    if (asked.client_id !== SANDBOX_APP.id || asked.client_secret !== SANDBOX_APP.secret)
      return refuse(reply, 'invalid_client', 'The client credentials are not known.', 401);
    if (asked.grant_type === 'authorization_code') {
      const granted = book.redeem(asked.code ?? '', { redirectUri: asked.redirect_uri, verifier: asked.code_verifier });
      if (granted === null || !group.some(({ manifest }) => manifest.id === granted.provider))
        return refuse(reply, 'invalid_grant', 'The code is not valid, or has been used.');
      return answer(book.issue(granted));
    }
    for (const { manifest } of group) {
      const issued = book.renew(asked.refresh_token ?? '', manifest.id);
      if (issued) return answer(issued);
    }
    return refuse(reply, 'invalid_grant', 'The refresh token is not valid, or has been used.');
  });
}

function serveRevoke(app: FastifyInstance, book: TokenBook, group: readonly Connected[]): void {
  const { revoke } = group[0]!.auth;
  if (revoke === null) return;
  app.post<{ Body: Record<string, string> }>(
    revoke.path,
    { constraints: { host: revoke.host } },
    async (request, reply) =>
      book.revoke(String(request.body?.[revoke.tokenAs] ?? ''))
        ? reply.code(200).send({})
        : refuse(reply, 'invalid_token', 'Token expired or revoked'),
  );
}

/** Everybody is one person here, as an agency's sign-in is: several connections stand on it. */
function serveOwner(app: FastifyInstance, book: TokenBook, group: readonly Connected[]): void {
  const { owner } = group[0]!.auth;
  if (!owner) return;
  app.get(owner.path, { constraints: { host: owner.host } }, async (request, reply) =>
    book.grantOf(bearerOf(request))
      ? { [owner.field]: 'sandbox-person' }
      : reply.code(401).send({ error: 'invalid_token' }),
  );
}
