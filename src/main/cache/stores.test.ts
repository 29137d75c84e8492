import { COLLECTION_NAMES, COLLECTIONS, type CollectionName, collectionOf, newId } from '@astrix/contract';
import { beforeEach, describe, expect, test } from 'vitest';
import { clientRow, id } from '../testkit/rows.ts';
import { sampleRow } from '../testkit/sample-row.ts';
import type { Connection } from './connection.ts';
import { type CacheEngine, createEngine } from './engine.ts';
import { openFile } from './file.ts';

const NOW = Date.parse('2026-11-20T06:30:00.000Z');
const HOUR = 3_600_000;
const iso = (at: number) => new Date(at).toISOString();
const [MINE, OTHER] = [id('c00', 1), id('c00', 2)];

let db: Connection;
let cache: CacheEngine;
let wall: number;
beforeEach(() => {
  wall = NOW;
  db = openFile(':memory:', null);
  cache = createEngine(db, { wallClock: () => wall, newId });
  pull([MINE, OTHER]);
  cache.apply({ rows: [{ c: 'clients', rows: [clientRow(1), clientRow(2)] }], gone: [], cursor: 'e.1.1', done: true });
});

const pull = (clientIds: string[], change: { epoch?: string; reset?: boolean } = {}) =>
  cache.beginPull({
    epoch: id('a00', 1),
    serverTime: iso(wall),
    reset: false,
    collections: COLLECTION_NAMES,
    clientIds,
    ...change,
  });
const put = (c: CollectionName, ...rows: unknown[]) =>
  cache.apply({ rows: [{ c, rows }], gone: [], cursor: null, done: false });

/** How often a text stands anywhere in the open file: rows, their projections, and what the search index answers. */
function occurrences(word: string): number {
  const tables = db
    .prepare<[], { name: string }>("select name from sqlite_master where type = 'table' and sql not like '%virtual%'")
    .all();
  const inRows = tables
    .filter(({ name }) => !/^(words|names)_|^sqlite_/.test(name))
    .flatMap(({ name }) => db.prepare<[], Record<string, unknown>>(`select * from "${name}"`).all())
    .filter(row => JSON.stringify(row).includes(word)).length;
  const hits = [MINE, OTHER, null].flatMap(clientId => [
    ...cache.search({ clientId, q: word, limit: 20 }),
    ...cache.searchRows({ clientId, q: word, limit: 20 }),
  ]).length;
  return inRows + hits;
}

/** A row of the client with `word` in it; a conversation beside what belongs to one, so that search can show it. */
function plant(name: CollectionName, clientId: string, word: string, expiresAt: number): string {
  const rowId = newId();
  const conversationId = newId();
  if (name === 'messages' || name === 'notes')
    put(
      'conversations',
      sampleRow('conversations', 'plain', { id: conversationId, clientId, expiresAt: iso(expiresAt + HOUR) }),
    );
  put(
    name,
    sampleRow(name, word, {
      id: rowId,
      clientId,
      conversationId,
      expiresAt: iso(expiresAt),
      contactName: word,
      name: word,
    }),
  );
  return rowId;
}

const expiring = COLLECTION_NAMES.filter(name => 'expiresAt' in COLLECTIONS[name].row.shape);
const ofClients = COLLECTION_NAMES.filter(name => 'clientId' in COLLECTIONS[name].row.shape);

describe.each(expiring)('LC-06: a row of %s', name => {
  test('is not read after its time, even with the clock set back, and is swept away with its words', () => {
    const rowId = plant(name, MINE, 'Kesarbai', NOW + HOUR);
    expect(occurrences('Kesarbai')).toBeGreaterThan(0);
    expect(cache.hasRow({ collection: name, clientId: MINE, id: rowId })).toBe(true);
    wall = NOW + HOUR;
    pull([MINE, OTHER]);
    wall = NOW - HOUR;
    expect(cache.search({ clientId: MINE, q: 'Kesarbai', limit: 20 })).toEqual([]);
    expect(cache.searchRows({ clientId: MINE, q: 'Kesarbai', limit: 20 })).toEqual([]);
    if (collectionOf(name).store === 'rows') {
      expect(cache.row({ collection: name, clientId: MINE, id: rowId })).toBeNull();
      expect(cache.rows({ collection: name, clientId: MINE, status: null, after: null, limit: 10 }).rows).toEqual([]);
    }
    expect(cache.sweepExpired()).toBeGreaterThan(0);
    expect(occurrences('Kesarbai')).toBe(0);
  });
});

