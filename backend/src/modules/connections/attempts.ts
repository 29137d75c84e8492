import { type AttemptView, expiresAt, type ProviderId, roleMay } from '@astrix/contract';
import type { Selectable } from 'kysely';
import { fail } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { secret } from '../../kernel/secret.ts';
import { equalDigests, randomToken, sha256 } from '../../platform/crypto/index.ts';
import { type Schema, type SystemTx, type TenantTx, txActor, txNow } from '../../platform/db/index.ts';
import type { VaultRef } from '../../platform/vault/index.ts';
import type { Account, Manifest, Provider, ProviderApp } from '../../providers/provider.ts';
import { demandProvider } from './access.ts';
import { authorizeUrl, verifierOf } from './authorize.ts';
import { appOf, type ConnectionsDeps } from './deps.ts';
import { type ConnectionRow, demandConnection, isLive, LIVE, providerOf } from './repo.ts';
import { accountView, type Settings } from './tables.ts';
import { compareScopes } from './view.ts';

export type AttemptRow = Selectable<Schema['connect_attempts']>;

/** Where the secrets of an attempt lie; where it becomes a connection, those of the connection. */
export const vaultRefOfAttempt = (attempt: AttemptRow, vaultId: string = attempt.id): VaultRef => ({
  agencyId: attempt.agency_id,
  clientId: attempt.shared ? null : attempt.client_id,
  connectionId: vaultId,
});

/** Ten minutes from the first click to the confirmation (VT-07). */
const LIFE_SECONDS = 600;

/** One that can be connected: live, with a connector, by this person, for this client or for all. */
export async function demandConnectable(
  tx: TenantTx,
  given: { readonly provider: ProviderId; readonly shared: boolean; readonly clientId: string },
): Promise<Provider & { readonly connector: NonNullable<Provider['connector']> }> {
  const { manifest, connector } = providerOf(given.provider);
  const { agencyId, role } = txActor(tx);
  if (connector === null || (manifest.availability !== 'live' && manifest.availability !== 'limited'))
    fail('provider_unavailable', { detail: manifest.availabilityNote || `${manifest.name} cannot be connected.` });
  await demandProvider(tx, given.provider);
  if (given.shared && !manifest.shareable)
    fail('provider_unavailable', { detail: `${manifest.name} belongs to one client and cannot be shared by all.` });
  if (given.shared && !roleMay(role, 'connection.share')) fail('forbidden');
  await demandOn(tx, agencyId, given);
  return { manifest, connector };
}

/** A switch in the database itself, not in what this process last heard: nothing new begins under one. */
async function demandOn(
  tx: TenantTx,
  agencyId: string,
  { provider, clientId }: { readonly provider: string; readonly clientId: string },
): Promise<void> {
  const off = await tx
    .selectFrom('switches')
    .select('subject')
    .where('agency_id', '=', agencyId)
    .where(where =>
      where.or([
        where.and([where('scope', '=', 'provider'), where('subject', '=', provider)]),
        where.and([where('scope', '=', 'client'), where('subject', '=', clientId)]),
      ]),
    )
    .executeTakeFirst();
  if (off) fail('switched_off');
}

/** The one that is consented to anew, or null. It has to be of the same provider, and still there. */
export async function demandSame(
  tx: TenantTx,
  clientId: string,
  connectionId: string | null,
  given: { readonly provider: string; readonly shared: boolean },
): Promise<ConnectionRow | null> {
  if (connectionId === null) return null;
  const row = await demandConnection(tx, clientId, connectionId);
  if (row.provider !== given.provider || (row.client_id === null) !== given.shared) fail('not_found');
  if (!isLive(row)) fail('connection_unusable');
  if (row.client_id === null && !roleMay(txActor(tx).role, 'connection.share')) fail('forbidden');
  return row;
}

export type Start = {
  readonly clientId: string;
  readonly provider: ProviderId;
  readonly shared: boolean;
  readonly connectionId: string | null;
  readonly loopbackPort: number;
};

