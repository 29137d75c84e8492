import * as oauth from 'oauth4webapi';
import type { Clock } from '../../kernel/clock.ts';
import type { Secret } from '../../kernel/secret.ts';
import { sha256 } from '../crypto/index.ts';
import { EgressError, type FetchTyped } from '../egress/index.ts';

/** An OpenID provider as an agency has set it up. */
export type OidcProvider = {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: Secret;
};

/** What belongs to one attempt, and to no other. All of it works once. */
export type OidcAttempt = { readonly state: string; readonly nonce: string; readonly verifier: string };

/** What a provider says of a person, after everything about it has been checked. */
export type Claims = {
  readonly issuer: string;
  readonly subject: string;
  readonly email: string | null;
  /** Whether the provider has checked that the address is the person's. */
  readonly emailVerified: boolean;
  readonly name: string | null;
  /** How the provider has recognised the person (RFC 8176), and its class. */
  readonly methods: readonly string[];
  readonly context: string | null;
  /** The values of a claim, such as the groups of a person; none when it is absent. */
  readonly valuesOf: (claim: string) => readonly string[];
};

/** Why a provider's answer leads nowhere. The reason is a word of ours, never text from outside. */
export class OidcError extends Error {
  readonly reason: 'unreachable' | 'not-a-provider' | 'declined' | 'refused' | 'token';
  constructor(reason: OidcError['reason'], cause?: unknown) {
    super(`OpenID: ${reason}`, { cause });
    this.name = 'OidcError';
    this.reason = reason;
  }
}

/** AU-01. `none` and everything with a shared secret are left out. */
const ALGORITHMS: readonly string[] = ['RS256', 'ES256'];
const SKEW_SECONDS = 60;
/** An ID token is used at once: an older one was kept by somebody. */
const MAX_AGE_SECONDS = 600;
const KEPT_MS = 3_600_000;
const KEPT_PROVIDERS = 100;

type Known = { readonly at: number; readonly server: oauth.AuthorizationServer; readonly keys: oauth.JWKSCacheInput };

export type Oidc = ReturnType<typeof createOidc>;

export const newAttempt = (): OidcAttempt => ({
  state: oauth.generateRandomState(),
  nonce: oauth.generateRandomNonce(),
  verifier: oauth.generateRandomCodeVerifier(),
});

/**
 * A client of OpenID Connect: discovery, authorization code with PKCE, and every check of the ID token. Keys come from the key set that the
 * issuer names in its discovery document, and from nowhere that a token names.
 */
