import type { ModuleSamples } from '../../../test/kit/samples.ts';
import { newId } from '../../kernel/ids.ts';
import { txNow } from '../../platform/db/index.ts';
import { addCursors, claimDue, keepOdd } from './repo.ts';

/** What the suites that cut across all routes send to this module. */
export const samples: ModuleSamples = {
  async plant(tx, { agencyId, clientId, mark }) {
    const ref = { agencyId, clientId, connectionId: newId(), provider: 'stripe' } as const;
    await addCursors(tx, ref, ['payments'], 'leave');
    const [row] = await claimDue(tx, newId(), ['payments'], 1);
    if (!row) throw new Error('the cursor that was planted is not due');
    await keepOdd(tx, row, [{ key: mark, reason: 'shape' }], []);
    await tx
      .updateTable('import_cursors')
      .set({ due_at: new Date(txNow(tx).getTime() + 86_400_000) })
      .where('agency_id', '=', agencyId)
      .where('connection_id', '=', ref.connectionId)
      .execute();
    return {};
  },
};
