import type { Connection } from './connection.ts';

/** Room for eight billion messages of a client, and for a million clients, within 2^53. */
export const CLIENT_SPAN = 2 ** 33;

export type Keys = ReturnType<typeof createKeys>;

/** Short numbers in place of ids: smaller rows, smaller indexes, and a client's rows in one range. Remembered while the file is open. */
export function createKeys(db: Connection) {
  const findClient = db.prepare<[string], { ordinal: number }>('select ordinal from client_keys where id = ?');
  const addClient = db.prepare('insert into client_keys (id) values (?)');
  const findConversation = db.prepare<[string], { k: number; ordinal: number }>(
    'select k, ordinal from conversation_keys where id = ?',
  );
  const addConversation = db.prepare('insert into conversation_keys (id, ordinal) values (?, ?)');
  const lastRow = db.prepare<[{ from: number; to: number }], { last: number | null }>(
    `select max((select coalesce(max(r), 0) from messages where r between @from and @to), (select coalesce(max(r), 0) from notes where r between @from and @to),
       (select coalesce(max(w), 0) from rows where w between @from and @to)) as last`,
  );
  const ordinals = new Map<string, number>();
  const conversations = new Map<string, number>();
  const rows = new Map<number, number>();

  function ordinalOf(clientId: string): number | null {
    const known = ordinals.get(clientId) ?? findClient.get(clientId)?.ordinal;
    if (known === undefined) return null;
    ordinals.set(clientId, known);
    return known;
  }
  return {
    ordinalOf,
    ordinalFor(clientId: string): number {
      const known = ordinalOf(clientId);
      if (known !== null) return known;
      const made = Number(addClient.run(clientId).lastInsertRowid);
      ordinals.set(clientId, made);
      return made;
    },
    /** Null for a conversation that is unknown, and for one of another client: an id alone never crosses clients (SH-21). */
    conversationOf(clientId: string, conversationId: string): number | null {
      const row = findConversation.get(conversationId);
      return row && row.ordinal === ordinalOf(clientId) ? row.k : null;
    },
    conversationFor(ordinal: number, conversationId: string): number {
      const known = conversations.get(conversationId) ?? findConversation.get(conversationId)?.k;
      if (known !== undefined) {
        if (conversations.size > 200_000) conversations.clear();
        conversations.set(conversationId, known);
        return known;
      }
      const made = Number(addConversation.run(conversationId, ordinal).lastInsertRowid);
      conversations.set(conversationId, made);
      return made;
    },
    /** The next row number in a client's range; messages, notes and the search index of the common table share it. */
    nextRow(ordinal: number): number {
      const from = ordinal * CLIENT_SPAN;
      const to = from + CLIENT_SPAN - 1;
      const last = rows.get(ordinal) ?? Math.max(from, lastRow.get({ from, to })?.last ?? 0);
      rows.set(ordinal, last + 1);
      return last + 1;
    },
    /** After a rollback or a wipe nothing that was remembered can be trusted. */
    forget(): void {
      ordinals.clear();
      conversations.clear();
      rows.clear();
    },
  };
}
