import type { Connection } from './connection.ts';
import { upgradedCommand, upgradedRefusal } from './outbox-upgrade.ts';

/** Versions step by ten, to leave room; a file keeps its version in `user_version`. Forward only. `run` follows `sql` in its transaction. */
export type CacheMigration = {
  readonly version: number;
  readonly sql: string;
  readonly run?: (db: Connection) => void;
};

/** What was queued by an earlier version, in its order. A command that cannot be read could never be sent, and is left out. */
function moveOutbox(db: Connection): void {
  type Row = { place: number; state: string; attempts: number; command: string; refusal: string | null };
  const add = db.prepare(
    'insert into outbox_20 (place, id, client_id, subject, subject_id, write, state, attempts, created_at, command, refusal) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  for (const row of db
    .prepare<[], Row>('select place, state, attempts, command, refusal from outbox order by place')
    .all()) {
    const command = upgradedCommand(row.command);
    if (command === null) continue;
    const { id, clientId, subject, subjectId, write, createdAt } = command;
    const stored = JSON.stringify(command);
    const refusal = row.refusal === null ? null : JSON.stringify(upgradedRefusal(row.refusal));
    add.run(row.place, id, clientId, subject, subjectId, write, row.state, row.attempts, createdAt, stored, refusal);
  }
  db.exec(
    'drop table outbox; alter table outbox_20 rename to outbox; create index outbox_subject on outbox (subject, subject_id, place);',
  );
}

export const MIGRATIONS: readonly CacheMigration[] = [
  {
    version: 10,
    sql: `
      create table meta (key text primary key, value text not null) without rowid;

      -- A client's ordinal stands in the high bits of every row number of its messages: so a client's rows are a range.
      create table client_keys (ordinal integer primary key, id text not null unique);
      create table clients (ordinal integer primary key, json text not null, last_used_at integer);
      create table people (id text primary key, json text not null) without rowid;
      create table preferences (ordinal integer primary key, id text not null unique, json text not null);
      create table contacts (id text primary key, ordinal integer not null, expires_at integer not null, json text not null) without rowid;
      create index contacts_client on contacts (ordinal);

      create table conversation_keys (k integer primary key, id text not null unique, ordinal integer not null);
      -- \`json\` is the server's row; \`shown\` is that row with the writes of this console laid over it, where there are any.
      create table conversations (
        k integer primary key, ordinal integer not null, status text not null, assignee text, last_at integer not null, unread integer not null, failed integer not null,
        window_at integer, expires_at integer not null, json text not null, shown text
      );
      create index conversations_newest on conversations (ordinal, status, last_at desc, k, expires_at);
      create index conversations_mine on conversations (ordinal, assignee, last_at desc, k, expires_at) where status = 'open';
      create index conversations_closing on conversations (ordinal, window_at, expires_at) where status = 'open';
      create index conversations_failed on conversations (ordinal, last_at desc, k, expires_at) where failed > 0 and status = 'open';
      create index conversations_unread on conversations (ordinal, expires_at) where unread > 0 and status = 'open';
      create index conversations_expiry on conversations (expires_at);

      create table messages (r integer primary key, id text not null unique, k integer not null, sent_at integer not null, expires_at integer not null, json text not null);
      create index messages_thread on messages (k, sent_at desc, r desc);
      create index messages_expiry on messages (expires_at);
      create table notes (r integer primary key, id text not null unique, k integer not null, created_at integer not null, expires_at integer not null, json text not null);
      create index notes_thread on notes (k, created_at);
      create index notes_expiry on notes (expires_at);

      create virtual table words using fts5(text, content = '', contentless_delete = 1, detail = none, prefix = '6 7', tokenize = "unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'");
      create virtual table names using fts5(text, content = '', contentless_delete = 1, detail = none, prefix = '5 6 7', tokenize = "unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'");

      create table outbox (
        place integer primary key autoincrement, id text not null unique, client_id text not null, conversation_id text not null, kind text not null,
        state text not null, attempts integer not null default 0, created_at text not null, command text not null, refusal text
      );
      create index outbox_conversation on outbox (conversation_id, place);
      create table drafts (conversation_id text primary key, client_id text not null, text text not null, reply_to text, updated_at text not null) without rowid;
    `,
  },
  {
    // Collections share one table, and a waiting write names its declaration and its subject instead of a conversation.
    version: 20,
    sql: `
      create table rows (
        r integer primary key, collection text not null, id text not null, ordinal integer not null, at integer not null default 0, status text,
        expires_at integer not null, json text, shown text, w integer, words text, unique (collection, id)
      );
      create index rows_newest on rows (collection, ordinal, at desc, r);
      create index rows_status on rows (collection, ordinal, status, at desc, r);
      create index rows_expiry on rows (collection, expires_at);
      create index rows_words on rows (w) where w is not null;

      insert into rows (collection, id, ordinal, status, expires_at, json)
        select 'people', id, 0, iif(json_extract(json, '$.active'), 'active', 'disabled'), 9007199254740991, json from people;
      insert into rows (collection, id, ordinal, expires_at, json) select 'notificationPreferences', id, ordinal, 9007199254740991, json from preferences;
      insert into rows (collection, id, ordinal, expires_at, json) select 'contacts', id, ordinal, expires_at, json from contacts;
      drop table people;
      drop table preferences;
      drop table contacts;

      create table outbox_20 (
        place integer primary key autoincrement, id text not null unique, client_id text not null, subject text not null, subject_id text not null, write text not null,
        state text not null, attempts integer not null default 0, created_at text not null, command text not null, refusal text
      );
    `,
    run: moveOutbox,
  },
  {
    // A thread is ordered by the second and by the server's seq. Rows from before have the order in which they were shown, until the server
    // sends them again with their seq.
    version: 30,
    sql: `
      alter table messages add column second integer not null default 0;
      alter table messages add column seq integer not null default 0;
      update messages set second = sent_at / 1000, seq = shown.n, json = json_set(json, '$.seq', shown.n, '$.content', json('[]'), '$.fromPhone', json('false'))
        from (select r, row_number() over (partition by k order by sent_at, r) as n from messages) shown where shown.r = messages.r;
      drop index messages_thread;
      create index messages_thread on messages (k, second desc, seq desc);
      alter table notes add column second integer not null default 0;
      alter table notes add column seq integer not null default 0;
      update notes set second = created_at / 1000, seq = shown.n, json = json_set(json, '$.seq', shown.n)
        from (select r, row_number() over (partition by k order by created_at, r) as n from notes) shown where shown.r = notes.r;
      drop index notes_thread;
      create index notes_thread on notes (k, second desc, seq desc);
      alter table messages drop column sent_at;
      alter table notes drop column created_at;
    `,
  },
];

export const SCHEMA_VERSION = MIGRATIONS.at(-1)!.version;
