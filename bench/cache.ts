/**
 * The encrypted copy at the size of a large agency: reads beside the same engine on the same schema unencrypted, writes beside a bare
 * bulk insert of the same rows, and the ciphers side by side. `--small` runs it on a hundredth, to try the benchmark itself.
 */
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { COLLECTION_NAMES, type ConversationRow, type MessageRow, newId, secondOf } from '@astrix/contract';
import Database from 'better-sqlite3-multiple-ciphers';
import type { Connection } from '../src/main/cache/connection.ts';
import { createEngine } from '../src/main/cache/engine.ts';
import { openCache } from '../src/main/cache/index.ts';
import { CLIENT_SPAN } from '../src/main/cache/keys.ts';
import { MIGRATIONS } from '../src/main/cache/migrations.ts';
import { indexed } from '../src/main/cache/search.ts';
import { id, messageRow } from '../src/main/testkit/rows.ts';
import { batchOf, lines, rowsOf, type Size } from './cache-world.ts';
import { type Measure, OUT, percentile, publish } from './report.ts';

const { values } = parseArgs({ options: { small: { type: 'boolean', default: false } } });
const LARGE: Size = { clients: values.small ? 20 : 200, conversationsEach: values.small ? 50 : 500, messagesEach: 10 };
const FEW: Size = { ...LARGE, clients: 2 };
const LINE_ROWS = 500;
const KEY = new Uint8Array(32).fill(7);
const NOW = Date.now();
const person = id('b00', 1);
const place = join(OUT, 'cache');
rmSync(place, { recursive: true, force: true });
mkdirSync(place, { recursive: true });

/** The same pragmas and tables as the product's file, under another cipher or none. */
function openAs(path: string, cipher: string | null): Connection {
  const db = new Database(path);
  if (cipher !== null) {
    db.pragma(`cipher = '${cipher}'`);
    const raw = Buffer.from(KEY).toString('hex');
    db.pragma(cipher === 'sqlcipher' ? `key = "x'${raw}'"` : `key = 'raw:${raw}'`);
  }
  for (const pragma of ['journal_mode = WAL', 'synchronous = NORMAL', 'temp_store = MEMORY', 'cache_size = -32000'])
    db.pragma(pragma);
  db.pragma('wal_autocheckpoint = 2000');
  if (!db.prepare("select 1 from sqlite_master where name = 'meta'").get())
    for (const migration of MIGRATIONS) {
      db.exec(migration.sql);
      migration.run?.(db);
    }
  db.pragma(`user_version = ${MIGRATIONS.at(-1)!.version}`);
  return db;
}
const engineOn = (db: Connection) => createEngine(db, { wallClock: () => NOW, newId });

/** Takes one line of the stream and answers the milliseconds that it took. */
type Taker = (line: string) => number;
const timedCall = (work: () => void): number => {
  const start = performance.now();
  work();
  return performance.now() - start;
};

/** From the text of the stream to rows on disk, as the console does it. */
function byEngine(db: Connection, size: Size): Taker {
  const engine = engineOn(db);
  engine.beginPull({
    epoch: 'bench',
    clientIds: Array.from({ length: size.clients }, (_, n) => id('c00', n)),
    serverTime: new Date(NOW).toISOString(),
    reset: false,
    collections: COLLECTION_NAMES,
  });
  return line => timedCall(() => engine.apply(batchOf(line)));
}

const shownOf = (row: unknown): string => {
  const { clientId = '0', contactName, text } = row as { clientId?: string; contactName?: string; text?: string };
  return indexed(Number(clientId.slice(-6)) + 1, text ?? contactName ?? '');
};

/** The same rows into the same tables by nothing but serialising and prepared inserts: nothing parsed, checked, compared or looked up. */
function byBareInserts(db: Connection): Taker {
  const conversation = db.prepare('insert into conversations values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, null)');
  const key = db.prepare('insert into conversation_keys (id, ordinal) values (?, ?)');
  const name = db.prepare('insert into names (rowid, text) values (?, ?)');
  const message = db.prepare(
    'insert into messages (r, id, k, second, seq, expires_at, json) values (?, ?, ?, ?, ?, ?, ?)',
  );
  const words = db.prepare('insert into words (rowid, text) values (?, ?)');
  const keys = new Map<string, { k: number; ordinal: number }>();
  let next = 0;
  const write: Record<string, (row: never, json: string, words: string) => void> = {
    clients: () => undefined,
    conversations(row: ConversationRow, json, shown) {
      const ordinal = Number(row.clientId.slice(-6)) + 1;
      const k = keys.size + 1;
      keys.set(row.id, { k, ordinal });
      key.run(row.id, ordinal);
      const at = Date.parse(row.lastMessageAt);
      const end = Date.parse(row.expiresAt);
      conversation.run(k, ordinal, row.status, row.assigneeId, at, row.unread, row.failed, at, end, json);
      name.run(ordinal * CLIENT_SPAN + k, shown);
    },
    messages(row: MessageRow, json, shown) {
      const at = keys.get(row.conversationId)!;
      const r = at.ordinal * CLIENT_SPAN + ++next;
      message.run(r, row.id, at.k, secondOf(row.sentAt), row.seq, Date.parse(row.expiresAt), json);
      words.run(r, shown);
    },
  };
  return line => {
    const [batch] = batchOf(line).rows;
    const all = db.transaction(() => {
      for (const row of batch!.rows) write[batch!.c]!(row as never, JSON.stringify(row), shownOf(row));
    });
    return timedCall(all);
  };
}

