import type { Seed, Services } from '../../../composition/index.ts';
import { seededRandom } from '../../../kernel/seeded-random.ts';
import type { SystemTx } from '../../../platform/db/index.ts';
import { seedContacts } from '../../contacts/index.ts';
import { addConversation, type DemoRows } from './conversation.ts';

const CONVERSATIONS_PER_CLIENT = 26;
/** Rows in one statement: far below the limit of parameters. */
const ROWS_PER_INSERT = 100;

/** An inbox for each client of the demo, on the channel that its connection opened. Times are relative to the clock. */
export const conversationsSeed = ({ clock }: Pick<Services, 'clock'>): Seed => ({
  after: ['connections', 'contacts'],
  async run(tx, cast) {
    for (const [n, client] of cast.clients.entries()) {
      const rows: DemoRows = { contacts: [], conversations: [], messages: [], notes: [] };
      const channelId = await channelOf(tx, client.connectionId);
      const around = { cast, client, channelId, random: seededRandom(4700 + n), now: clock.now() };
      for (let i = 0; i < CONVERSATIONS_PER_CLIENT; i++) addConversation(rows, around, i);
      await seedContacts(tx, rows.contacts);
      await tx.insertInto('conversations').values(rows.conversations).execute();
      for (let from = 0; from < rows.messages.length; from += ROWS_PER_INSERT)
        await tx
          .insertInto('messages')
          .values(rows.messages.slice(from, from + ROWS_PER_INSERT))
          .execute();
      if (rows.notes.length > 0) await tx.insertInto('notes').values(rows.notes).execute();
    }
  },
});

async function channelOf(tx: SystemTx, connectionId: string): Promise<string> {
  const channel = await tx
    .selectFrom('channels')
    .select('id')
    .where('connection_id', '=', connectionId)
    .executeTakeFirstOrThrow();
  return channel.id;
}
