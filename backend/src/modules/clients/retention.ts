import { CLIENT_RETENTION, type ClientRetention, type ClientRow } from '@astrix/contract';
import { type AnyTx, type Db, type TenantTx, txNow, withSystem } from '../../platform/db/index.ts';
import type { Loop } from '../../platform/loops/index.ts';
import { redateRowsOfClient } from '../../platform/retention/index.ts';
import { clientRow, lockClient } from './read.ts';

const EVERY_SECONDS = 60;
const LEASE_SECONDS = 300;
/** For so long rows are looked for again: a transaction that was open when the choice was made may still add one with the old end. */
const AGAIN_SECONDS = 600;

/** Until when what a customer of the client wrote at `from` is kept. */
export async function keptUntil(tx: AnyTx, agencyId: string, clientId: string, from: Date): Promise<Date> {
  const client = await tx
    .selectFrom('clients')
    .select('retention')
    .where('agency_id', '=', agencyId)
    .where('id', '=', clientId)
    .executeTakeFirst();
  return new Date(from.getTime() + CLIENT_RETENTION[client?.retention ?? 'days-30'] * 1000);
}

/** New rows are kept by the choice from now on; those that are there follow by `redateLoop`. Answers what was chosen before as well. */
export async function setRetention(
  tx: TenantTx,
  clientId: string,
  retention: ClientRetention,
): Promise<{ readonly client: ClientRow; readonly before: ClientRetention }> {
  const before = await lockClient(tx, clientId);
  if (before.retention === retention) return { client: clientRow(before), before: retention };
  const client = await tx
    .updateTable('clients')
    .set({ retention, redate_from: txNow(tx) })
    .where('id', '=', clientId)
    .returningAll()
    .executeTakeFirstOrThrow();
  return { client: clientRow(client), before: before.retention };
}

/** Gives rows the end that was chosen for their client, in small transactions. What has begun goes on at the next run. */
export const redateLoop = (db: Db): Loop => ({
  name: 'clients.redate',
  seconds: EVERY_SECONDS,
  leaseSeconds: LEASE_SECONDS,
  async run(signal) {
    const waiting = await withSystem(db, 'client-retention', tx =>
      tx
        .selectFrom('clients')
        .select(['agency_id', 'id', 'retention', 'redate_from'])
        .where('redate_from', 'is not', null)
        .execute(),
    );
    for (const { agency_id, id, retention, redate_from } of waiting) {
      if (!(await redateRowsOfClient(db, agency_id, id, retention, signal))) return;
      await withSystem(db, 'client-retention', async tx => {
        if (txNow(tx).getTime() - redate_from!.getTime() < AGAIN_SECONDS * 1000) return;
        await tx
          .updateTable('clients')
          .set({ redate_from: null })
          .where('agency_id', '=', agency_id)
          .where('id', '=', id)
          // A choice that was made meanwhile begins its own time.
          .where('redate_from', '=', redate_from)
          .execute();
      });
    }
  },
});
