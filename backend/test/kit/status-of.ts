import { withSystem } from '../../src/platform/db/index.ts';
import type { World } from '../world.ts';

/**
 * The status of a message as it is stored. A test that waits asks here and not a route: the clock of the world stands still meanwhile, so the
 * rate limit of a route would refuse whoever asks often.
 */
export const statusOf = ({ db }: World, messageId: string): Promise<string | undefined> =>
  withSystem(db, 'telemetry', async tx => {
    const row = await tx.selectFrom('messages').select('status').where('id', '=', messageId).executeTakeFirst();
    return row?.status;
  });
