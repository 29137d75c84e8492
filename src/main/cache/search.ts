import {
  type ClientRow,
  type CollectionName,
  type ConversationRow,
  type MessageRow,
  type NoteRow,
  secondOf,
  shorten,
} from '@astrix/contract';
import type { RowHit, SearchHit } from '../../shared/ipc.ts';
import type { Cache } from './api.ts';
import type { Connection } from './connection.ts';
import { CLIENT_SPAN, type Keys } from './keys.ts';
import type { CacheTime } from './time.ts';

const MARK_ON = '\ue000';
const MARK_OFF = '\ue001';
/** Characters around the first match. */
const BEFORE = 40;
const SNIPPET = 180;
const MAX_WORDS = 8;
/** Across all clients the newest of each are taken, for so many clients at most. */
const MAX_CLIENTS = 400;

const WORD = /[\p{L}\p{N}\p{M}]+/gu;

/** What a person typed, as words; never as search syntax. The last one may be unfinished. */
export function wordsOf(q: string): string[] {
  return (q.normalize('NFC').toLowerCase().match(WORD) ?? []).slice(0, MAX_WORDS).map(word => shorten(word, 60));
}

/**
 * What goes into the index for a text of this client: every word behind the client's mark. So a word's list of rows holds those of one
 * client only, and what the others have costs nothing; a range of row numbers would be walked to from the beginning of everybody's.
 */
export function indexed(ordinal: number, text: string): string {
  const mark = markOf(ordinal);
  return text.replace(WORD, `${mark}$&`);
}

/** Four letters or digits, so that the lengths of the prefix indexes are those of the mark and two or three letters more. */
const markOf = (ordinal: number) => ordinal.toString(36).padStart(4, '0');

/** Every word as the index holds it; the last one may be unfinished. */
const matchOf = (ordinal: number, words: readonly string[]) =>
  `${words.map(word => `"${markOf(ordinal)}${word}"`).join(' ')}*`;

