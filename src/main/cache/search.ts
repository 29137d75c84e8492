import type { ClientRow, ConversationRow, MessageRow, NoteRow } from '@astrix/contract';
import type { SearchHit } from '../../shared/ipc.ts';
import type { Cache } from './api.ts';
import type { Connection } from './file.ts';
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
  return (q.normalize('NFC').toLowerCase().match(WORD) ?? []).slice(0, MAX_WORDS).map(word => word.slice(0, 60));
}

/**
 * Beginnings up to this length have an index of their own; a longer one would be gathered from every client's rows before the range
 * of one is taken from it. So the index is asked for its first letters, and the rest is looked for in what it finds.
 */
const INDEXED = 5;
/** So many of what the first letters found are looked at, newest first. */
const CANDIDATES = 1000;

const matchOf = (words: readonly string[]) =>
  words
    .map((word, index) => (index === words.length - 1 ? `"${[...word].slice(0, INDEXED).join('')}"*` : `"${word}"`))
    .join(' ');

const folded = (text: string) =>
  text
    .normalize('NFD')
    .replaceAll(/(?<=\p{Script=Latin})\p{Mn}+/gu, '')
    .normalize('NFC')
    .toLowerCase();

const isIndexed = (word: string) => [...word].length <= INDEXED;

/** Whether a word of the text begins with the whole of the last one that was typed. */
function goesOn(text: string, words: readonly string[]): boolean {
  const last = words.at(-1) ?? '';
  if (isIndexed(last)) return true;
  const typed = folded(last);
  return (folded(text).match(WORD) ?? []).some(word => word.startsWith(typed));
}

/** Search as you type: names first, then messages and notes, newest first. A client is a range of row numbers, so others cost nothing. */
export function createSearch(db: Connection, keys: Keys, time: CacheTime) {
  const wordRows = db.prepare<[string, number, number, number], { rowid: number }>(
    'select rowid from words where words match ? and rowid between ? and ? order by rowid desc limit ?',
  );
  const nameRows = db.prepare<[string, number, number, number], { rowid: number }>(
    'select rowid from names where names match ? and rowid between ? and ? order by rowid desc limit ?',
  );
  const message = db.prepare<[number, number], { json: string; k: number; sent_at: number }>(
    'select json, k, sent_at from messages where r = ? and expires_at > ?',
  );
  const note = db.prepare<[number, number], { json: string; k: number; created_at: number }>(
    'select json, k, created_at from notes where r = ? and expires_at > ?',
  );
  const conversation = db.prepare<[number, number], { json: string }>(
    'select coalesce(shown, json) as json from conversations where k = ? and expires_at > ?',
  );
  const clients = db.prepare<[], { ordinal: number; json: string }>(
    'select ordinal, json from clients order by coalesce(last_used_at, 0) desc',
  );
  const client = db.prepare<[number], { json: string }>('select json from clients where ordinal = ?');

  function searchClient(ordinal: number, clientJson: string, words: readonly string[], limit: number): SearchHit[] {
    const row = JSON.parse(clientJson) as ClientRow;
    const match = matchOf(words);
    const from = ordinal * CLIENT_SPAN;
    const to = from + CLIENT_SPAN - 1;
    const now = time.now();
    const most = isIndexed(words.at(-1) ?? '') ? limit : CANDIDATES;
    const byName = firstOf(limit, nameRows.all(match, from, to, most), hit =>
      nameHit(hit.rowid - from, row, words, now),
    );
    // One letter matches nearly everything that was ever written; names are enough for it.
    const tooShort = words.length === 1 && [...words[0]!].length < 2;
    const byWord = tooShort
      ? []
      : firstOf(limit, wordRows.all(match, from, to, most), hit => wordHit(hit.rowid, row, words, now));
    // Row numbers follow the order in which this copy learned of them; a person expects the newest first.
    byWord.sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
    return [...byName, ...byWord].slice(0, limit);
  }

  function nameHit(k: number, of: ClientRow, words: readonly string[], now: number): SearchHit | null {
    const found = conversation.get(k, now);
    if (!found) return null;
    const at = JSON.parse(found.json) as ConversationRow;
    if (!goesOn(at.contactName, words)) return null;
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

  function wordHit(r: number, of: ClientRow, words: readonly string[], now: number): SearchHit | null {
    const written = message.get(r, now) ?? note.get(r, now);
    if (!written) return null;
    const row = JSON.parse(written.json) as MessageRow | NoteRow;
    if (!goesOn(row.text, words)) return null;
    const at = conversation.get(written.k, now);
    if (!at) return null;
    const { contactName } = JSON.parse(at.json) as ConversationRow;
    const when = 'sentAt' in row ? row.sentAt : row.createdAt;
    return {
      clientId: of.id,
      clientName: of.name,
      conversationId: row.conversationId,
      contactName,
      messageId: row.id,
      snippet: marked(row.text, words),
      at: when,
    };
  }

  return ({ clientId, q, limit }: Parameters<Cache['search']>[0]): SearchHit[] => {
    const words = wordsOf(q);
    if (words.length === 0) return [];
    if (clientId !== null) {
      const ordinal = keys.ordinalOf(clientId);
      const row = ordinal === null ? undefined : client.get(ordinal);
      return ordinal !== null && row ? searchClient(ordinal, row.json, words, limit) : [];
    }
    const each = Math.max(2, Math.ceil(limit / 8));
    const hits: SearchHit[] = [];
    for (const row of clients.all().slice(0, MAX_CLIENTS)) {
      hits.push(...searchClient(row.ordinal, row.json, words, each));
      if (hits.length >= limit * 3) break;
    }
    return hits.sort((a, b) => (a.at < b.at ? 1 : -1)).slice(0, limit);
  };
}

/** The first hits, and no more work than they need. */
function firstOf<R>(limit: number, rows: readonly R[], hitOf: (row: R) => SearchHit | null): SearchHit[] {
  const hits: SearchHit[] = [];
  for (const row of rows) {
    const hit = hitOf(row);
    if (hit) hits.push(hit);
    if (hits.length === limit) break;
  }
  return hits;
}

/** The text around the first match, every match between two private characters: nothing has to be parsed as markup (SH-19). */
export function marked(text: string, words: readonly string[]): string {
  const plain = text.replaceAll(/[\ue000\ue001]/g, '').replaceAll(/\s+/g, ' ');
  const lower = plain.toLowerCase();
  const first = Math.max(
    0,
    Math.min(...words.map(word => lower.indexOf(word)).filter(at => at >= 0), Number.MAX_SAFE_INTEGER),
  );
  const start = first === Number.MAX_SAFE_INTEGER ? 0 : Math.max(0, first - BEFORE);
  const cut = `${start > 0 ? '…' : ''}${plain.slice(start, start + SNIPPET)}${start + SNIPPET < plain.length ? '…' : ''}`;
  return cut
    .replaceAll(WORD, found =>
      words.some(word => found.toLowerCase().startsWith(word)) ? `${MARK_ON}${found}${MARK_OFF}` : found,
    )
    .slice(0, 400);
}