export async function startAttempt(tx: TenantTx, deps: ConnectionsDeps, start: Start) {
  const { manifest } = await demandConnectable(tx, start);
  const { auth } = manifest;
  if (auth.kind !== 'oauth2')
    fail('provider_unavailable', { detail: `${manifest.name} is connected by its form, not by signing in there.` });
  const app = demandApp(deps, manifest);
  const row = await demandSame(tx, start.clientId, start.connectionId, start);
  const { agencyId, personId, sessionId } = txActor(tx);
  const now = txNow(tx);
  const id = newId(now);
  const state = secret(randomToken(32));
  const redirectUri = `${deps.publicUrl()}/oauth/callback/${start.provider}`;
  const scopes = auth.scopes.map(({ scope }) => scope);
  const endsAt = new Date(now.getTime() + LIFE_SECONDS * 1000);
  await tx
    .insertInto('connect_attempts')
    .values({
      agency_id: agencyId,
      id,
      client_id: start.clientId,
      shared: start.shared,
      provider: start.provider,
      connection_id: row?.id ?? null,
      person_id: personId,
      session_id: sessionId,
      state_hash: sha256(state.reveal()),
      redirect_uri: redirectUri,
      loopback_port: start.loopbackPort,
      scopes: JSON.stringify(scopes),
      stage: 'started',
      created_at: now,
      ends_at: endsAt,
      expires_at: expiresAt('operational-log', now),
    })
    .execute();
  const verifier = verifierOf(deps.vault.namedKey('connect/v1'), id);
  const url = authorizeUrl({ ...manifest, auth }, app, deps.sandboxUrl, { state, redirectUri, scopes, verifier });
  return { attemptId: id, authorizeUrl: url, expiresAt: endsAt.toISOString() };
}

function demandApp(deps: ConnectionsDeps, manifest: Manifest): ProviderApp {
  return (
    appOf(deps, manifest) ??
    fail('provider_unavailable', {
      detail: `This installation has no app at ${manifest.name} yet. docs/providers/${manifest.id}.md says how to register one.`,
    })
  );
}

type ReceiptHolder = { readonly clientId: string; readonly attemptId: string; readonly receipt: string };

/**
 * The attempt, for the one who began it, in the session that began it, with the receipt that only the machine that began it was sent
 * (VT-08). Everything else answers alike.
 */
async function demandReady(tx: TenantTx, { clientId, attemptId, receipt }: ReceiptHolder): Promise<AttemptRow> {
  const attempt = await findAttempt(tx, clientId, attemptId);
  // What held at the start may have changed: a denial, a switch or a role holds from the next request on.
  await demandConnectable(tx, { provider: attempt.provider as ProviderId, shared: attempt.shared, clientId });
  if (attempt.stage !== 'ready' || attempt.ends_at <= txNow(tx)) fail('connect_refused');
  if (attempt.receipt_hash === null || !equalDigests(attempt.receipt_hash, sha256(receipt))) fail('connect_refused');
  return attempt;
}

async function findAttempt(tx: TenantTx, clientId: string, attemptId: string): Promise<AttemptRow> {
  const { agencyId, personId, sessionId } = txActor(tx);
  const attempt = await tx
    .selectFrom('connect_attempts')
    .selectAll()
    .where('agency_id', '=', agencyId)
    .where('id', '=', attemptId)
    .where('client_id', '=', clientId)
    .where('person_id', '=', personId)
    .where('session_id', '=', sessionId)
    .forUpdate()
    .executeTakeFirst();
  return attempt ?? fail('not_found');
}

export async function claimAttempt(tx: TenantTx, shown: ReceiptHolder): Promise<AttemptView> {
  const attempt = await demandReady(tx, shown);
  const { manifest } = providerOf(attempt.provider);
  return {
    attemptId: attempt.id,
    provider: manifest.id,
    shared: attempt.shared,
    accounts: (attempt.accounts as Account[]).map(accountView),
    ...compareScopes(manifest, attempt.granted as string[] | null),
    expiresAt: attempt.ends_at.toISOString(),
  };
}

export type Confirmable = {
  readonly attempt: AttemptRow;
  readonly account: Account;
  /** The connection that is consented to anew. */
  readonly before: ConnectionRow | null;
};

