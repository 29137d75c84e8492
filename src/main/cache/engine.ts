import type { Topic } from '../../shared/ipc.ts';
import type { Cache, Command } from './api.ts';
import { createApplier } from './apply.ts';
import { type Connection, classified } from './file.ts';
import { CLIENT_SPAN, createKeys } from './keys.ts';
import { createOutbox } from './outbox.ts';
import { createReads } from './reads.ts';
import { createSearch } from './search.ts';
import { createCacheTime } from './time.ts';

/** The Cache as plain synchronous functions on one connection. The worker threads serve it; tests call it directly. */
export type CacheEngine = {
  readonly [M in keyof Cache]: (...args: Parameters<Cache[M]>) => Awaited<ReturnType<Cache[M]>>;
};

export type EngineOptions = {
  readonly wallClock: () => number;
  readonly newId: () => string;
  readonly readonly?: boolean;
};

const SWEEP_BATCH = 500;

export function createEngine(db: Connection, options: EngineOptions): CacheEngine {
  const keys = createKeys(db);
  const outbox = createOutbox(db);
  const time = createCacheTime(db, options.wallClock, options.readonly);
  const reads = createReads(db, keys, outbox, time);
  const search = createSearch(db, keys, time);
  if (options.readonly) return { ...(reads as unknown as CacheEngine), search };

  const applier = createApplier(db, keys, outbox, time);
  const setDraft = db.prepare(
    'insert into drafts (conversation_id, client_id, text, reply_to, updated_at) values (?, ?, ?, ?, ?) on conflict (conversation_id) do update set text = excluded.text, reply_to = excluded.reply_to, updated_at = excluded.updated_at',
  );
  const dropDraft = db.prepare('delete from drafts where conversation_id = ?');
  const touch = db.prepare('update clients set last_used_at = ? where ordinal = ?');
  const setMeta = db.prepare(
    'insert into meta (key, value) values (?, ?) on conflict (key) do update set value = excluded.value',
  );
  const everyClient = db.prepare<[], { id: string }>('select id from client_keys');
  outbox.recover();

  /** What a person was told is kept must be on the disk before they are told (F-11). */
  function durably<T>(work: () => T): T {
    db.pragma('synchronous = FULL');
    try {
      return db.transaction(work)();
    } catch (error) {
      keys.forget();
      throw error;
    } finally {
      db.pragma('synchronous = NORMAL');
    }
  }

  /** A command that is there, of that client; the pair is checked so that an id alone never reaches into another client (SH-21). */
  function commandOf(clientId: string, id: string) {
    const command = outbox.find(id);
    return command?.clientId === clientId ? command : null;
  }

  const engine: CacheEngine = {
    ...reads,
    search,
    setDraft({ clientId, conversationId, text, replyToId }) {
      durably(() => {
        if (text === '' && replyToId === null) dropDraft.run(conversationId);
        else setDraft.run(conversationId, clientId, text, replyToId, new Date(options.wallClock()).toISOString());
      });
    },
    touchClient: clientId => void touch.run(options.wallClock(), keys.ordinalOf(clientId) ?? -1),

    enqueue(command) {
      durably(() => {
        outbox.add(command);
        if (command.kind === 'reply') dropDraft.run(command.conversationId);
        applier.project(command.conversationId);
      });
      return outbox.list(command.clientId).find(item => item.id === command.id)!;
    },
    nextCommands: limit => outbox.next(limit),
    markSending: id => void outbox.sending(id),
    postpone: id => void outbox.waiting(id),
    settle(id, answer) {
      durably(() => {
        const command = outbox.find(id);
        outbox.remove(id);
        const topics = new Set<Topic>();
        if (answer) applier.putRow(answer.collection, answer.row, topics);
        if (command) applier.project(command.conversationId);
      });
    },
    refuse(id, refusal) {
      durably(() => {
        const command = outbox.find(id);
        outbox.refuse(id, refusal);
        if (command) applier.project(command.conversationId);
      });
    },
    retry({ clientId, id, seenInboundId }) {
      durably(() => {
        const command = commandOf(clientId, id);
        if (command?.state !== 'refused') return;
        const { state: _state, attempts: _attempts, ...kept } = command;
        // A new key, because it is a new decision; the same message id, because it is the same message.
        const again = { ...kept, id: options.newId(), ...(kept.kind === 'reply' ? { seenInboundId } : {}) } as Command;
        outbox.replace(id, again);
        applier.project(command.conversationId);
      });
    },
    discard({ clientId, id }) {
      durably(() => {
        const command = commandOf(clientId, id);
        if (!command || command.state === 'sending') return;
        outbox.remove(id);
        applier.project(command.conversationId);
      });
    },

    beginPull({ epoch, clientIds, serverTime, reset }) {
      time.learn(serverTime);
      const before = reads.syncState();
      const visible = new Set(clientIds);
      const anew = reset || (before.epoch !== null && before.epoch !== epoch);
      durably(() => {
        if (anew) forgetRows(db, keys);
        else for (const { id } of everyClient.all()) if (!visible.has(id)) forgetClient(db, keys.ordinalOf(id));
        setMeta.run('epoch', epoch);
        // One that is new to this copy counts as known only with the next cursor: all its rows come before that, and a cut repeats them.
        const whole = anew || before.cursor === null;
        const known = whole ? clientIds : before.clientIds.filter(id => visible.has(id));
        setMeta.run('client_ids', JSON.stringify(known));
        setMeta.run('client_ids_next', JSON.stringify(clientIds));
      });
    },
    apply: batch => applier.apply(batch),
    sweepExpired: () => sweep(db, time.now()),
    close: () => {
      try {
        db.pragma('optimize');
      } catch {
        // A damaged file or a full disk: closing it matters more.
      }
      db.close();
    },
  };
  return Object.fromEntries(
    Object.entries(engine).map(([name, method]) => [
      name,
      (...args: never[]) => classified(() => (method as (...args: never[]) => unknown)(...args)),
    ]),
  ) as unknown as CacheEngine;
}

