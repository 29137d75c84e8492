import type { SystemTx } from '../../platform/db/index.ts';
import './tables.ts';

/** Who takes conversations over, and on which clients they work; null for all. */
export type Successor = { readonly personId: string; readonly clientIds: readonly string[] | null };

/**
 * Gives every conversation of a person who leaves to a successor. Those of clients on which the successor does not work, and all of them
 * without one, are assigned to nobody, so that they stand in the list of unassigned ones.
 */
export async function handOver(
  tx: SystemTx,
  agencyId: string,
  from: string,
  to: Successor | null,
): Promise<{ readonly handedOver: number; readonly unassigned: number }> {
  const theirs = (assignee: string | null) =>
    tx
      .updateTable('conversations')
      .set(column => ({ assignee_id: assignee, version: column('version', '+', 1) }))
      .where('agency_id', '=', agencyId)
      .where('assignee_id', '=', from)
      .returning('id');
  let handedOver = 0;
  if (to !== null && to.clientIds === null) handedOver = (await theirs(to.personId).execute()).length;
  else if (to !== null && to.clientIds !== null && to.clientIds.length > 0)
    handedOver = (await theirs(to.personId).where('client_id', 'in', to.clientIds).execute()).length;
  return { handedOver, unassigned: (await theirs(null).execute()).length };
}