/** Everything that must hold before a grant becomes active for one account, as the person who confirms it sees it. */
export async function demandConfirmable(
  tx: TenantTx,
  shown: ReceiptHolder & { readonly accountId: string },
): Promise<Confirmable> {
  const attempt = await demandReady(tx, shown);
  const account = (attempt.accounts as Account[]).find(({ id }) => id === shown.accountId) ?? fail('connect_refused');
  const before = await demandSame(tx, attempt.client_id, attempt.connection_id, attempt);
  if (before !== null && before.account_id !== account.id)
    fail('account_differs', { detail: `${before.account_name} is connected, and ${account.name} was chosen.` });
  return { attempt, account, before };
}

/** Of two confirmations of one attempt, the second waits here and is refused. */
async function lockReady(tx: SystemTx, attempt: AttemptRow): Promise<void> {
  const ready = await tx
    .selectFrom('connect_attempts')
    .select('id')
    .where('agency_id', '=', attempt.agency_id)
    .where('id', '=', attempt.id)
    .where('stage', '=', 'ready')
    .where('ends_at', '>', txNow(tx))
    .forUpdate()
    .executeTakeFirst();
  if (!ready) fail('connect_refused');
}

/** Makes the grant active for one account, in the system's transaction, because other modules hear of it there. */
export async function confirmAttempt(tx: SystemTx, { attempt, account, before }: Confirmable): Promise<ConnectionRow> {
  await lockReady(tx, attempt);
  const values = {
    status: 'active' as const,
    account_id: account.id,
    account_name: account.name,
    account_detail: account.detail,
    settings: JSON.stringify({
      account: account.settings,
      form: {},
      extras: (attempt.extras ?? {}) as Settings['extras'],
    } satisfies Settings),
    vault_id: attempt.id,
    owner_id: attempt.owner_id,
    granted: attempt.granted === null ? null : JSON.stringify(attempt.granted),
    token_ends_at: attempt.token_ends_at,
    access_ends_at: attempt.access_ends_at,
    checked_at: txNow(tx),
    fault: null,
    refresh_owner: null,
    refresh_until: null,
    refresh_failures: 0,
    refresh_after: null,
  };
  const row = before === null ? await insertConnection(tx, attempt, values) : await replaceGrant(tx, before, values);
  await tx
    .updateTable('connect_attempts')
    .set({ stage: 'confirmed', receipt_hash: null, replaced_vault_id: before?.vault_id ?? null })
    .where('agency_id', '=', attempt.agency_id)
    .where('id', '=', attempt.id)
    .execute();
  return row;
}

type Values = Omit<
  ConnectionRow,
  'agency_id' | 'id' | 'client_id' | 'provider' | 'connected_by' | 'connected_at' | 'refresh_generation'
>;

async function insertConnection(tx: SystemTx, attempt: AttemptRow, values: Values): Promise<ConnectionRow> {
  const inserted = await tx
    .insertInto('connections')
    .values({
      agency_id: attempt.agency_id,
      id: attempt.id,
      client_id: attempt.shared ? null : attempt.client_id,
      provider: attempt.provider,
      connected_by: attempt.person_id,
      connected_at: txNow(tx),
      ...values,
    })
    .onConflict(conflict => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
  return inserted ?? fail('already_connected');
}

async function replaceGrant(tx: SystemTx, before: ConnectionRow, values: Values): Promise<ConnectionRow> {
  const row = await tx
    .updateTable('connections')
    .set(row => ({ ...values, refresh_generation: row('refresh_generation', '+', 1) }))
    .where('agency_id', '=', before.agency_id)
    .where('id', '=', before.id)
    // It may have been disconnected since it was looked at.
    .where('status', 'in', LIVE)
    .returningAll()
    .executeTakeFirst();
  return row ?? fail('connection_unusable');
}

/** Its time is over from now on; the housekeeper revokes what was granted. */
export async function cancelAttempt(tx: TenantTx, clientId: string, attemptId: string): Promise<void> {
  const attempt = await findAttempt(tx, clientId, attemptId);
  if (attempt.stage === 'confirmed') fail('not_found');
  await tx
    .updateTable('connect_attempts')
    .set({ ends_at: txNow(tx), receipt_hash: null })
    .where('agency_id', '=', attempt.agency_id)
    .where('id', '=', attempt.id)
    .execute();
}
