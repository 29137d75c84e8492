import type { Capability, CapabilityKind, Fault } from '@astrix/contract';
import { sql } from 'kysely';
import { type SystemTx, txNow } from '../../platform/db/index.ts';

type Of = {
  readonly agencyId: string;
  readonly connectionId: string;
  readonly capability: Capability;
  readonly kind: CapabilityKind;
};

/** What came of the last use of one capability: null is a success. A failure keeps when it last worked. */
export async function recordHealth(
  tx: SystemTx,
  { agencyId, connectionId, capability, kind }: Of,
  fault: Fault | null,
) {
  const now = txNow(tx);
  const change = fault === null ? { ok_at: now, fault: null } : { failed_at: now, fault: JSON.stringify(fault) };
  await tx
    .insertInto('connection_health')
    .values({
      agency_id: agencyId,
      connection_id: connectionId,
      capability,
      kind,
      ok_at: null,
      failed_at: null,
      ...change,
    })
    .onConflict(conflict => conflict.columns(['agency_id', 'connection_id', 'capability', 'kind']).doUpdateSet(change))
    .execute();
}

/** It was used, and it worked. Of one that ended in between nothing is kept; a minute is fine enough for people. */
export async function recordSuccess(
  tx: SystemTx,
  connectionId: string,
  capability: Capability,
  kind: CapabilityKind,
): Promise<void> {
  await sql`
    insert into connection_health (agency_id, connection_id, capability, kind, ok_at)
    select agency_id, id, ${capability}, ${kind}, astrix_now() from connections
    where id = ${connectionId}::uuid and status in ('active', 'broken')
    on conflict (agency_id, connection_id, capability, kind) do update set ok_at = excluded.ok_at, fault = null
    where connection_health.ok_at is null or connection_health.fault is not null
      or connection_health.ok_at < excluded.ok_at - interval '1 minute'`.execute(tx);
}

/** Consented anew, or with a new key: what failed before says nothing any more. */
export async function forgetFaults(tx: SystemTx, agencyId: string, connectionId: string): Promise<void> {
  await tx
    .updateTable('connection_health')
    .set({ fault: null })
    .where('agency_id', '=', agencyId)
    .where('connection_id', '=', connectionId)
    .execute();
}
