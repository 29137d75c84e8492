import type { Cache, Command, Salvaged } from './api.ts';
import { createApplier } from './apply.ts';
import type { Connection } from './connection.ts';
import { classified } from './file.ts';
import { createKeys } from './keys.ts';
import { createOutbox } from './outbox.ts';
import { createReads } from './reads.ts';
import { createSearch } from './search.ts';
import { createStores } from './stores.ts';
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
const MAX_DISCARDED = 50;

export function createEngine(db: Connection, options: EngineOptions): CacheEngine {
  const keys = createKeys(db);
  const outbox = createOutbox(db);
  const time = createCacheTime(db, options.wallClock, options.readonly);
  const reads = createReads(db, keys, outbox, time);
  const search = createSearch(db, keys, time);
  if (options.readonly) return { ...(reads as unknown as CacheEngine), ...search };

  const stores = createStores(db, keys, outbox);
  const applier = createApplier(db, keys, stores, time);
  const setDraft = db.prepare(
    'insert into drafts (conversation_id, client_id, text, reply_to, updated_at) values (?, ?, ?, ?, ?) on conflict (conversation_id) do update set text = excluded.text, reply_to = excluded.reply_to, updated_at = excluded.updated_at',
  );
  const dropDraft = db.prepare('delete from drafts where conversation_id = ?');
  const touch = db.prepare('update clients set last_used_at = ? where ordinal = ?');
  const setMeta = db.prepare(
    'insert into meta (key, value) values (?, ?) on conflict (key) do update set value = excluded.value',
  );
  const everyClient = db.prepare<[], { id: string; ordinal: number }>('select id, ordinal from client_keys');
  /** The newest discarded writes of this run, for their undo. */
  const discarded = new Map<string, Salvaged>();
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

  const project = ({ subject, subjectId }: Command) => stores.of(subject).project(subjectId);

  /** A command that is there, of that client; the pair is checked so that an id alone never reaches into another client (SH-21). */
  function commandOf(clientId: string, id: string) {
    const command = outbox.find(id);
    return command?.clientId === clientId ? command : null;
  }

  const engine: CacheEngine = {
    ...reads,
    ...search,
    hasRow: ({ collection, clientId, id }) => stores.of(collection).has(clientId, id),
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
        if (command.write === 'conversations.reply') dropDraft.run(command.subjectId);
        project(command);
      });
      return outbox.item(command.id)!;
    },
    nextCommands: limit => outbox.next(limit),
    markSending: id => void outbox.sending(id),
    postpone: id => void outbox.waiting(id),
    settle(id, answer) {
      durably(() => {
        const command = outbox.find(id);
        outbox.remove(id);
        if (answer) applier.putRow(answer.collection, answer.row);
        if (command) project(command);
      });
    },
    refuse(id, refusal) {
      durably(() => {
        const command = outbox.find(id);
        outbox.refuse(id, refusal);
        if (command) project(command);
      });
    },
    retry({ clientId, id, changes }) {
      durably(() => {
        const command = commandOf(clientId, id);
        if (command?.state !== 'refused') return;
        const { state: _state, attempts: _attempts, ...kept } = command;
        // A new key, because it is a new decision; the same message id, because it is the same message.
        const again: Command = { ...kept, id: options.newId(), args: { ...kept.args, ...changes } };
        outbox.replace(id, again);
        project(command);
      });
    },
    discard({ clientId, id }) {
      durably(() => {
        const command = commandOf(clientId, id);
        if (!command || command.state === 'sending') return;
        const item = outbox.item(id);
        const { state: _state, attempts: _attempts, ...kept } = command;
        discarded.set(id, { command: kept, refusal: item?.refusal ?? null });
        for (const old of [...discarded.keys()].slice(0, -MAX_DISCARDED)) discarded.delete(old);
        outbox.remove(id);
        project(command);
      });
    },
    restore({ clientId, id }) {
      durably(() => {
        const salvaged = discarded.get(id);
        if (salvaged?.command.clientId !== clientId) return;
        discarded.delete(id);
        outbox.add(salvaged.command);
        if (salvaged.refusal) outbox.refuse(id, salvaged.refusal);
        project(salvaged.command);
      });
      return outbox.item(id);
    },

    beginPull({ epoch, clientIds, serverTime, reset, collections }) {
      time.learn(serverTime);
      const before = reads.syncState();
      const visible = new Set(clientIds);
      const anew = reset || (before.epoch !== null && before.epoch !== epoch);
      durably(() => {
        if (anew) stores.wipe();
        else for (const { id, ordinal } of everyClient.all()) if (!visible.has(id)) stores.forgetClient(ordinal);
        setMeta.run('epoch', epoch);
        // A client that is new to this cache counts as known only with the next cursor: its rows come before that, and a cut repeats them.
        const whole = anew || before.cursor === null;
        const known = whole ? clientIds : before.clientIds.filter(id => visible.has(id));
        setMeta.run('client_ids', JSON.stringify(known));
        setMeta.run('client_ids_next', JSON.stringify(clientIds));
        // The same holds for a collection: a file that begins anew gets all of them whole.
        if (whole) setMeta.run('collections', JSON.stringify(collections));
        setMeta.run('collections_next', JSON.stringify(collections));
      });
    },
    apply: batch => applier.apply(batch),
    sweepExpired: () => db.transaction(() => stores.sweep(time.now(), SWEEP_BATCH))(),
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