export function createOidc(ask: FetchTyped, clock: Clock, production: boolean) {
  const known = new Map<string, Known>();
  const http = {
    [oauth.customFetch]: (url: string, init: { method?: string; headers?: Record<string, string>; body?: unknown }) =>
      ask(url, init),
    [oauth.allowInsecureRequests]: !production,
  };

  async function serverOf(issuer: string): Promise<Known> {
    const at = clock.now().getTime();
    const kept = known.get(issuer);
    if (kept && at - kept.at < KEPT_MS) return kept;
    const server = await checkedBy('not-a-provider', async () => {
      const url = new URL(issuer);
      return oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, { algorithm: 'oidc', ...http }));
    });
    const algorithms = (server.id_token_signing_alg_values_supported ?? ['RS256']).filter(one =>
      ALGORITHMS.includes(one),
    );
    const whole = server.authorization_endpoint && server.token_endpoint && server.jwks_uri && algorithms.length > 0;
    if (!whole) throw new OidcError('not-a-provider');
    const found = { at, keys: {}, server: { ...server, id_token_signing_alg_values_supported: algorithms } };
    if (known.size >= KEPT_PROVIDERS) known.clear();
    known.set(issuer, found);
    return found;
  }

  const clientOf = ({ clientId }: OidcProvider): oauth.Client => ({
    client_id: clientId,
    [oauth.clockSkew]: Math.round((clock.now().getTime() - Date.now()) / 1000),
    [oauth.clockTolerance]: SKEW_SECONDS,
  });

  return {
    /** Throws OidcError where no OpenID provider answers at the issuer. */
    async check(issuer: string): Promise<void> {
      known.delete(issuer);
      await serverOf(issuer);
    },

    /** Where the browser goes. */
    async begin(
      provider: OidcProvider,
      attempt: OidcAttempt,
      redirectUri: string,
      email: string | null,
    ): Promise<string> {
      const { server } = await serverOf(provider.issuer);
      const url = new URL(server.authorization_endpoint!);
      const parameters = {
        client_id: provider.clientId,
        redirect_uri: redirectUri,
        response_type: 'code',
        scope: 'openid email profile',
        state: attempt.state,
        nonce: attempt.nonce,
        code_challenge: await oauth.calculatePKCECodeChallenge(attempt.verifier),
        code_challenge_method: 'S256',
        ...(email === null ? {} : { login_hint: email }),
      };
      for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
      return url.href;
    },

    /** Takes what the browser brought back, asks for the ID token and checks it (AU-01, AU-03). Throws OidcError. */
    async finish(
      provider: OidcProvider,
      attempt: OidcAttempt,
      redirectUri: string,
      parameters: URLSearchParams,
    ): Promise<Claims> {
      const { server, keys } = await serverOf(provider.issuer);
      const client = clientOf(provider);
      const callback = await checkedBy('refused', async () =>
        oauth.validateAuthResponse(server, client, parameters, attempt.state),
      );
      const response = await checkedBy('refused', () =>
        oauth.authorizationCodeGrantRequest(
          server,
          client,
          authenticationOf(server, provider),
          callback,
          redirectUri,
          attempt.verifier,
          http,
        ),
      );
      const tokens = await checkedBy('token', async () => {
        const read = await oauth.processAuthorizationCodeResponse(server, client, response, {
          expectedNonce: attempt.nonce,
          requireIdToken: true,
        });
        await oauth.validateApplicationLevelSignature(server, response, { ...http, [oauth.jwksCache]: keys });
        return read;
      });
      const claims = oauth.getValidatedIdTokenClaims(tokens);
      if (!claims) throw new OidcError('token');
      // The library looks at `azp` only where there are several audiences.
      if (claims.azp !== undefined && claims.azp !== provider.clientId) throw new OidcError('token');
      demandFresh(claims, clock.now());
      demandTokenHash(claims, tokens.access_token);
      return claimsOf(claims);
    },
  };
}

/** In the header, unless the provider takes it in the body alone. */
function authenticationOf(server: oauth.AuthorizationServer, { clientSecret }: OidcProvider): oauth.ClientAuth {
  const taken = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
  return taken.includes('client_secret_basic')
    ? oauth.ClientSecretBasic(clientSecret.reveal())
    : oauth.ClientSecretPost(clientSecret.reveal());
}

async function checkedBy<T>(reason: OidcError['reason'], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof OidcError) throw error;
    const isSilent = error instanceof EgressError || (error as { cause?: unknown }).cause instanceof EgressError;
    if (isSilent) throw new OidcError('unreachable', error);
    if (error instanceof oauth.AuthorizationResponseError && error.error === 'access_denied')
      throw new OidcError('declined', error);
    throw new OidcError(reason, error);
  }
}

function demandFresh({ iat, exp }: oauth.IDToken, now: Date): void {
  const seconds = now.getTime() / 1000;
  if (seconds - iat > MAX_AGE_SECONDS + SKEW_SECONDS || exp - iat > 86_400) throw new OidcError('token');
}

/** OpenID Connect Core 3.1.3.6: where it is there, it must fit the access token beside it. */
function demandTokenHash(claims: oauth.IDToken, accessToken: string): void {
  if (claims.at_hash === undefined) return;
  // Both algorithms that are accepted hash with SHA-256.
  const half = sha256(accessToken).subarray(0, 16).toString('base64url');
  if (claims.at_hash !== half) throw new OidcError('token');
}

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
const isTrue = (value: unknown) => value === true || value === 'true' || value === 1 || value === '1';
const listOf = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === 'string');

function claimsOf(claims: oauth.IDToken): Claims {
  return {
    issuer: claims.iss,
    subject: claims.sub,
    email: textOf(claims.email)?.trim().toLowerCase() ?? null,
    // Entra says in `xms_edov` that the owner of the domain has been verified.
    emailVerified: isTrue(claims.email_verified) || (claims.email_verified === undefined && isTrue(claims.xms_edov)),
    name: textOf(claims.name),
    methods: listOf(claims.amr),
    context: textOf(claims.acr),
    valuesOf: claim => (Object.hasOwn(claims, claim) ? listOf(claims[claim]) : []),
  };
}
