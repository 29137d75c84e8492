import type { ProviderId, WebhookAddress } from '@astrix/contract';
import type { CalledAddress } from '../../composition/index.ts';
import { fail } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { type Secret, secret } from '../../kernel/secret.ts';
import { hmacSha256, randomToken, sha256 } from '../../platform/crypto/index.ts';
import { type SystemTx, txNow, withSystem } from '../../platform/db/index.ts';
import type { Vault } from '../../platform/vault/index.ts';
import type { ProviderWebhook } from '../../providers/provider.ts';
import type { ConnectionsDeps } from './deps.ts';
import { readKey } from './grants.ts';
import { type ConnectionRow, findConnection, isLive, manifestOf, providerOf, vaultRefOf } from './repo.ts';

/** How long what was replaced is still taken (WH-05): Stripe lets two secrets live for a day at most. */
const OVERLAP_SECONDS = 86_400;

/** Under this name the signing secret stays that was pasted before the present one. */
const oldOf = (field: string) => `${field}.old`;

/** 256 bits, made instead of kept: whoever has the database alone knows neither the address nor the token. */
const made = (vault: Vault, what: 'address' | 'token', endpointId: string): string =>
  hmacSha256(vault.namedKey('webhook/v1'), `${what}\0${endpointId}`).toString('base64url');

type Row = Pick<ConnectionRow, 'agency_id' | 'id' | 'provider'>;

type OwnWebhook = Extract<ProviderWebhook, { readonly of: 'connection' }>;

export const ownWebhook = ({ provider }: Row): OwnWebhook | null => {
  const { webhook } = providerOf(provider);
  return webhook?.of === 'connection' ? webhook : null;
};

async function add(tx: SystemTx, vault: Vault, row: Row, oldSecretUntil: Date | null): Promise<string> {
  const now = txNow(tx);
  const id = newId(now);
  await tx
    .insertInto('webhook_endpoints')
    .values({
      agency_id: row.agency_id,
      id,
      connection_id: row.id,
      hash: sha256(made(vault, 'address', id)),
      created_at: now,
      expires_at: null,
      old_secret_until: oldSecretUntil,
    })
    .execute();
  return id;
}

/** A new address, and a new token where it is ours. Those before are taken for another day; those before that no longer (WH-05). */
export async function rotateEndpoint(
  tx: SystemTx,
  { vault, publicUrl }: Pick<ConnectionsDeps, 'vault' | 'publicUrl'>,
  row: ConnectionRow,
): Promise<WebhookAddress> {
  if (!isLive(row)) fail('connection_unusable');
  const webhook =
    ownWebhook(row) ??
    fail('connection_unusable', { detail: `${manifestOf(row).name} has no address for each connection.` });
  await tx
    .deleteFrom('webhook_endpoints')
    .where('agency_id', '=', row.agency_id)
    .where('connection_id', '=', row.id)
    .where('expires_at', 'is not', null)
    .execute();
  const overlapEndsAt = new Date(txNow(tx).getTime() + OVERLAP_SECONDS * 1000);
  const before = await tx
    .updateTable('webhook_endpoints')
    .set({ expires_at: overlapEndsAt })
    .where('agency_id', '=', row.agency_id)
    .where('connection_id', '=', row.id)
    .where('expires_at', 'is', null)
    .returning('old_secret_until')
    .executeTakeFirst();
  const id = await add(tx, vault, row, before?.old_secret_until ?? null);
  return {
    url: `${publicUrl()}/webhooks/connection/${made(vault, 'address', id)}`,
    token: webhook.secret === 'ours' ? made(vault, 'token', id) : null,
    overlapEndsAt: before ? overlapEndsAt.toISOString() : null,
  };
}

/** Before a new signing secret takes the place of another: that one is still taken while the provider changes over. */
export async function keepOldSecret(
  tx: SystemTx,
  vault: Vault,
  row: ConnectionRow,
  secrets: Readonly<Record<string, Secret>>,
): Promise<void> {
  const field = ownWebhook(row)?.secret ?? '';
  const next = secrets[field];
  if (!next) return;
  const before = await vault.get(tx, vaultRefOf(row), field);
  if (before === null || before.reveal() === next.reveal()) return;
  await vault.put(tx, vaultRefOf(row), oldOf(field), before);
  await tx
    .updateTable('webhook_endpoints')
    .set({ old_secret_until: new Date(txNow(tx).getTime() + OVERLAP_SECONDS * 1000) })
    .where('agency_id', '=', row.agency_id)
    .where('connection_id', '=', row.id)
    .where('expires_at', 'is', null)
    .execute();
}

/** Signing secrets whose overlap is over are written over, so that nothing of them is left to open. */
export async function endOverlaps({ db, vault }: Pick<ConnectionsDeps, 'db' | 'vault'>): Promise<void> {
  await withSystem(db, 'connections', async tx => {
    const over = await tx
      .updateTable('webhook_endpoints')
      .set({ old_secret_until: null })
      .where('old_secret_until', '<=', txNow(tx))
      .returning(['agency_id', 'connection_id'])
      .execute();
    for (const { agency_id, connection_id } of over) {
      const row = await findConnection(tx, agency_id, connection_id);
      const field = row ? ownWebhook(row)?.secret : undefined;
      if (row && field && isLive(row)) await vault.put(tx, vaultRefOf(row), oldOf(field), secret(randomToken(32)));
    }
  });
}

type EndpointDeps = { readonly vault: Vault; readonly appSecretsFor: (name: string) => readonly Secret[] };

/** Whose address was called: the port `findCalledAddress`. */
export async function findEndpoint(tx: SystemTx, deps: EndpointDeps, address: string): Promise<CalledAddress | null> {
  const now = txNow(tx);
  const called = await tx
    .selectFrom('webhook_endpoints')
    .select(['agency_id', 'connection_id'])
    .where('hash', '=', sha256(address))
    .where(where => where.or([where('expires_at', 'is', null), where('expires_at', '>', now)]))
    .executeTakeFirst();
  const row = called && (await findConnection(tx, called.agency_id, called.connection_id));
  const webhook = row && isLive(row) ? ownWebhook(row) : null;
  if (!row || !webhook) return null;
  const endpoints = await tx
    .selectFrom('webhook_endpoints')
    .select(['id', 'old_secret_until'])
    .where('agency_id', '=', row.agency_id)
    .where('connection_id', '=', row.id)
    .where(where => where.or([where('expires_at', 'is', null), where('expires_at', '>', now)]))
    .execute();
  const all = (what: 'address' | 'token') => endpoints.map(({ id }) => secret(made(deps.vault, what, id)));
  const key = await readKey(deps.vault, tx, vaultRefOf(row), manifestOf(row));
  const fields = key?.kind === 'key' ? key.fields : {};
  const { secret: from, isLive: isLiveKey } = webhook;
  const { auth } = manifestOf(row);
  const old = endpoints.some(({ old_secret_until: until }) => until !== null && until > now)
    ? await deps.vault.get(tx, vaultRefOf(row), oldOf(from))
    : null;
  const pasted = [fields[from], old].filter(one => one !== undefined && one !== null);
  const apps = auth.kind === 'oauth2' ? deps.appSecretsFor(auth.app) : [];
  return {
    provider: row.provider as ProviderId,
    connectionId: row.id,
    webhook,
    urlSecrets: all('address'),
    secrets: from === 'ours' ? all('token') : from === 'app' ? apps : pasted,
    live: key !== null && isLiveKey ? isLiveKey(fields) : null,
  };
}