/** Search as you type: names first, then messages and notes, newest first. */
export function createSearch(db: Connection, keys: Keys, time: CacheTime) {
  const wordRows = db.prepare<[string, number, number, number], { rowid: number }>(
    'select rowid from words where words match ? and rowid between ? and ? order by rowid desc limit ?',
  );
  const nameRows = db.prepare<[string, number, number, number], { rowid: number }>(
    'select rowid from names where names match ? and rowid between ? and ? order by rowid desc limit ?',
  );
  const message = db.prepare<[number, number], { json: string; k: number }>(
    'select json, k from messages where r = ? and expires_at > ?',
  );
  const note = db.prepare<[number, number], { json: string; k: number }>(
    'select json, k from notes where r = ? and expires_at > ?',
  );
  const conversation = db.prepare<[number, number], { json: string }>(
    'select coalesce(shown, json) as json from conversations where k = ? and expires_at > ?',
  );
  const clients = db.prepare<[], { ordinal: number; json: string }>(
    'select ordinal, json from clients order by coalesce(last_used_at, 0) desc',
  );
  const client = db.prepare<[number], { json: string }>('select json from clients where ordinal = ?');

  const indexedRow = db.prepare<
    [number, number],
    { collection: CollectionName; id: string; words: string; at: number }
  >('select collection, id, words, at from rows where w = ? and expires_at > ?');

  function searchClient(ordinal: number, clientJson: string, words: readonly string[], limit: number): SearchHit[] {
    const row = JSON.parse(clientJson) as ClientRow;
    const match = matchOf(ordinal, words);
    // The range separates clients, not the mark: the tokenizer can cut a customer's text so that a piece equals another client's mark (SH-21).
    const from = ordinal * CLIENT_SPAN;
    const to = from + CLIENT_SPAN - 1;
    const now = time.now();
    const byName = nameRows
      .all(match, from, to, limit)
      .flatMap(hit => nameHit(hit.rowid - from, row, words, now) ?? []);
    // One letter matches nearly everything that was ever written; names are enough for it.
    const tooShort = words.length === 1 && [...words[0]!].length < 2;
    const byWord = tooShort
      ? []
      : wordRows.all(match, from, to, limit).flatMap(hit => wordHit(hit.rowid, row, words, now) ?? []);
    // Row numbers follow the order in which the rows arrived; a person expects the newest first, as in the thread.
    byWord.sort(
      (a, b) =>
        secondOf(b.hit.at) - secondOf(a.hit.at) || compare(a.hit.conversationId, b.hit.conversationId) || b.seq - a.seq,
    );
    return [...byName, ...byWord.map(({ hit }) => hit)].slice(0, limit);
  }

  function nameHit(k: number, of: ClientRow, words: readonly string[], now: number): SearchHit | null {
    const found = conversation.get(k, now);
    if (!found) return null;
    const at = JSON.parse(found.json) as ConversationRow;
    return {
      clientId: of.id,
      clientName: of.name,
      conversationId: at.id,
      contactName: at.contactName,
      messageId: null,
      snippet: marked(at.contactName, words),
      at: at.lastMessageAt,
    };
  }

  function wordHit(
    r: number,
    of: ClientRow,
    words: readonly string[],
    now: number,
  ): { seq: number; hit: SearchHit } | null {
    const written = message.get(r, now) ?? note.get(r, now);
    if (!written) return null;
    const row = JSON.parse(written.json) as MessageRow | NoteRow;
    const at = conversation.get(written.k, now);
    if (!at) return null;
    const { contactName } = JSON.parse(at.json) as ConversationRow;
    const hit = {
      clientId: of.id,
      clientName: of.name,
      conversationId: row.conversationId,
      contactName,
      messageId: row.id,
      snippet: marked(row.text, words),
      at: 'sentAt' in row ? row.sentAt : row.createdAt,
    };
    return { seq: row.seq, hit };
  }

  function searchRowsOf(ordinal: number, of: ClientRow, words: readonly string[], limit: number): RowHit[] {
    const from = ordinal * CLIENT_SPAN;
    return wordRows.all(matchOf(ordinal, words), from, from + CLIENT_SPAN - 1, limit).flatMap(hit => {
      const row = indexedRow.get(hit.rowid, time.now());
      if (!row) return [];
      const { collection, id, at } = row;
      return {
        clientId: of.id,
        clientName: of.name,
        collection,
        id,
        snippet: marked(row.words, words),
        at: at === 0 ? null : new Date(at).toISOString(),
      };
    });
  }

  /** One client's hits, or of each client a few, until there are enough. */
  function across<H>(
    { clientId, limit }: { clientId: string | null; limit: number },
    hitsOf: (ordinal: number, json: string, limit: number) => H[],
  ): H[] {
    if (clientId !== null) {
      const ordinal = keys.ordinalOf(clientId);
      const row = ordinal === null ? undefined : client.get(ordinal);
      return ordinal !== null && row ? hitsOf(ordinal, row.json, limit) : [];
    }
    const each = Math.max(2, Math.ceil(limit / 8));
    const hits: H[] = [];
    for (const row of clients.all().slice(0, MAX_CLIENTS)) {
      hits.push(...hitsOf(row.ordinal, row.json, each));
      if (hits.length >= limit * 3) break;
    }
    return hits;
  }

  return {
    search({ clientId, q, limit }: Parameters<Cache['search']>[0]): SearchHit[] {
      const words = wordsOf(q);
      if (words.length === 0) return [];
      const hits = across({ clientId, limit }, (ordinal, json, most) => searchClient(ordinal, json, words, most));
      return clientId === null ? newestFirst(hits).slice(0, limit) : hits;
    },
    /** Rows of the common table whose collection declares words. */
    searchRows({ clientId, q, limit }: Parameters<Cache['searchRows']>[0]): RowHit[] {
      const words = wordsOf(q);
      if (words.length === 0) return [];
      return across({ clientId, limit }, (ordinal, json, most) =>
        searchRowsOf(ordinal, JSON.parse(json) as ClientRow, words, most),
      ).slice(0, limit);
    },
  };
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** Stable: hits of one client keep their order within a second. */
const newestFirst = (hits: readonly SearchHit[]) => hits.toSorted((a, b) => secondOf(b.at) - secondOf(a.at));

/** The text around the first match, every match between two private characters: nothing has to be parsed as markup (SH-19). */
export function marked(text: string, words: readonly string[]): string {
  const plain = text.replaceAll(/[\ue000\ue001]/g, '').replaceAll(/\s+/g, ' ');
  const lower = plain.toLowerCase();
  const first = Math.max(
    0,
    Math.min(...words.map(word => lower.indexOf(word)).filter(at => at >= 0), Number.MAX_SAFE_INTEGER),
  );
  const start = first === Number.MAX_SAFE_INTEGER ? 0 : shorten(plain, Math.max(0, first - BEFORE)).length;
  const shown = shorten(plain.slice(start), SNIPPET);
  const cut = `${start > 0 ? '…' : ''}${shown}${start + shown.length < plain.length ? '…' : ''}`;
  return cut.replaceAll(WORD, found =>
    words.some(word => found.toLowerCase().startsWith(word)) ? `${MARK_ON}${found}${MARK_OFF}` : found,
  );
}
