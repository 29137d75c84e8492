import { type RawBuilder, sql } from 'kysely';

/** A position in a thread: the second of the message or note, and `seq` within it. */
export type Position = { readonly at: Date; readonly seq: number };

/** The second of a column as the indexes of messages and notes have it. contract/conversations/order.ts says why it is a whole second. */
export const threadSecond = (column: 'sent_at' | 'created_at'): RawBuilder<unknown> =>
  sql`date_trunc('second', ${sql.ref(column)} at time zone 'UTC')`;

const at = (position: Position) =>
  sql`(date_trunc('second', ${position.at}::timestamptz at time zone 'UTC'), ${position.seq}::bigint)`;

/** Rows that stand before a position in their thread. */
export const isBefore = (column: 'sent_at' | 'created_at', position: Position) =>
  sql<boolean>`(${threadSecond(column)}, seq) < ${at(position)}`;

/** Rows that stand after a position in their thread. */
export const isAfter = (column: 'sent_at' | 'created_at', position: Position) =>
  sql<boolean>`(${threadSecond(column)}, seq) > ${at(position)}`;
