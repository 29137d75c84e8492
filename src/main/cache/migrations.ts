/** Versions step by ten, to leave room; a file keeps its version in `user_version`. Forward only. */
export type CacheMigration = { readonly version: number; readonly sql: string };

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
];

export const SCHEMA_VERSION = MIGRATIONS.at(-1)!.version;