describe.each(ofClients)('AU-08, SH-21: a row of %s', name => {
  test('of a client that this person may no longer see goes at once, and the other client keeps its own', () => {
    plant(name, MINE, 'Kesarbai', NOW + HOUR);
    const kept = plant(name, OTHER, 'Ghanshyam', NOW + HOUR);
    pull([OTHER]);
    expect(occurrences('Kesarbai')).toBe(0);
    expect(cache.hasRow({ collection: name, clientId: OTHER, id: kept })).toBe(true);
  });

  test('is neither found, read nor named from another client', () => {
    const rowId = plant(name, MINE, 'Kesarbai', NOW + HOUR);
    expect(cache.search({ clientId: OTHER, q: 'Kesarbai', limit: 20 })).toEqual([]);
    expect(cache.searchRows({ clientId: OTHER, q: 'Kesarbai', limit: 20 })).toEqual([]);
    expect(cache.hasRow({ collection: name, clientId: OTHER, id: rowId })).toBe(false);
    expect(cache.hasRow({ collection: name, clientId: MINE, id: rowId })).toBe(true);
    if (collectionOf(name).store === 'rows') {
      expect(cache.row({ collection: name, clientId: OTHER, id: rowId })).toBeNull();
      expect(cache.row({ collection: name, clientId: null, id: rowId })).toBeNull();
    }
  });

  test('is gone when the server says so, and when everything begins anew', () => {
    const first = plant(name, MINE, 'Kesarbai', NOW + HOUR);
    cache.apply({ rows: [], gone: [{ c: name, ids: [first] }], cursor: null, done: false });
    expect(occurrences('Kesarbai')).toBe(0);
    plant(name, MINE, 'Ghanshyam', NOW + HOUR);
    pull([MINE, OTHER], { epoch: id('a00', 9) });
    expect(occurrences('Ghanshyam')).toBe(0);
  });
});

test('LC-05: a key that the contract does not name, at any depth, has no place in the cache', () => {
  const message = sampleRow('messages', 'plain', { clientId: MINE, expiresAt: iso(NOW + HOUR) });
  const media = { mime: 'image/jpeg', fileName: null, bytes: 1, voice: false, buyerAddress: 'CANARY-ADDRESS' };
  put('messages', { ...message, media, buyerPhone: 'CANARY-PHONE' });
  expect(occurrences(String(message.id))).toBeGreaterThan(0);
  for (const canary of ['CANARY-ADDRESS', 'CANARY-PHONE']) expect(occurrences(canary)).toBe(0);
});

test('rows of the agency are read with no client, and by none', () => {
  put('people', sampleRow('people', 'Asha', { id: id('b00', 1) }));
  const of = { collection: 'people', status: null, after: null, limit: 10 } as const;
  expect(cache.rows({ ...of, clientId: null }).rows).toHaveLength(1);
  expect(cache.rows({ ...of, clientId: MINE }).rows).toEqual([]);
});

test('a list of the common table is read page by page, without a gap or a repetition', () => {
  put('people', ...Array.from({ length: 25 }, (_, n) => sampleRow('people', `P${n}`, { id: id('b00', n) })));
  const seen: unknown[] = [];
  let after: string | null = null;
  do {
    const page = cache.rows({ collection: 'people', clientId: null, status: 'active', after, limit: 10 });
    seen.push(...page.rows);
    after = page.next;
  } while (after !== null);
  expect(new Set(seen.map(row => (row as { id: string }).id)).size).toBe(25);
  expect(seen).toHaveLength(25);
});
