import type { ConversationRow } from '@astrix/contract';
import type { Connection } from './connection.ts';
import { CLIENT_SPAN, type Keys } from './keys.ts';
import type { Outbox } from './outbox.ts';
import { overlaid } from './overlay.ts';
import { indexed } from './search.ts';
import type { Store } from './store.ts';

const nameRow = (ordinal: number, k: number) => ordinal * CLIENT_SPAN + k;
const ms = (at: string) => Date.parse(at);

/** Conversations have a table of their own: each filter of the inbox is one range of one index. */
export function createConversationStore(
  db: Connection,
  keys: Keys,
  outbox: Pick<Outbox, 'pendingFor'>,
): Store & { readonly contactName: (id: string) => string | null } {
  const find = db.prepare<[number], { json: string; shown: string | null }>(
    'select json, shown from conversations where k = ?',
  );
  const put = db.prepare(
    `insert into conversations (k, ordinal, status, assignee, last_at, unread, failed, window_at, expires_at, json, shown) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     on conflict (k) do update set status = excluded.status, assignee = excluded.assignee, last_at = excluded.last_at, unread = excluded.unread, failed = excluded.failed,
       window_at = excluded.window_at, expires_at = excluded.expires_at, json = excluded.json, shown = excluded.shown`,
  );
  const drop = db.prepare('delete from conversations where k = ?');
  const dropName = db.prepare('delete from names where rowid = ?');
  const addName = db.prepare('insert into names (rowid, text) values (?, ?)');
  const keyOf = db.prepare<[string], { k: number; ordinal: number }>(
    'select k, ordinal from conversation_keys where id = ?',
  );
  const clientOf = db.prepare<[number], { client: string }>(
    'select k.id as client from conversation_keys c join client_keys k on k.ordinal = c.ordinal where c.k = ?',
  );
  const forget = db.prepare('delete from conversations where ordinal = ?');
  const expired = db.prepare<[number, number], { k: number; ordinal: number }>(
    'select k, ordinal from conversations where expires_at <= ? limit ?',
  );

  /** Writes the server's row together with what it looks like under the writes that are still waiting. */
  function write(k: number, ordinal: number, row: ConversationRow, json: string): void {
    const pending = outbox.pendingFor('conversations', row.id);
    const shown = pending.length > 0 ? overlaid(row, pending) : row;
    put.run(
      k,
      ordinal,
      shown.status,
      shown.assigneeId,
      ms(shown.lastMessageAt),
      shown.unread,
      shown.failed,
      shown.windowExpiresAt === null ? null : ms(shown.windowExpiresAt),
      ms(row.expiresAt),
      json,
      shown === row ? null : JSON.stringify(shown),
    );
  }

  return {
    put(raw, { topics }) {
      const row = raw as ConversationRow;
      const ordinal = keys.ordinalFor(row.clientId);
      const k = keys.conversationFor(ordinal, row.id);
      const json = JSON.stringify(row);
      const known = find.get(k);
      if (known?.json === json && known.shown === null) return;
      const knownName = known ? (JSON.parse(known.json) as ConversationRow).contactName : null;
      if (knownName !== row.contactName) {
        if (knownName !== null) dropName.run(nameRow(ordinal, k));
        addName.run(nameRow(ordinal, k), indexed(ordinal, row.contactName));
      }
      write(k, ordinal, row, json);
      topics.add(`inbox:${row.clientId}`);
      topics.add(`thread:${row.id}`);
      topics.add('clients');
    },
    gone(id, { topics }) {
      const key = keyOf.get(id);
      if (!key) return;
      drop.run(key.k);
      dropName.run(nameRow(key.ordinal, key.k));
      const at = clientOf.get(key.k);
      if (at) topics.add(`inbox:${at.client}`);
      topics.add('clients');
    },
    project(id) {
      const key = keyOf.get(id);
      const known = key ? find.get(key.k) : undefined;
      if (key && known) write(key.k, key.ordinal, JSON.parse(known.json) as ConversationRow, known.json);
    },
    has(clientId, id) {
      const k = clientId === null ? null : keys.conversationOf(clientId, id);
      return k !== null && find.get(k) !== undefined;
    },
    forget: ordinal => void forget.run(ordinal),
    wipe: () => void db.exec('delete from conversations; delete from conversation_keys'),
    sweep(now, limit) {
      const rows = expired.all(now, limit);
      for (const { k, ordinal } of rows) {
        dropName.run(nameRow(ordinal, k));
        drop.run(k);
      }
      return rows.length;
    },
    contactName(id) {
      const key = keyOf.get(id);
      const row = key ? find.get(key.k) : undefined;
      return row ? (JSON.parse(row.json) as ConversationRow).contactName : null;
    },
  };
}
