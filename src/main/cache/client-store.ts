import type { RowOf } from '@astrix/contract';
import type { Connection } from './connection.ts';
import type { Keys } from './keys.ts';
import type { Store } from './store.ts';

/** Clients have a table of their own, because each also keeps when this person last used it. */
export function createClientStore(db: Connection, keys: Keys): Store {
  const put = db.prepare(
    'insert into clients (ordinal, json) values (?, ?) on conflict (ordinal) do update set json = excluded.json',
  );
  const drop = db.prepare('delete from clients where ordinal = (select ordinal from client_keys where id = ?)');
  const find = db.prepare<[string], { ordinal: number }>(
    'select c.ordinal from clients c join client_keys k on k.ordinal = c.ordinal where k.id = ?',
  );
  const forget = db.prepare('delete from clients where ordinal = ?');
  return {
    put(raw, { topics }) {
      const row = raw as RowOf<'clients'>;
      put.run(keys.ordinalFor(row.id), JSON.stringify(row));
      topics.add('clients');
    },
    gone(id, { topics }) {
      drop.run(id);
      topics.add('clients');
    },
    project: () => undefined,
    has: (clientId, id) => (clientId === null || clientId === id) && find.get(id) !== undefined,
    forget: ordinal => void forget.run(ordinal),
    wipe: () => void db.exec('delete from clients'),
    sweep: () => 0,
  };
}
