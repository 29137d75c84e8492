import { type TenantTx, txActor, txNow } from '../db/index.ts';
import './tables.ts';

const PAGE_SIZE = 200;

/** The newest calls that were made through a connection, without their bodies. */
export const readCalls = (tx: TenantTx, connectionId: string) =>
  tx
    .selectFrom('provider_calls')
    .selectAll()
    .where('agency_id', '=', txActor(tx).agencyId)
    .where('connection_id', '=', connectionId)
    .where('expires_at', '>', txNow(tx))
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(PAGE_SIZE)
    .execute();