/** Seconds of each taker. They take turns line by line, so that a slow moment of the machine hits all of them. */
function fill(size: Size, takers: readonly Taker[]): number[] {
  const spent = takers.map(() => 0);
  for (const line of lines(size, NOW, LINE_ROWS))
    for (const [at, take] of takers.entries()) spent[at]! += take(line) / 1000;
  return spent;
}

type Timed = { readonly p50: number; readonly p95: number; readonly max: number };
function timed(values: number[]): Timed {
  const sorted = values.toSorted((a, b) => a - b);
  return { p50: percentile(sorted, 0.5), p95: percentile(sorted, 0.95), max: sorted.at(-1)! };
}
const ms = (value: number) => `${value.toFixed(2)} ms`;

const pick = (n: number, of: number) => (n * 7919) % of;
const QUERIES = {
  inbox: (n: number, size: Size) =>
    [
      'inbox',
      { clientId: id('c00', pick(n, size.clients)), filter: 'open', personId: person, after: null, limit: 50 },
    ] as const,
  thread: (n: number, size: Size) => {
    const client = pick(n, size.clients);
    const conversationId = id('e00', client * size.conversationsEach + pick(n, size.conversationsEach));
    return ['thread', { clientId: id('c00', client), conversationId, before: null, limit: 50 }] as const;
  },
  search: (n: number, size: Size) => {
    const q = ['re', 'ref', 'refu', 'refund', 'refund sa', 'ऑर्ड', 'awb12', 'kab aay'][n % 8]!;
    return ['search', { clientId: id('c00', pick(n, size.clients)), q, limit: 30 }] as const;
  },
} as const;
type Query = keyof typeof QUERIES;

/** Both files take turns, so that a slow moment of the machine hits both; the first round warms the page cache. */
function beside(engines: readonly ReturnType<typeof engineOn>[], query: Query, sizes: readonly Size[], times: number) {
  const spent = engines.map(() => [] as number[]);
  for (let n = 0; n < times * 2; n++)
    for (const [at, engine] of engines.entries()) {
      const [method, args] = QUERIES[query](n, sizes[at]!);
      const start = performance.now();
      (engine[method] as (args: unknown) => unknown)(args);
      if (n >= times) spent[at]!.push(performance.now() - start);
    }
  return spent.map(timed);
}

const measures: Measure[] = [];
const add = (
  what: string,
  ours: string,
  peer: string,
  ratio: number | null,
  goal: string,
  held: boolean | null,
): void => void measures.push({ what, ours, peer, ratio: ratio === null ? '–' : `${ratio.toFixed(2)} ×`, goal, held });

// --- writing
const count = rowsOf(LARGE).toLocaleString('en-IN');
const secured = openAs(join(place, 'large.db'), 'aegis');
const open = openAs(join(place, 'plain.db'), null);
const bare = openAs(join(place, 'bare.db'), 'aegis');
const [applied, appliedOpen, inserted] = fill(LARGE, [
  byEngine(secured, LARGE),
  byEngine(open, LARGE),
  byBareInserts(bare),
]) as [number, number, number];
bare.close();
const rate = (seconds: number) => `${Math.round(rowsOf(LARGE) / seconds).toLocaleString('en-IN')} rows/s`;
const speed = inserted / applied;
add('apply the stream, against a bare bulk insert', rate(applied), rate(inserted), speed, '≥ 0.8 ×', speed >= 0.8);
const cost = applied / appliedOpen;
add('apply the stream, against no encryption', rate(applied), rate(appliedOpen), cost, '≤ 1.15 ×', cost <= 1.15);

// --- changed rows only
const engine = engineOn(secured);
const touched = (n: number, from: number) => ({
  rows: [
    {
      c: 'messages' as const,
      rows: Array.from({ length: n }, (_, at) => messageRow(from + at, 0, 0, NOW, { status: 'read' as const })),
    },
  ],
  gone: [] as [],
  cursor: null,
  done: false,
});
function each(n: number): number {
  const runs = Array.from({ length: 20 }, (_, at) => {
    const batch = touched(n, 20_000_000 + at * n);
    const start = performance.now();
    engine.apply(batch);
    return (performance.now() - start) / n;
  });
  return timed(runs).p50 * 1000;
}
const [ten, thousand] = [each(10), each(1000)];
add(
  'one changed row of 1 000, against one of 10',
  `${thousand.toFixed(0)} µs`,
  `${ten.toFixed(0)} µs`,
  thousand / ten,
  '≤ 1 ×',
  thousand <= ten,
);

