import { type Capability, type DataGap, expiresAt } from '@astrix/contract';
import { type AnyTx, type SystemTx, txNow } from '../../platform/db/index.ts';
import type { Events } from '../../platform/events/index.ts';
import { PROVIDERS } from '../../providers/registry.ts';
import type { ConnectionRef } from '../connections/index.ts';
import { newestOf } from './newest.ts';
import './tables.ts';

/** The provider is asked again after this, unless a person asks for it earlier or the provider told of a change. */
const FRESH_SECONDS = 300;

export type KeptPreview = {
  readonly rows: readonly unknown[];
  readonly complete: boolean;
  readonly gaps: readonly DataGap[];
  readonly fetchedAt: Date;
  readonly fresh: boolean;
};

type Of = Pick<ConnectionRef, 'agencyId' | 'connectionId'>;

/** Null when nothing was read within the last day. */
export async function findPreview(
  tx: AnyTx,
  { agencyId, connectionId }: Of,
  capability: Capability,
): Promise<KeptPreview | null> {
  const now = txNow(tx);
  const kept = await tx
    .selectFrom('previews')
    .selectAll()
    .where('agency_id', '=', agencyId)
    .where('connection_id', '=', connectionId)
    .where('capability', '=', capability)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  if (!kept) return null;
  const age = (now.getTime() - kept.fetched_at.getTime()) / 1000;
  return {
    rows: kept.rows as unknown[],
    complete: kept.complete,
    gaps: kept.gaps as DataGap[],
    fetchedAt: kept.fetched_at,
    fresh: !kept.outdated && age >= 0 && age < FRESH_SECONDS,
  };
}

/** Keeps what was read in place of what was read before. */
export async function storePreview(
  tx: SystemTx,
  { agencyId, connectionId, provider, capability, found }: Events['connection.read'],
): Promise<void> {
  const now = txNow(tx);
  const { rows, complete, gaps } = newestOf(capability, PROVIDERS[provider].manifest.name, found, null);
  const values = {
    rows: JSON.stringify(rows),
    complete,
    gaps: JSON.stringify(gaps),
    fetched_at: now,
    outdated: false,
    expires_at: expiresAt('report-cache', now),
  };
  await tx
    .insertInto('previews')
    .values({ agency_id: agencyId, connection_id: connectionId, capability, ...values })
    .onConflict(conflict => conflict.columns(['agency_id', 'connection_id', 'capability']).doUpdateSet(values))
    .execute();
}

/** The next person who looks asks the provider, for one capability or for all. */
export async function markOutdated(
  tx: SystemTx,
  { agencyId, connectionId }: Of,
  capability: Capability | null,
): Promise<void> {
  await tx
    .updateTable('previews')
    .set({ outdated: true })
    .where('agency_id', '=', agencyId)
    .where('connection_id', '=', connectionId)
    .$if(capability !== null, query => query.where('capability', '=', capability))
    .execute();
}

/** Answers how many rows were deleted. */
export async function forgetPreviews(tx: SystemTx, { agencyId, connectionId }: Of): Promise<number> {
  const deleted = await tx
    .deleteFrom('previews')
    .where('agency_id', '=', agencyId)
    .where('connection_id', '=', connectionId)
    .returning('capability')
    .execute();
  return deleted.length;
}
