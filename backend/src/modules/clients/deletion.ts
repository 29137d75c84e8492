import type { AuditTrail } from '../../platform/audit/index.ts';
import { type Db, txNow, withSystem } from '../../platform/db/index.ts';
import type { Loop } from '../../platform/loops/index.ts';
import { deleteRowsOfClient } from '../../platform/retention/index.ts';

const EVERY_SECONDS = 600;
const LEASE_SECONDS = 900;

/** Deletes clients whose time has come. The audit keeps that they were there, and when they went. */
export const deletionLoop = (db: Db, audit: AuditTrail): Loop => ({
  name: 'clients.delete',
  seconds: EVERY_SECONDS,
  leaseSeconds: LEASE_SECONDS,
  async run(signal) {
    const due = await withSystem(db, 'client-end', tx =>
      tx
        .selectFrom('clients')
        .select(['agency_id', 'id'])
        .where('delete_at', '<=', txNow(tx))
        .where('archived_at', 'is not', null)
        .orderBy('delete_at')
        .execute(),
    );
    for (const { agency_id, id } of due) {
      if (signal?.aborted || !(await deleteRowsOfClient(db, agency_id, id, signal))) return;
      await withSystem(db, 'client-end', async tx => {
        await tx.deleteFrom('clients').where('agency_id', '=', agency_id).where('id', '=', id).execute();
        await audit.write(tx, {
          ...{ event: 'client.deleted', agencyId: agency_id, actorId: null, sessionId: null },
          ...{ subjectType: 'client', subjectId: id },
        });
      });
    }
  },
});
