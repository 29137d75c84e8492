import { expiresAt } from '@astrix/contract';
import type { ModuleSamples } from '../../../test/kit/samples.ts';
import { newId } from '../../kernel/ids.ts';
import { txNow } from '../../platform/db/index.ts';

/** What the suites that cut across all routes send to this module. */
export const samples: ModuleSamples = {
  bodies: { 'parcels.add': () => ({ parcelId: newId(), awb: 'BD-7788', content: 'Samples' }) },
  made: ['parcelId'],
  planted: ['parcelId'],
  async plant(tx, { agencyId, clientId, mark }) {
    const id = newId();
    await tx
      .insertInto('parcels')
      .values({
        agency_id: agencyId,
        client_id: clientId,
        id,
        awb: 'BD-1',
        content: mark,
        status: 'waiting',
        updated_at: txNow(tx),
        version: 1,
        expires_at: expiresAt('temporary-file', txNow(tx)),
      })
      .execute();
    return { parcelId: id };
  },
};
