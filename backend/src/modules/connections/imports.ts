import type { Capability } from '@astrix/contract';
import type { SystemTx } from '../../platform/db/index.ts';
import type { Failed } from '../../platform/egress/index.ts';
import { describeFailure } from './describe-failure.ts';
import { type ConnectionRef, refOf } from './events.ts';
import { recordHealth } from './health.ts';
import { type ConnectionRow, findConnection, isLive, LIVE, manifestOf, markBroken, markWorking } from './repo.ts';
import { isGated } from './view.ts';

/** Every connection that has not ended, of all agencies. */
export async function listLive(tx: SystemTx): Promise<ConnectionRef[]> {
  const rows = await tx.selectFrom('connections').selectAll().where('status', 'in', LIVE).orderBy('id').execute();
  return rows.map(refOf);
}

/** Holds off the end of a connection until this transaction is over. Null when it has ended already: nothing of it is kept then. */
export async function lockLive(tx: SystemTx, agencyId: string, connectionId: string): Promise<ConnectionRow | null> {
  const row = await tx
    .selectFrom('connections')
    .selectAll()
    .where('agency_id', '=', agencyId)
    .where('id', '=', connectionId)
    .where('status', 'in', LIVE)
    .forUpdate()
    .executeTakeFirst();
  return row ?? null;
}

/** Whether a capability can be read: `gated` when the scope that it takes was not granted (VT-10). */
export async function isReadable(
  tx: SystemTx,
  agencyId: string,
  connectionId: string,
  capability: Capability,
): Promise<'yes' | 'gated' | 'ended'> {
  const row = await findConnection(tx, agencyId, connectionId);
  if (!row || !isLive(row)) return 'ended';
  return isGated(manifestOf(row), capability, row.granted as string[] | null) ? 'gated' : 'yes';
}

type Imported = {
  readonly agencyId: string;
  readonly connectionId: string;
  readonly capability: Capability;
  /** Null when a page was imported. */
  readonly failed: Failed | null;
  /** Rows that the import has left aside so far; null when that did not change. */
  readonly leftAside: number | null;
};

/** Records what an import came to in the health of its connection. */
export async function recordImport(tx: SystemTx, { failed, leftAside, ...of }: Imported): Promise<void> {
  const row = await findConnection(tx, of.agencyId, of.connectionId);
  if (!row) return;
  const fault = failed && describeFailure(failed, manifestOf(row));
  await recordHealth(tx, { ...of, kind: 'read' }, fault);
  if (failed === null) await markWorking(tx, of.agencyId, of.connectionId);
  if (failed?.kind === 'reauth' && fault) await markBroken(tx, of.agencyId, of.connectionId, fault);
  if (leftAside === null) return;
  await tx
    .updateTable('connection_health')
    .set({ left_aside: leftAside })
    .where('agency_id', '=', of.agencyId)
    .where('connection_id', '=', of.connectionId)
    .where('capability', '=', of.capability)
    .where('kind', '=', 'read')
    .execute();
}
