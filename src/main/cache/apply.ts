import type { CollectionName, ConversationRow, RowOf } from '@astrix/contract';
import type { Topic } from '../../shared/ipc.ts';
import { type AppliedBatch, type Cache, collapsed } from './api.ts';
import type { Connection } from './file.ts';
import { CLIENT_SPAN, type Keys } from './keys.ts';
import type { Outbox } from './outbox.ts';
import { overlay } from './overlay.ts';
import { allowedRow } from './rows.ts';
import { indexed } from './search.ts';
import type { CacheTime } from './time.ts';

type Batch = Parameters<Cache['apply']>[0];
type Arrived = AppliedBatch['arrived'][number];

export type Applier = ReturnType<typeof createApplier>;

/** Writes what the server sent. Every statement is prepared once; an unchanged row costs one comparison. */
export function createApplier(db: Connection, keys: Keys, outbox: Pick<Outbox, 'pendingFor'>, time: CacheTime) {
  const ms = (at: string) => Date.parse(at);
  const putClient = db.prepare(
    'insert into clients (ordinal, json) values (?, ?) on conflict (ordinal) do update set json = excluded.json',
  );
  const putPerson = db.prepare(
    'insert into people (id, json) values (?, ?) on conflict (id) do update set json = excluded.json',
  );
  const putPreference = db.prepare(
    'insert into preferences (ordinal, id, json) values (?, ?, ?) on conflict (ordinal) do update set id = excluded.id, json = excluded.json',
  );
  const putContact = db.prepare(
    'insert into contacts (id, ordinal, expires_at, json) values (?, ?, ?, ?) on conflict (id) do update set expires_at = excluded.expires_at, json = excluded.json',
  );
  const findConversation = db.prepare<[number], { json: string; shown: string | null }>(
    'select json, shown from conversations where k = ?',
  );
  const putConversation = db.prepare(
    `insert into conversations (k, ordinal, status, assignee, last_at, unread, failed, window_at, expires_at, json, shown) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     on conflict (k) do update set status = excluded.status, assignee = excluded.assignee, last_at = excluded.last_at, unread = excluded.unread, failed = excluded.failed,
       window_at = excluded.window_at, expires_at = excluded.expires_at, json = excluded.json, shown = excluded.shown`,
  );
  const dropName = db.prepare('delete from names where rowid = ?');
  const addName = db.prepare('insert into names (rowid, text) values (?, ?)');
  const findMessage = db.prepare<[string], { r: number; json: string }>('select r, json from messages where id = ?');
  // Most messages are new: the insert itself finds out, instead of a look before it.
  const addMessage = db.prepare(
    'insert into messages (r, id, k, sent_at, expires_at, json) values (?, ?, ?, ?, ?, ?) on conflict (id) do nothing',
  );
  const setMessage = db.prepare('update messages set sent_at = ?, expires_at = ?, json = ? where r = ?');
  const dropMessage = db.prepare('delete from messages where r = ?');
  const findNote = db.prepare<[string], { r: number; json: string }>('select r, json from notes where id = ?');
  const addNote = db.prepare('insert into notes (r, id, k, created_at, expires_at, json) values (?, ?, ?, ?, ?, ?)');
  const dropNote = db.prepare('delete from notes where r = ?');
  const addWords = db.prepare('insert into words (rowid, text) values (?, ?)');
  const dropWords = db.prepare('delete from words where rowid = ?');
  const keyOf = db.prepare<[string], { k: number; ordinal: number }>(
    'select k, ordinal from conversation_keys where id = ?',
  );
  const conversationAt = db.prepare<[number], { id: string; client: string }>(
    'select c.id, k.id as client from conversation_keys c join client_keys k on k.ordinal = c.ordinal where c.k = ?',
  );
  // What comes with the first pull is no news to anybody.
  const everSynced = db.prepare("select 1 from meta where key = 'synced_at'");
  const setMeta = db.prepare(
    'insert into meta (key, value) values (?, ?) on conflict (key) do update set value = excluded.value',
  );

  const settleClients = db.prepare(
    "insert or replace into meta (key, value) select 'client_ids', value from meta where key = 'client_ids_next'",
  );

  const nameRow = (ordinal: number, k: number) => ordinal * CLIENT_SPAN + k;

  /** Writes the server's row together with what it looks like under the writes that are still waiting. */
  function writeConversation(k: number, ordinal: number, row: ConversationRow, json: string): void {
    const pending = outbox.pendingFor(row.id);
    const shown = pending.length > 0 ? overlay(row, pending) : row;
    const windowAt = shown.windowExpiresAt === null ? null : ms(shown.windowExpiresAt);
    putConversation.run(
      k,
      ordinal,
      shown.status,
      shown.assigneeId,
      ms(shown.lastMessageAt),
      shown.unread,
      shown.failed,
      windowAt,
      ms(row.expiresAt),
      json,
      shown === row ? null : JSON.stringify(shown),
    );
  }

  /** False when nothing is different. */
  function changeMessage(row: RowOf<'messages'>, json: string): boolean {
    const known = findMessage.get(row.id)!;
    if (known.json === json) return false;
    setMessage.run(ms(row.sentAt), ms(row.expiresAt), json, known.r);
    if ((JSON.parse(known.json) as RowOf<'messages'>).text !== row.text) {
      dropWords.run(known.r);
      if (row.text) addWords.run(known.r, indexed(keys.ordinalFor(row.clientId), row.text));
    }
    return true;
  }

  const put: { readonly [C in CollectionName]: (row: RowOf<C>, topics: Set<Topic>, arrived: Arrived[]) => void } = {
    clients(row, topics) {
      putClient.run(keys.ordinalFor(row.id), JSON.stringify(row));
      topics.add('clients');
    },
    people(row, topics) {
      putPerson.run(row.id, JSON.stringify(row));
      topics.add('people');
    },
    notificationPreferences(row, topics) {
      putPreference.run(keys.ordinalFor(row.clientId), row.id, JSON.stringify(row));
      topics.add('clients');
    },
    contacts(row, topics) {
      putContact.run(row.id, keys.ordinalFor(row.clientId), ms(row.expiresAt), JSON.stringify(row));
      topics.add(`inbox:${row.clientId}`);
    },
    conversations(row, topics) {
      const ordinal = keys.ordinalFor(row.clientId);
      const k = keys.conversationFor(ordinal, row.id);
      const json = JSON.stringify(row);
      const known = findConversation.get(k);
      if (known?.json === json && known.shown === null) return;
      const knownName = known ? (JSON.parse(known.json) as ConversationRow).contactName : null;
      if (knownName !== row.contactName) {
        if (knownName !== null) dropName.run(nameRow(ordinal, k));
        addName.run(nameRow(ordinal, k), indexed(ordinal, row.contactName));
      }
      writeConversation(k, ordinal, row, json);
      topics.add(`inbox:${row.clientId}`);
      topics.add(`thread:${row.id}`);
      topics.add('clients');
    },
    messages(row, topics, arrived) {
      const json = JSON.stringify(row);
      const ordinal = keys.ordinalFor(row.clientId);
      const r = keys.nextRow(ordinal);
      const k = keys.conversationFor(ordinal, row.conversationId);
      if (addMessage.run(r, row.id, k, ms(row.sentAt), ms(row.expiresAt), json).changes === 0) {
        if (!changeMessage(row, json)) return;
      } else {
        if (row.text) addWords.run(r, indexed(ordinal, row.text));
        if (row.direction === 'in') arrived.push(arrivedOf(row));
      }
      topics.add(`thread:${row.conversationId}`);
    },
    notes(row, topics) {
      const json = JSON.stringify(row);
      const known = findNote.get(row.id);
      if (known?.json === json) return;
      const ordinal = keys.ordinalFor(row.clientId);
      const r = known?.r ?? keys.nextRow(ordinal);
      if (known) {
        dropNote.run(r);
        dropWords.run(r);
      }
      addNote.run(
        r,
        row.id,
        keys.conversationFor(ordinal, row.conversationId),
        ms(row.createdAt),
        ms(row.expiresAt),
        json,
      );
      addWords.run(r, indexed(ordinal, row.text));
      topics.add(`thread:${row.conversationId}`);
    },
  };

  const dropRows = {
    client: db.prepare('delete from clients where ordinal = (select ordinal from client_keys where id = ?)'),
    person: db.prepare('delete from people where id = ?'),
    preference: db.prepare('delete from preferences where id = ?'),
    contact: db.prepare('delete from contacts where id = ?'),
    conversation: db.prepare('delete from conversations where k = ?'),
  };

  const gone: { readonly [C in CollectionName]: (id: string, topics: Set<Topic>) => void } = {
    clients: (id, topics) => {
      dropRows.client.run(id);
      topics.add('clients');
    },
    people: (id, topics) => {
      dropRows.person.run(id);
      topics.add('people');
    },
    notificationPreferences: id => void dropRows.preference.run(id),
    contacts: id => void dropRows.contact.run(id),
    conversations: (id, topics) => {
      const key = keyOf.get(id);
      if (!key) return;
      dropRows.conversation.run(key.k);
      dropName.run(nameRow(key.ordinal, key.k));
      const at = conversationAt.get(key.k);
      if (at) topics.add(`inbox:${at.client}`);
      topics.add('clients');
    },
    messages: (id, topics) => dropText(findMessage.get(id), dropMessage, topics),
    notes: (id, topics) => dropText(findNote.get(id), dropNote, topics),
  };

  function dropText(known: { r: number } | undefined, drop: typeof dropMessage, topics: Set<Topic>): void {
    if (!known) return;
    drop.run(known.r);
    dropWords.run(known.r);
    topics.add('thread:*');
  }

  const apply = db.transaction((batch: Batch): AppliedBatch => {
    const topics = new Set<Topic>();
    const arrived: Arrived[] = [];
    const news = everSynced.get() !== undefined;
    for (const { c, rows } of batch.rows) {
      const write = put[c] as (row: unknown, topics: Set<Topic>, arrived: Arrived[]) => void;
      for (const raw of rows) {
        const row = allowedRow(c, raw);
        if (row) write(row, topics, arrived);
      }
    }
    for (const { c, ids } of batch.gone) for (const id of ids) gone[c](id, topics);
    if (batch.cursor !== null) {
      setMeta.run('cursor', batch.cursor);
      settleClients.run();
    }
    if (batch.done) setMeta.run('synced_at', String(time.now()));
    return { topics: collapsed(topics), arrived: news ? withNames(arrived) : [] };
  });

  function withNames(arrived: readonly Arrived[]): Arrived[] {
    const names = new Map<string, string>();
    const nameOf = (conversationId: string) => {
      const key = keyOf.get(conversationId);
      const row = key ? findConversation.get(key.k) : undefined;
      return row ? (JSON.parse(row.json) as ConversationRow).contactName : 'Customer';
    };
    return arrived.map(message => {
      const name = names.get(message.conversationId) ?? nameOf(message.conversationId);
      names.set(message.conversationId, name);
      return { ...message, contactName: name };
    });
  }

  return {
    apply(batch: Batch): AppliedBatch {
      try {
        return apply(batch);
      } catch (error) {
        keys.forget();
        throw error;
      }
    },
    /** Applies one answered row outside a pull; the caller holds the transaction. */
    putRow(c: CollectionName, raw: unknown, topics: Set<Topic>): void {
      const row = allowedRow(c, raw);
      if (row) (put[c] as (row: unknown, topics: Set<Topic>, arrived: Arrived[]) => void)(row, topics, []);
    },
    /** Lays the waiting writes over a conversation anew, after one was added, settled or refused. */
    project(conversationId: string): void {
      const key = keyOf.get(conversationId);
      const known = key ? findConversation.get(key.k) : undefined;
      if (key && known) writeConversation(key.k, key.ordinal, JSON.parse(known.json) as ConversationRow, known.json);
    },
  };
}

const arrivedOf = (row: RowOf<'messages'>): Arrived => ({
  clientId: row.clientId,
  conversationId: row.conversationId,
  messageId: row.id,
  contactName: '',
  text: row.text,
  sentAt: row.sentAt,
});