// --- reading
const few = openAs(join(place, 'few.db'), 'aegis');
fill(FEW, [byEngine(few, FEW)]);
for (const db of [secured, open, few]) db.pragma('wal_checkpoint(truncate)');
const engines = [engine, engineOn(open), engineOn(few)];
for (const [query, what] of [
  ['inbox', 'inbox page of 50'],
  ['thread', 'thread'],
  ['search', 'search as you type'],
] as const) {
  const [ours, plain, small] = beside(engines, query, [LARGE, LARGE, FEW], 1500);
  const dearer = ours!.p95 / plain!.p95;
  add(`${what}, p95, against no encryption`, ms(ours!.p95), ms(plain!.p95), dearer, '≤ 1.15 ×', dearer <= 1.15);
  const flat = ours!.p95 / small!.p95;
  add(`${what}, p95, ${LARGE.clients} clients against 2`, ms(ours!.p95), ms(small!.p95), flat, '≤ 1.2 ×', flat <= 1.2);
}
for (const db of [secured, open, few]) db.close();

// --- as the console sees it: through the threads, while a pull writes
const path = join(place, 'large.db');
const opened: number[] = [];
for (let n = 0; n < 5; n++) {
  const start = performance.now();
  const cache = await openCache({ path, key: KEY });
  await cache.clients();
  opened.push(performance.now() - start);
  await cache.close();
}
const opening = timed(opened);
add('open the file and read the clients', ms(opening.p50), '–', null, '–', null);
const cache = await openCache({ path, key: KEY });
for (const [query, goal] of [
  ['inbox', 3],
  ['thread', 3],
  ['search', 5],
] as const) {
  const spent: number[] = [];
  for (let n = 0; n < 2000; n++) {
    const [method, args] = QUERIES[query](n, LARGE);
    const start = performance.now();
    await (cache[method] as (args: unknown) => Promise<unknown>)(args);
    if (n >= 500) spent.push(performance.now() - start);
  }
  const { p95 } = timed(spent);
  add(`${query} in main, p95`, ms(p95), '–', null, `≤ ${goal} ms`, p95 <= goal);
}
let writing = true;
const stalls: number[] = [];
const writes = (async () => {
  for (let n = 0; n < 60; n++) await cache.apply(touched(LINE_ROWS, 30_000_000 + n * LINE_ROWS));
  writing = false;
})();
for (let n = 0; writing; n++) {
  const [method, args] = QUERIES[n % 2 === 0 ? 'inbox' : 'thread'](n, LARGE);
  const start = performance.now();
  await (cache[method] as (args: unknown) => Promise<unknown>)(args);
  stalls.push(performance.now() - start);
}
await writes;
await cache.close();
const stall = timed(stalls);
add('longest query while a pull writes', ms(stall.max), `p95 ${ms(stall.p95)}`, null, '≤ 10 ms', stall.max <= 10);

// --- the choice of the cipher
const sample: Size = { clients: 20, conversationsEach: values.small ? 20 : 200, messagesEach: 10 };
for (const cipher of ['aegis', 'chacha20', 'sqlcipher', 'ascon128']) {
  const runs = [0, 1, 2].map(round => {
    const [ours, none] = [cipher, null].map(name => {
      const db = openAs(join(place, `${name ?? 'none'}-${cipher}-${round}.db`), name);
      const [write] = fill(sample, [byEngine(db, sample)]);
      db.pragma('cache_size = -2000');
      const one = engineOn(db);
      const start = performance.now();
      for (let n = 0; n < 1000; n++) one.thread(QUERIES.thread(n, sample)[1]);
      const read = performance.now() - start;
      db.close();
      return { write: write!, read };
    });
    return { write: ours!.write / none!.write, read: ours!.read / none!.read };
  });
  const write = timed(runs.map(run => run.write)).p50;
  const read = timed(runs.map(run => run.read)).p50;
  add(
    `cipher ${cipher}: write and cold read, against none`,
    `${write.toFixed(2)} × and ${read.toFixed(2)} ×`,
    '1 ×',
    null,
    'the least',
    null,
  );
}

publish({
  name: 'cache',
  title: 'The encrypted copy in the console',
  how: `${LARGE.clients} clients, ${(LARGE.clients * LARGE.conversationsEach).toLocaleString('en-IN')} conversations, ${count} rows in all with their full-text index; a file of ${Math.round(statSync(path).size / 2 ** 20)} MiB. The stream comes as NDJSON text in lines of ${LINE_ROWS} rows, one transaction each.`,
  measures,
});
rmSync(place, { recursive: true, force: true });
