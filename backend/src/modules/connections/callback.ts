import { z } from 'zod';
import { fail } from '../../kernel/errors.ts';
import { type Secret, secret } from '../../kernel/secret.ts';
import { randomToken, sha256 } from '../../platform/crypto/index.ts';
import { type SystemTx, txNow, withSystem } from '../../platform/db/index.ts';
import { type Failed, json } from '../../platform/egress/index.ts';
import type { VaultRef } from '../../platform/vault/index.ts';
import { apiOver, tokenApiOver } from '../../providers/api.ts';
import { oauth2Flow } from '../../providers/oauth2.ts';
import type { Account, Api, Grant, Manifest, OAuth2, Provider } from '../../providers/provider.ts';
import { type AttemptRow, vaultRefOfAttempt } from './attempts.ts';
import { verifierOf } from './authorize.ts';
import { appOf, type ConnectionsDeps } from './deps.ts';
import { credentialOf, GRANT, packGrant } from './grants.ts';
import { providerOf } from './repo.ts';

const STATE = /^[A-Za-z0-9_-]{43}$/;
const MAX_CODE = 4096;
const MAX_EXTRA = 200;

/** Why it ended, for the page that the person sees on the machine that began; words of ours, never the provider's. */
type Ending =
  | 'declined'
  | 'provider-refused'
  | 'provider-unreachable'
  | 'not-set-up'
  | 'no-account'
  | 'wrong-issuer'
  | 'no-code';

/**
 * What the error of a consent says (RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6, and words of the providers' own). Errors of the set-up
 * are those that no person at the provider can change. A word that is not here says only that the provider did not accept the consent.
 */
const CONSENT_ERRORS: Readonly<Record<string, Ending>> = {
  access_denied: 'declined',
  user_denied: 'declined',
  user_cancelled_login: 'declined',
  user_cancelled_authorize: 'declined',
  server_error: 'provider-unreachable',
  temporarily_unavailable: 'provider-unreachable',
  invalid_scope: 'not-set-up',
  unauthorized_client: 'not-set-up',
  invalid_client: 'not-set-up',
  invalid_request: 'not-set-up',
  unsupported_response_type: 'not-set-up',
  redirect_uri_mismatch: 'not-set-up',
};

function endingOf(query: Readonly<Record<string, unknown>>): Ending {
  const error = single(query, 'error') ?? '';
  return (Object.hasOwn(CONSENT_ERRORS, error) ? CONSENT_ERRORS[error] : undefined) ?? 'provider-refused';
}

/** The parameter's only value; null when it is absent or repeated (a repeated one may be an injection). */
const single = (query: Readonly<Record<string, unknown>>, name: string): string | null => {
  const value = Object.hasOwn(query, name) ? query[name] : undefined;
  return typeof value === 'string' && value !== '' ? value : null;
};

/**
 * The browser comes back. The state is used up by the first who brings it, whatever comes of it (VT-07); the code goes to the token
 * endpoint of the provider that the attempt was begun with, never to one that the request names (VT-09); and what is sent on is only a
 * receipt for the console that listens on the machine of this browser. On any other machine nobody takes it (VT-08).
 */
export async function takeCallback(
  deps: ConnectionsDeps,
  providerId: string,
  query: Readonly<Record<string, unknown>>,
): Promise<string> {
  const state = single(query, 'state');
  if (state === null || !STATE.test(state)) fail('connect_refused');
  const attempt = await useUp(deps, sha256(state), providerId);
  const provider = providerOf(attempt.provider);
  const end = (ending: Ending) => endWith(deps, attempt, ending);
  const { auth } = provider.manifest;
  if (auth.kind !== 'oauth2' || provider.connector === null) return end('provider-refused');
  if (auth.callback.issuer !== undefined && Object.hasOwn(query, 'iss') && query.iss !== auth.callback.issuer)
    return end('wrong-issuer');
  if (Object.hasOwn(query, 'error')) return end(endingOf(query));
  const code = single(query, auth.callback.codeAs ?? 'code');
  if (code === null || code.length > MAX_CODE) return end('no-code');
  const extras: Record<string, string> = {};
  for (const name of auth.callback.extras ?? []) {
    const value = single(query, name);
    if (value === null || value.length > MAX_EXTRA) return end('no-code');
    extras[name] = value;
  }
  const grant = await exchange(deps, attempt, provider, auth, secret(code), extras);
  if (typeof grant === 'string') return end(grant);
  const ref = vaultRefOfAttempt(attempt);
  // Kept before anything else is asked: whatever happens from here on, it can be revoked.
  await withSystem(deps.db, 'connect', tx => keepGrant(tx, deps, attempt, ref, grant));
  const known = await identify(deps, attempt, provider, grant);
  if (typeof known === 'string') return end(known);
  const receipt = randomToken(32);
  const ready = await withSystem(deps.db, 'connect', async tx =>
    tx
      .updateTable('connect_attempts')
      .set({
        stage: 'ready',
        receipt_hash: sha256(receipt),
        accounts: JSON.stringify(known.accounts),
        granted: grant.scopes === null ? null : JSON.stringify(grant.scopes),
        owner_id: known.owner,
        access_ends_at: grant.endsAt,
        token_ends_at: grant.expiresAt,
        extras: JSON.stringify(grant.extras),
      })
      .where('agency_id', '=', attempt.agency_id)
      .where('id', '=', attempt.id)
      .where('stage', '=', 'exchanging')
      .where('ends_at', '>', txNow(tx))
      .returning('id')
      .executeTakeFirst(),
  );
  if (!ready) fail('connect_refused');
  return locationOf(attempt, { receipt });
}

