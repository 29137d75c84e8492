import { type Secret, secret } from '../../kernel/secret.ts';
import { hmacSha256, sha256 } from '../../platform/crypto/index.ts';
import type { Manifest, OAuth2, ProviderApp } from '../../providers/provider.ts';

/** PKCE (RFC 7636), derived instead of kept: whoever has the database alone does not have it. 43 letters, as the RFC asks. */
export const verifierOf = (key: Buffer, attemptId: string): Secret =>
  secret(hmacSha256(key, `pkce\0${attemptId}`).toString('base64url'));

export type AuthorizeRequest = {
  readonly state: Secret;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly verifier: Secret;
};

/** Where the person consents. Host and path are constants of the manifest, or the sandbox's; nothing of a request can change them (VT-09). */
export function authorizeUrl(
  manifest: Manifest & { readonly auth: OAuth2 },
  app: ProviderApp,
  sandboxUrl: string | null,
  { state, redirectUri, scopes, verifier }: AuthorizeRequest,
): string {
  const { authorize, pkce } = manifest.auth;
  const url = new URL(
    sandboxUrl === null ? `https://${authorize.host}${authorize.path}` : `${sandboxUrl}/_browser/${manifest.id}`,
  );
  const parameters = {
    ...authorize.parameters,
    [authorize.clientIdAs ?? 'client_id']: app.id,
    redirect_uri: redirectUri,
    state: state.reveal(),
    ...(authorize.scopeSeparator === null
      ? {}
      : { response_type: 'code', scope: scopes.join(authorize.scopeSeparator) }),
    ...(pkce ? { code_challenge: sha256(verifier.reveal()).toString('base64url'), code_challenge_method: 'S256' } : {}),
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}
