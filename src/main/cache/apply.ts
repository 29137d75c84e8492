import type { CollectionName } from '@astrix/contract';
import { type AppliedBatch, type Cache, collapsed } from './api.ts';
import type { Connection } from './connection.ts';
import type { Keys } from './keys.ts';
import { allowedRow } from './rows.ts';
import type { Applying, Arrived } from './store.ts';
import type { Stores } from './stores.ts';
import type { CacheTime } from './time.ts';

type Batch = Parameters<Cache['apply']>[0];

export type Applier = ReturnType<typeof createApplier>;

/** Writes what the server sent. Every statement is prepared once; an unchanged row costs one comparison. */
export function createApplier(db: Connection, keys: Keys, stores: Stores, time: CacheTime) {
  // What comes with the first pull is no news to anybody.
  const everSynced = db.prepare("select 1 from meta where key = 'synced_at'");
  const setMeta = db.prepare(
    'insert into meta (key, value) values (?, ?) on conflict (key) do update set value = excluded.value',
  );
  /** What is new to this file is known to be whole with the first cursor after it. */
  const settleNext = db.prepare<[string, string]>(
    'insert or replace into meta (key, value) select ?, value from meta where key = ?',
  );

  function putRow(collection: CollectionName, raw: unknown, applying: Applying): void {
    const row = allowedRow(collection, raw);
    if (row) stores.of(collection).put(row, applying);
  }

  const apply = db.transaction((batch: Batch): AppliedBatch => {
    const applying: Applying = { topics: new Set(), arrived: [], notices: [] };
    const news = everSynced.get() !== undefined;
    for (const { c, rows } of batch.rows) for (const raw of rows) putRow(c, raw, applying);
    for (const { c, ids } of batch.gone) for (const id of ids) stores.of(c).gone(id, applying);
    if (batch.cursor !== null) {
      setMeta.run('cursor', batch.cursor);
      settleNext.run('client_ids', 'client_ids_next');
      settleNext.run('collections', 'collections_next');
    }
    if (batch.done) setMeta.run('synced_at', String(time.now()));
    const topics = collapsed(applying.topics);
    return news
      ? { topics, arrived: withNames(applying.arrived), notices: applying.notices }
      : { topics, arrived: [], notices: [] };
  });

  function withNames(arrived: readonly Arrived[]): Arrived[] {
    const names = new Map<string, string>();
    return arrived.map(message => {
      const name = names.get(message.conversationId) ?? stores.contactName(message.conversationId) ?? 'Customer';
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
    putRow: (collection: CollectionName, raw: unknown) =>
      putRow(collection, raw, { topics: new Set(), arrived: [], notices: [] }),
  };
}