/** An attempt that was ended while the code was on its way is open again, so that somebody gives back what has come for it. */
async function keepGrant(tx: SystemTx, deps: ConnectionsDeps, attempt: AttemptRow, ref: VaultRef, grant: Grant) {
  await deps.vault.put(tx, ref, GRANT, packGrant(grant));
  await tx
    .updateTable('connect_attempts')
    .set({ stage: 'exchanging' })
    .where('agency_id', '=', attempt.agency_id)
    .where('id', '=', attempt.id)
    .where('stage', '=', 'ended')
    .execute();
}

function locationOf(attempt: AttemptRow, result: Readonly<Record<string, string>>): string {
  return `http://127.0.0.1:${attempt.loopback_port}/connect?${new URLSearchParams({ attempt: attempt.id, ...result })}`;
}

/** The state works once, within its time, at the address of its own provider. A second browser with the same one comes too late. */
async function useUp(deps: ConnectionsDeps, stateHash: Buffer, providerId: string): Promise<AttemptRow> {
  const attempt = await withSystem(deps.db, 'connect', tx =>
    tx
      .updateTable('connect_attempts')
      .set({ stage: 'exchanging' })
      .where('state_hash', '=', stateHash)
      .where('provider', '=', providerId)
      .where('stage', '=', 'started')
      .where('ends_at', '>', txNow(tx))
      .returningAll()
      .executeTakeFirst(),
  );
  return attempt ?? fail('connect_refused');
}

async function endWith(deps: ConnectionsDeps, attempt: AttemptRow, ending: Ending): Promise<string> {
  await withSystem(deps.db, 'connect', tx =>
    tx
      .updateTable('connect_attempts')
      .set({ ends_at: txNow(tx) })
      .where('agency_id', '=', attempt.agency_id)
      .where('id', '=', attempt.id)
      .where('stage', '=', 'exchanging')
      .execute(),
  );
  return locationOf(attempt, { error: ending });
}

const connectionOf = (attempt: AttemptRow) => ({
  agencyId: attempt.agency_id,
  clientId: attempt.client_id,
  // What is asked with the new credential of a connection is asked for that connection (VT-13).
  connectionId: attempt.connection_id ?? attempt.id,
  actorId: attempt.person_id,
});

async function exchange(
  deps: ConnectionsDeps,
  attempt: AttemptRow,
  { manifest, connector }: Provider,
  auth: OAuth2,
  code: Secret,
  extras: Readonly<Record<string, string>>,
): Promise<Grant | Ending> {
  const app = appOf(deps, manifest);
  if (app === null) return 'provider-refused';
  const api = tokenApiOver({
    egress: deps.egress,
    clock: deps.clock,
    manifest,
    connection: connectionOf(attempt),
    app,
  });
  const verifier = auth.pkce ? verifierOf(deps.vault.namedKey('connect/v1'), attempt.id) : null;
  const outcome = await (connector?.exchange ?? oauth2Flow(auth).exchange)(api, {
    code,
    verifier,
    redirectUri: attempt.redirect_uri,
    extras,
  });
  if (outcome.kind === 'ok') return outcome.data;
  return outcome.kind === 'retry' || outcome.kind === 'ambiguous' ? 'provider-unreachable' : 'provider-refused';
}

type Known = { readonly accounts: readonly Account[]; readonly owner: string | null };

/** Which accounts the grant reaches, before anybody may use it. */
async function identify(
  deps: ConnectionsDeps,
  attempt: AttemptRow,
  { manifest, connector }: Provider,
  grant: Grant,
): Promise<Known | Ending> {
  if (connector === null) return 'provider-refused';
  const parts = { egress: deps.egress, clock: deps.clock, manifest, connector, connection: connectionOf(attempt) };
  const api = apiOver(
    { ...parts, app: appOf(deps, manifest) },
    {
      capability: 'connect',
      // A grant of a moment ago is not renewed: what is not accepted now was never good.
      credential: async notVersion =>
        notVersion === null
          ? { kind: 'ok', credential: credentialOf(grant), version: 1 }
          : { kind: 'reauth', status: 401, code: 'not-accepted', reason: 'the new grant is not accepted' },
      account: null,
      settings: {},
      extras: grant.extras,
    },
  );
  const accounts = await connector.identify(api);
  if (accounts.kind !== 'ok') return accounts.kind === 'retry' ? 'provider-unreachable' : 'provider-refused';
  if (accounts.rows.length === 0) return 'no-account';
  const owner = await ownerOf(api, manifest.auth);
  if (typeof owner !== 'string' && owner !== null) return 'provider-unreachable';
  return { accounts: accounts.rows.slice(0, 500), owner };
}

/**
 * Null where the provider does not say. Fails if it cannot be read: without the subject, revoking this grant could revoke another
 * connection's.
 */
async function ownerOf(api: Api, auth: Manifest['auth']): Promise<string | null | Failed> {
  if (auth.kind !== 'oauth2' || !auth.owner) return null;
  const { host, path, field } = auth.owner;
  const known = await api.call({
    method: 'GET',
    host,
    path,
    effect: 'read',
    reply: json(z.object({ [field]: z.string().min(1).max(200) })),
  });
  return known.kind === 'ok' ? String(known.data[field]) : known;
}