/** Everything that the server can send again; drafts and the outbox stay. */
function forgetRows(db: Connection, keys: { forget: () => void }): void {
  for (const table of [
    'clients',
    'people',
    'preferences',
    'contacts',
    'conversations',
    'messages',
    'notes',
    'conversation_keys',
    'client_keys',
  ])
    db.exec(`delete from ${table}`);
  db.exec(
    "insert into words (words) values ('delete-all'); insert into names (names) values ('delete-all'); delete from meta where key in ('cursor', 'synced_at')",
  );
  keys.forget();
}

/** A client that this person may not see any more: its rows go at once, words included (AU-08). What they had queued for it is refused by the server. */
function forgetClient(db: Connection, ordinal: number | null): void {
  if (ordinal === null) return;
  const from = ordinal * CLIENT_SPAN;
  const to = from + CLIENT_SPAN - 1;
  for (const table of ['messages', 'notes']) db.prepare(`delete from ${table} where r between ? and ?`).run(from, to);
  for (const table of ['words', 'names']) db.prepare(`delete from ${table} where rowid between ? and ?`).run(from, to);
  for (const table of ['conversations', 'contacts', 'preferences', 'clients'])
    db.prepare(`delete from ${table} where ordinal = ?`).run(ordinal);
}

/** Removes what has expired, a little at a time, so that nobody waits for it. How many rows went. */
function sweep(db: Connection, now: number): number {
  let swept = 0;
  db.transaction(() => {
    for (const table of ['messages', 'notes']) {
      const rows = db
        .prepare<[number, number], { r: number }>(`select r from ${table} where expires_at <= ? limit ?`)
        .all(now, SWEEP_BATCH);
      for (const { r } of rows) {
        db.prepare('delete from words where rowid = ?').run(r);
        db.prepare(`delete from ${table} where r = ?`).run(r);
      }
      swept += rows.length;
    }
    const conversations = db
      .prepare<[number, number], { k: number; ordinal: number }>(
        'select k, ordinal from conversations where expires_at <= ? limit ?',
      )
      .all(now, SWEEP_BATCH);
    for (const { k, ordinal } of conversations) {
      db.prepare('delete from names where rowid = ?').run(ordinal * CLIENT_SPAN + k);
      db.prepare('delete from conversations where k = ?').run(k);
    }
    swept += conversations.length + db.prepare('delete from contacts where expires_at <= ?').run(now).changes;
  })();
  return swept;
}
