import { type DisconnectReceipt, expiresAt, type ProviderId } from '@astrix/contract';
import type { Selectable } from 'kysely';
import { fail } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import {
  type AnyTx,
  notify,
  type Schema,
  type SystemTx,
  type TenantTx,
  txNow,
  withSystem,
} from '../../platform/db/index.ts';
import { type ApiParts, tokenApiOver } from '../../providers/api.ts';
import { oauth2Flow } from '../../providers/oauth2.ts';
import type { Grant, Provider } from '../../providers/provider.ts';
import { appOf, type ConnectionsDeps } from './deps.ts';
import { emitClosed } from './events.ts';
import { nullWhenBroken, readGrant } from './grants.ts';
import { type ConnectionRow, findConnection, LIVE, manifestOf, providerOf, vaultRefOf } from './repo.ts';

export const WORK_CHANNEL = 'astrix_connections';

export type ReceiptRow = Selectable<Schema['connection_receipts']>;

/** 30 s, 1, 2, 4 … minutes, then every six hours until the provider has answered. */
const pauseSeconds = (attempts: number) => Math.min(30 * 2 ** Math.min(attempts, 12), 6 * 3600);

export const receiptView = (row: ReceiptRow): DisconnectReceipt => ({
  id: row.id,
  connectionId: row.connection_id,
  provider: row.provider as ProviderId,
  clientId: row.client_id,
  accountName: row.account_name,
  requestedBy: row.requested_by,
  localEndedAt: row.local_ended_at.toISOString(),
  revocation: row.revocation,
  revokedAt: row.revoked_at?.toISOString() ?? null,
  revokeAttempts: row.revoke_attempts,
  nextAttemptAt: row.next_at?.toISOString() ?? null,
  byHand: row.by_hand,
  keyDestroyedAt: row.key_destroyed_at?.toISOString() ?? null,
  secrets: row.secrets as string[],
  purgedRecords: row.purged,
  finishedAt: row.finished_at?.toISOString() ?? null,
});

/**
 * The end of a connection, as far as it goes at once: nothing uses it any more from the moment that this transaction stands. What is left,
 * revoking at the provider and destroying the key, is the worker's, and goes on until it is done (VT-11).
 */
export async function endConnection(tx: AnyTx, row: ConnectionRow, requestedBy: string): Promise<ReceiptRow> {
  const now = txNow(tx);
  await tx
    .updateTable('connections')
    .set({ status: 'disconnecting', fault: null })
    .where('agency_id', '=', row.agency_id)
    .where('id', '=', row.id)
    .where('status', 'in', LIVE)
    .execute();
  const { auth } = manifestOf(row);
  const receipt = await tx
    .insertInto('connection_receipts')
    .values({
      agency_id: row.agency_id,
      id: newId(now),
      connection_id: row.id,
      client_id: row.client_id,
      provider: row.provider,
      account_name: row.account_name,
      requested_by: requestedBy,
      local_ended_at: now,
      revocation: 'pending',
      revoked_at: null,
      next_at: now,
      by_hand: auth.kind === 'none' ? '' : auth.revokeByHand,
      vault_id: row.vault_id,
      key_destroyed_at: null,
      secrets: '[]',
      finished_at: null,
      expires_at: expiresAt('security-audit', now),
    })
    .onConflict(conflict => conflict.columns(['agency_id', 'connection_id']).doNothing())
    .returningAll()
    .executeTakeFirst();
  await notify(tx, WORK_CHANNEL, '');
  return receipt ?? (await findReceipt(tx, row));
}

export const findReceipt = (tx: AnyTx, row: ConnectionRow): Promise<ReceiptRow> =>
  tx
    .selectFrom('connection_receipts')
    .selectAll()
    .where('agency_id', '=', row.agency_id)
    .where('connection_id', '=', row.id)
    .executeTakeFirstOrThrow();

/**
 * A person removed the access at the provider. `by_hand` stays, which tells this from a revocation of ours. Only a receipt that asks for it
 * changes; a connection without one is `not_found`.
 */
export async function confirmRemoved(tx: TenantTx, row: ConnectionRow): Promise<ReceiptRow> {
  await tx
    .updateTable('connection_receipts')
    .set({ revocation: 'revoked', revoked_at: txNow(tx) })
    .where('agency_id', '=', row.agency_id)
    .where('connection_id', '=', row.id)
    .where('revocation', '=', 'by-hand')
    .execute();
  const receipt = await tx
    .selectFrom('connection_receipts')
    .selectAll()
    .where('agency_id', '=', row.agency_id)
    .where('connection_id', '=', row.id)
    .executeTakeFirst();
  return receipt ?? fail('not_found');
}

type Revoked = 'revoked' | 'by-hand' | 'kept' | { readonly again: number };

/** There is a way to end access at the provider from here. */
export const canRevoke = ({ manifest: { auth }, connector }: Provider): boolean =>
  auth.kind === 'oauth2' && (auth.revoke !== null || connector?.revoke !== undefined);

