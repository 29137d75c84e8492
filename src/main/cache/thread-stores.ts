import { type RowOf, secondOf } from '@astrix/contract';
import type { Connection } from './connection.ts';
import { CLIENT_SPAN, type Keys } from './keys.ts';
import { indexed } from './search.ts';
import type { Arrived, Store } from './store.ts';

const ms = (at: string) => Date.parse(at);

/** What messages and notes share: rows in their client's range of row numbers, and their words in the search index. */
function createTextTable(db: Connection, table: 'messages' | 'notes') {
  const find = db.prepare<[string], { r: number; json: string }>(`select r, json from ${table} where id = ?`);
  const drop = db.prepare(`delete from ${table} where r = ?`);
  const addWords = db.prepare('insert into words (rowid, text) values (?, ?)');
  const dropWords = db.prepare('delete from words where rowid = ?');
  const forget = db.prepare(`delete from ${table} where r between ? and ?`);
  const expired = db.prepare<[number, number], { r: number }>(`select r from ${table} where expires_at <= ? limit ?`);
  const remove = (r: number): void => {
    drop.run(r);
    dropWords.run(r);
  };
  const shared = {
    gone(id, { topics }) {
      const known = find.get(id);
      if (!known) return;
      remove(known.r);
      topics.add('thread:*');
    },
    project: () => undefined,
    has(clientId, id) {
      const known = find.get(id);
      return known !== undefined && (JSON.parse(known.json) as { clientId: string }).clientId === clientId;
    },
    forget: ordinal => void forget.run(ordinal * CLIENT_SPAN, ordinal * CLIENT_SPAN + CLIENT_SPAN - 1),
    wipe: () => void db.exec(`delete from ${table}`),
    sweep(now, limit) {
      const rows = expired.all(now, limit);
      for (const { r } of rows) remove(r);
      return rows.length;
    },
  } satisfies Omit<Store, 'put'>;
  return { find, remove, addWords, dropWords, shared };
}

/** Messages have a table of their own: most are new, and the insert itself finds out, instead of a look before it. */
export function createMessageStore(db: Connection, keys: Keys): Store {
  const { find, addWords, dropWords, shared } = createTextTable(db, 'messages');
  const add = db.prepare(
    'insert into messages (r, id, k, second, seq, expires_at, json) values (?, ?, ?, ?, ?, ?, ?) on conflict (id) do nothing',
  );
  const change = db.prepare('update messages set second = ?, seq = ?, expires_at = ?, json = ? where r = ?');

  /** False when nothing is different. */
  function changeKnown(row: RowOf<'messages'>, json: string): boolean {
    const known = find.get(row.id)!;
    if (known.json === json) return false;
    change.run(secondOf(row.sentAt), row.seq || known.r, ms(row.expiresAt), json, known.r);
    if ((JSON.parse(known.json) as RowOf<'messages'>).text !== row.text) {
      dropWords.run(known.r);
      if (row.text) addWords.run(known.r, indexed(keys.ordinalFor(row.clientId), row.text));
    }
    return true;
  }

  return {
    ...shared,
    put(raw, { topics, arrived }) {
      const row = raw as RowOf<'messages'>;
      const json = JSON.stringify(row);
      const ordinal = keys.ordinalFor(row.clientId);
      const r = keys.nextRow(ordinal);
      const k = keys.conversationFor(ordinal, row.conversationId);
      if (add.run(r, row.id, k, secondOf(row.sentAt), row.seq || r, ms(row.expiresAt), json).changes === 0) {
        if (!changeKnown(row, json)) return;
      } else {
        if (row.text) addWords.run(r, indexed(ordinal, row.text));
        if (row.direction === 'in' && row.kind !== 'system') arrived.push(arrivedOf(row));
      }
      topics.add(`thread:${row.conversationId}`);
    },
  };
}

/** Internal notes, between the messages of a conversation. */
export function createNoteStore(db: Connection, keys: Keys): Store {
  const { find, remove, addWords, shared } = createTextTable(db, 'notes');
  const add = db.prepare('insert into notes (r, id, k, second, seq, expires_at, json) values (?, ?, ?, ?, ?, ?, ?)');
  return {
    ...shared,
    put(raw, { topics }) {
      const row = raw as RowOf<'notes'>;
      const json = JSON.stringify(row);
      const known = find.get(row.id);
      if (known?.json === json) return;
      const ordinal = keys.ordinalFor(row.clientId);
      const r = known?.r ?? keys.nextRow(ordinal);
      if (known) remove(r);
      const k = keys.conversationFor(ordinal, row.conversationId);
      add.run(r, row.id, k, secondOf(row.createdAt), row.seq || r, ms(row.expiresAt), json);
      addWords.run(r, indexed(ordinal, row.text));
      topics.add(`thread:${row.conversationId}`);
    },
  };
}

/** What a file without a caption is called in a notification; the same words as in the list. */
const FILES: Readonly<Record<string, string>> = {
  image: 'Picture',
  video: 'Video',
  audio: 'Voice message',
  document: 'Document',
  sticker: 'Sticker',
};

const arrivedOf = (row: RowOf<'messages'>): Arrived => ({
  clientId: row.clientId,
  conversationId: row.conversationId,
  messageId: row.id,
  contactName: '',
  text: row.text || (FILES[row.kind] ?? ''),
  sentAt: row.sentAt,
  seq: row.seq,
});
