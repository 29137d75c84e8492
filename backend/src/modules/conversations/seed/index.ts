import type { DemoCast, Services } from '../../../composition/index.ts';
import { seededRandom } from '../../../kernel/seeded-random.ts';
import type { SystemTx } from '../../../platform/db/index.ts';
import { addContacts } from '../../contacts/index.ts';
import { addConversation, type DemoRows } from './conversation.ts';

/** Rows in one statement: far below the limit of parameters. */
const ROWS_PER_INSERT = 100;

/** An inbox for each client of the demo, on the channel that its connection opened. Times are relative to the clock. */
export async function seedConversations(
  { clock }: Pick<Services, 'clock'>,
  tx: SystemTx,
  cast: DemoCast,
): Promise<void> {
  for (const [n, client] of cast.clients.entries()) {
    const threads = cast.threadsOf(client, clock.now());
    if (threads.length === 0) continue;
    const rows: DemoRows = { contacts: [], conversations: [], messages: [], notes: [] };
    const channelId = await channelOf(tx, client.connectionId);
    const around = { agencyId: cast.agency.id, client, channelId, random: seededRandom(4700 + n) };
    for (const thread of threads) addConversation(rows, around, thread);
    await addContacts(tx, rows.contacts);
    for (const some of chunks(rows.conversations)) await tx.insertInto('conversations').values(some).execute();
    for (const some of chunks(rows.messages)) await tx.insertInto('messages').values(some).execute();
    for (const some of chunks(rows.notes)) await tx.insertInto('notes').values(some).execute();
  }
}

const chunks = <R>(rows: readonly R[]): R[][] =>
  Array.from({ length: Math.ceil(rows.length / ROWS_PER_INSERT) }, (_, n) =>
    rows.slice(n * ROWS_PER_INSERT, (n + 1) * ROWS_PER_INSERT),
  );

async function channelOf(tx: SystemTx, connectionId: string): Promise<string> {
  const channel = await tx
    .selectFrom('channels')
    .select('id')
    .where('connection_id', '=', connectionId)
    .executeTakeFirstOrThrow();
  return channel.id;
}