/** Asks the provider to forget a grant. A switch that is off does not stop this: it is how access ends. */
export async function revokeGrant(
  deps: ConnectionsDeps,
  provider: ReturnType<typeof providerOf>,
  connection: ApiParts['connection'],
  grant: Grant,
): Promise<Revoked> {
  const { manifest, connector } = provider;
  if (manifest.auth.kind !== 'oauth2' || !canRevoke(provider)) return 'by-hand';
  const app = appOf(deps, manifest);
  if (app === null) return { again: 3600 };
  const api = tokenApiOver({ egress: deps.egress, clock: deps.clock, manifest, connection, app, ending: true });
  const outcome = await (connector?.revoke ?? oauth2Flow(manifest.auth).revoke)(api, grant);
  // Not accepted any more: somebody ended it there already.
  if (outcome.kind === 'ok' || outcome.kind === 'reauth') return 'revoked';
  return { again: outcome.kind === 'retry' ? (outcome.afterSeconds ?? 0) : 0 };
}

/** Others that stand on the same sign-in: revoking at the provider would end them too. */
async function shares(
  tx: SystemTx,
  row: Pick<ConnectionRow, 'agency_id' | 'id' | 'owner_id' | 'provider'>,
): Promise<boolean> {
  if (row.owner_id === null) return false;
  const { auth } = manifestOf(row);
  const others = await tx
    .selectFrom('connections')
    .select('provider')
    .where('agency_id', '=', row.agency_id)
    .where('id', '!=', row.id)
    .where('owner_id', '=', row.owner_id)
    .where('status', 'in', LIVE)
    .execute();
  return others.some(other => {
    const theirs = manifestOf(other).auth;
    return auth.kind === 'oauth2' && theirs.kind === 'oauth2' && theirs.app === auth.app;
  });
}

/** One step of ending a connection: revoke if that is still to be done, then destroy the key and purge. Safe to repeat at any point. */
export async function finishEnding(deps: ConnectionsDeps, receipt: ReceiptRow): Promise<void> {
  const loaded = await withSystem(deps.db, 'connections', async tx => {
    const row = await findConnection(tx, receipt.agency_id, receipt.connection_id);
    if (!row) return null;
    const held = await readGrant(deps.vault, tx, vaultRefOf(row)).catch(nullWhenBroken);
    return { row, held, shared: await shares(tx, row) };
  });
  if (!loaded) return;
  const { row, held, shared } = loaded;
  const connection = {
    agencyId: row.agency_id,
    clientId: row.client_id,
    connectionId: row.id,
    actorId: receipt.requested_by,
  };
  const revoked: Revoked =
    receipt.revocation !== 'pending'
      ? receipt.revocation
      : held === null
        ? 'by-hand'
        : shared
          ? 'kept'
          : await revokeGrant(deps, providerOf(row.provider), connection, held.grant);
  await withSystem(deps.db, 'connections', async tx => {
    const now = txNow(tx);
    // Another process may have come to the end meanwhile: its receipt stands.
    const open = await tx
      .selectFrom('connection_receipts')
      .select('id')
      .where('agency_id', '=', receipt.agency_id)
      .where('id', '=', receipt.id)
      .where('finished_at', 'is', null)
      .forUpdate()
      .executeTakeFirst();
    if (!open) return;
    if (typeof revoked === 'object') {
      const seconds = Math.max(revoked.again, pauseSeconds(receipt.revoke_attempts));
      await updateReceipt(tx, receipt, {
        revoke_attempts: receipt.revoke_attempts + 1,
        next_at: new Date(now.getTime() + seconds * 1000),
      });
      return;
    }
    const shredded = await deps.vault.destroy(tx, vaultRefOf(row));
    const purged = (await purge(tx, row)) + (await emitClosed(deps.emit, tx, row, true));
    await tx
      .updateTable('connections')
      .set({
        status: 'disconnected',
        settings: JSON.stringify({ account: {}, form: {}, extras: {} }),
        granted: null,
        owner_id: null,
      })
      .where('agency_id', '=', row.agency_id)
      .where('id', '=', row.id)
      .execute();
    await updateReceipt(tx, receipt, {
      revocation: revoked,
      ...(revoked === 'revoked' ? { revoked_at: now, by_hand: '' } : {}),
      revoke_attempts: receipt.revoke_attempts + (revoked === 'revoked' ? 1 : 0),
      next_at: null,
      key_destroyed_at: shredded.destroyedAt,
      secrets: JSON.stringify(shredded.secrets),
      purged,
      finished_at: now,
    });
    await deps.audit.write(tx, {
      event: 'connection.ended',
      agencyId: row.agency_id,
      actorId: receipt.requested_by,
      sessionId: null,
      clientId: row.client_id,
      subjectType: 'connection',
      subjectId: row.id,
      detail: { provider: row.provider, revocation: revoked, secrets: shredded.secrets.length, purged },
    });
  });
}

async function updateReceipt(tx: SystemTx, receipt: ReceiptRow, change: Partial<ReceiptRow> | Record<string, unknown>) {
  await tx
    .updateTable('connection_receipts')
    .set(change as Record<string, never>)
    .where('agency_id', '=', receipt.agency_id)
    .where('id', '=', receipt.id)
    .execute();
}

/** Deletes what this module keeps of it, and answers how many rows. The call ledger stays: it lists what the credential was used for. */
async function purge(tx: SystemTx, row: ConnectionRow): Promise<number> {
  const { agency_id, id } = row;
  const deleted = [
    await tx
      .deleteFrom('connection_health')
      .where('agency_id', '=', agency_id)
      .where('connection_id', '=', id)
      .returning('agency_id')
      .execute(),
    await tx
      .deleteFrom('webhook_endpoints')
      .where('agency_id', '=', agency_id)
      .where('connection_id', '=', id)
      .returning('agency_id')
      .execute(),
  ];
  return deleted.flat().length;
}
