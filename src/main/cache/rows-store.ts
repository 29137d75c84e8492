import { type AccountNoticeRow, type CollectionName, collectionOf } from '@astrix/contract';
import type { Topic } from '../../shared/ipc.ts';
import type { Connection } from './connection.ts';
import { CLIENT_SPAN, type Keys } from './keys.ts';
import type { Outbox } from './outbox.ts';
import { createsRow, overlaid } from './overlay.ts';
import { indexed } from './search.ts';
import type { Store } from './store.ts';

/** Ordinal of the agency's own rows; no client has it. */
export const AGENCY = 0;
/** Expiry of a row that no clock ends. */
export const NEVER = Number.MAX_SAFE_INTEGER;

type Known = {
  r: number;
  json: string | null;
  shown: string | null;
  ordinal: number;
  w: number | null;
  words: string | null;
};
type Plain = { readonly id: string; readonly clientId?: string; readonly expiresAt?: string };

/** Views that show a collection of the common table beside their own rows. */
const ALSO_SHOWN_IN: { readonly [C in CollectionName]?: Topic } = { notificationPreferences: 'clients' };

/** The common table: any collection that declares `store: 'rows'`, without a line of code of its own. */
export function createRowsStores(db: Connection, keys: Keys, outbox: Pick<Outbox, 'pendingFor'>) {
  const find = db.prepare<[string, string], Known>(
    'select r, json, shown, ordinal, w, words from rows where collection = ? and id = ?',
  );
  const put = db.prepare(
    `insert into rows (collection, id, ordinal, at, status, expires_at, json, shown, w, words) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     on conflict (collection, id) do update set ordinal = excluded.ordinal, at = excluded.at, status = excluded.status,
       expires_at = excluded.expires_at, json = excluded.json, shown = excluded.shown, w = excluded.w, words = excluded.words`,
  );
  const drop = db.prepare('delete from rows where r = ?');
  const addWords = db.prepare('insert into words (rowid, text) values (?, ?)');
  const dropWords = db.prepare('delete from words where rowid = ?');
  const forget = db.prepare<[string, number]>('delete from rows where collection = ? and ordinal = ?');
  const wipe = db.prepare<[string]>('delete from rows where collection = ?');
  const expired = db.prepare<[string, number, number], { r: number; w: number | null }>(
    'select r, w from rows where collection = ? and expires_at <= ? limit ?',
  );

  function remove(known: { r: number; w: number | null }): void {
    drop.run(known.r);
    if (known.w !== null) dropWords.run(known.w);
  }

  return (collection: CollectionName): Store => {
    const { listed, scope } = collectionOf(collection);

    /** Writes the server's row together with what it looks like under the writes that are still waiting. */
    function write(id: string, row: Plain | null, known: Known | undefined): void {
      const pending = outbox.pendingFor(collection, id);
      const base = row ?? createsRow(pending);
      if (base === null) {
        if (known) remove(known);
        return;
      }
      const shown = pending.length > 0 ? overlaid(base, pending) : base;
      const { at, status, words } = listed(shown as never);
      const clientId = (shown as Plain).clientId;
      const ordinal = scope === 'agency' || clientId === undefined ? AGENCY : keys.ordinalFor(clientId);
      const w = indexWords(known, ordinal, words);
      const expiresAt = (shown as Plain).expiresAt;
      put.run(
        collection,
        id,
        ordinal,
        at === null ? 0 : Date.parse(at),
        status,
        expiresAt === undefined ? NEVER : Date.parse(expiresAt),
        row === null ? null : JSON.stringify(row),
        shown === row ? null : JSON.stringify(shown),
        w,
        w === null ? null : words,
      );
    }

    /** The row's number in the search index; rows of the agency are not searched. */
    function indexWords(known: Known | undefined, ordinal: number, words: string | null): number | null {
      const wanted = ordinal === AGENCY || !words ? null : words;
      if (known && known.words === wanted && known.ordinal === ordinal) return known.w;
      if (known && known.w !== null) dropWords.run(known.w);
      if (wanted === null) return null;
      const w = known?.w && known.ordinal === ordinal ? known.w : keys.nextRow(ordinal);
      addWords.run(w, indexed(ordinal, wanted));
      return w;
    }

    function changed(topics: Set<Topic>, ordinal: number, clientId: string | undefined): void {
      topics.add(`rows:${collection}:${ordinal === AGENCY || clientId === undefined ? '*' : clientId}`);
      const also = ALSO_SHOWN_IN[collection];
      if (also) topics.add(also);
    }

    return {
      put(raw, { topics, notices }) {
        const row = raw as Plain;
        const known = find.get(collection, row.id);
        if (known === undefined && collection === 'accountNotices') notices.push(raw as AccountNoticeRow);
        if (known && known.shown === null && known.json === JSON.stringify(row)) return;
        write(row.id, row, known);
        changed(topics, scope === 'agency' ? AGENCY : CLIENT_SPAN, row.clientId);
      },
      gone(id, { topics }) {
        const known = find.get(collection, id);
        if (!known) return;
        remove(known);
        const { clientId } = JSON.parse(known.json ?? known.shown ?? '{}') as Partial<Plain>;
        changed(topics, known.ordinal, clientId);
      },
      project(id) {
        const known = find.get(collection, id);
        write(id, known?.json ? (JSON.parse(known.json) as Plain) : null, known);
      },
      has(clientId, id) {
        const known = find.get(collection, id);
        const ordinal = clientId === null ? AGENCY : keys.ordinalOf(clientId);
        return known !== undefined && known.ordinal === ordinal;
      },
      forget: ordinal => void forget.run(collection, ordinal),
      wipe: () => void wipe.run(collection),
      sweep(now, limit) {
        const rows = expired.all(collection, now, limit);
        for (const row of rows) remove(row);
        return rows.length;
      },
    };
  };
}
