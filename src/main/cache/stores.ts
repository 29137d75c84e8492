import { COLLECTION_NAMES, type CollectionName, collectionOf } from '@astrix/contract';
import { createClientStore } from './client-store.ts';
import type { Connection } from './connection.ts';
import { createConversationStore } from './conversation-store.ts';
import { CLIENT_SPAN, type Keys } from './keys.ts';
import type { Outbox } from './outbox.ts';
import { createRowsStores } from './rows-store.ts';
import type { Store } from './store.ts';
import { createMessageStore, createNoteStore } from './thread-stores.ts';

export type Stores = ReturnType<typeof createStores>;

/** A store for each collection of the contract. Forgetting, wiping and sweeping reach every collection by construction. */
export function createStores(db: Connection, keys: Keys, outbox: Pick<Outbox, 'pendingFor'>) {
  const conversations = createConversationStore(db, keys, outbox);
  const own: { readonly [C in CollectionName]?: Store } = {
    clients: createClientStore(db, keys),
    conversations,
    messages: createMessageStore(db, keys),
    notes: createNoteStore(db, keys),
  };
  const rowsStore = createRowsStores(db, keys, outbox);
  const storeFor = (name: CollectionName): Store => {
    const store = collectionOf(name).store === 'own' ? own[name] : rowsStore(name);
    if (!store)
      throw new Error(
        `The collection ${name} declares a table of its own, and src/main/cache/stores.ts has none for it.`,
      );
    return store;
  };
  const stores = new Map(COLLECTION_NAMES.map(name => [name, storeFor(name)]));
  const clearWords = ['words', 'names'].map(table =>
    db.prepare<[number, number]>(`delete from ${table} where rowid between ? and ?`),
  );

  return {
    of: (name: CollectionName): Store => stores.get(name)!,
    contactName: conversations.contactName,
    /** A client that this person may not see any more: its rows go at once, the search index included (AU-08). */
    forgetClient(ordinal: number): void {
      for (const statement of clearWords) statement.run(ordinal * CLIENT_SPAN, ordinal * CLIENT_SPAN + CLIENT_SPAN - 1);
      for (const store of stores.values()) store.forget(ordinal);
    },
    /** Everything that the server can send again; drafts and the outbox stay. */
    wipe(): void {
      for (const store of stores.values()) store.wipe();
      db.exec(
        "delete from client_keys; insert into words (words) values ('delete-all'); insert into names (names) values ('delete-all'); delete from meta where key in ('cursor', 'synced_at', 'collections')",
      );
      keys.forget();
    },
    /** Removes what expired by `now` (milliseconds), at most `limit` rows of each collection, so that no query waits for long. */
    sweep(now: number, limit: number): number {
      let swept = 0;
      for (const store of stores.values()) swept += store.sweep(now, limit);
      return swept;
    },
  };
}
