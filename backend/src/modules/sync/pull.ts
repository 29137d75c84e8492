import { once } from 'node:events';
import {
  COLLECTIONS,
  type CollectionName,
  isCollection,
  isOfAgency,
  roleKeeps,
  type SyncLine,
  shownTo,
} from '@astrix/contract';
import type { FastifyReply } from 'fastify';
import { type Actor, type Db, type TenantTx, txActor, txNow, withTenant } from '../../platform/db/index.ts';
import {
  type Change,
  type CollectionReaders,
  decodeCursor,
  encodeCursor,
  FEED_START,
  type FeedPosition,
  readChanges,
  readEpoch,
} from '../../platform/feed/index.ts';
import { visibleClientIds } from '../clients/index.ts';

/** Changes read in one transaction. Small enough that none is held open for long, large enough that the trips do not count. */
const BATCH = 500;

export type Pull = {
  readonly since: string | undefined;
  /** Clients that the console has not had before. */
  readonly backfill: readonly string[];
  /** What the console keeps; nothing else is sent. */
  readonly collections: readonly string[];
  /** Collections that the console has not had before. */
  readonly backfillCollections: readonly string[];
};

type Opening = { readonly epoch: string; readonly clients: string[]; readonly now: Date };

/**
 * Streams what has changed for this person, as NDJSON. Each batch is a transaction of its own, so a slow reader holds nothing open,
 * and each ends with a cursor, so a cut stream goes on where it stopped. Row-level security decides every row anew: access that was
 * taken away, and time that has run out, show at once.
 */
export async function streamPull(
  db: Db,
  readers: CollectionReaders,
  actor: Actor,
  pull: Pull,
  reply: FastifyReply,
  signal: AbortSignal,
): Promise<void> {
  const opening = await withTenant(db, actor, readOpening);
  const from = pull.since === undefined ? FEED_START : decodeCursor(audienceOf(opening, actor), pull.since);
  reply.hijack();
  const out = reply.raw;
  out.writeHead(200, {
    'content-type': 'application/x-ndjson',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-request-id': reply.request.id,
  });
  const write = async (line: string) => {
    if (!out.write(`${line}\n`)) await once(out, 'drain', { signal });
    signal.throwIfAborted();
  };
  const send = (line: SyncLine) => write(JSON.stringify(line));
  try {
    await send({
      t: 'hello',
      epoch: opening.epoch,
      personId: actor.personId,
      agencyId: actor.agencyId,
      clients: opening.clients,
      serverTime: opening.now.toISOString(),
      reset: from === null,
    });
    const start = from ?? FEED_START;
    const collections = pull.collections.filter(isCollection).filter(name => roleKeeps(actor.role, name));
    const visible = new Set(opening.clients);
    const stream = { db, readers, actor, send, write };
    if (start.xid !== '0' || start.seq !== 0) {
      const clients = pull.backfill.filter(id => visible.has(id));
      // One after the other: the changes of one client are a range of an index, those of several are read in whole and sorted each time.
      for (const client of clients) await backfill(stream, { client, collections, visible });
      const added = pull.backfillCollections.filter(isCollection).filter(name => collections.includes(name));
      if (added.length > 0) await backfill(stream, { client: null, collections: added, visible });
    }
    const cursorOf = (at: FeedPosition) => encodeCursor(audienceOf(opening, actor), at);
    const end = await streamFrom(stream, start, { client: null, collections, visible }, cursorOf);
    await send({ t: 'end', cursor: cursorOf(end) });
  } catch (error) {
    // The line is cut: the reader sees that `end` is missing and comes back with the last cursor.
    if (!signal.aborted) throw error;
  } finally {
    out.end();
  }
}

/**
 * What a cursor is good for: this database, and the part of it that the role gets. A person who changes between agency and client begins
 * anew, so that their console drops what the other role had.
 */
const audienceOf = ({ epoch }: Opening, { role }: Actor): string => (isOfAgency(role) ? epoch : `${epoch}-client`);

async function readOpening(tx: TenantTx): Promise<Opening> {
  return { epoch: await readEpoch(tx), clients: await visibleClientIds(tx), now: txNow(tx) };
}

type Send = (line: SyncLine) => Promise<void>;

type Stream = {
  readonly db: Db;
  readonly readers: CollectionReaders;
  readonly actor: Actor;
  readonly send: Send;
  /** Of a line that is JSON already. */
  readonly write: (line: string) => Promise<void>;
};

/** Which changes a stream carries; `client` null for all that the person may see. */
type Wanted = {
  readonly client: string | null;
  readonly collections: readonly CollectionName[];
  /** The clients that the console was told of. Rows of any other come when it is told of that one, whole. */
  readonly visible: ReadonlySet<string>;
};

/** What is new to this console, whole, before the cursor moves: a cut in between repeats it and changes nothing. */
async function backfill(stream: Stream, wanted: Wanted): Promise<void> {
  await streamFrom(stream, FEED_START, wanted, null);
}

async function streamFrom(
  { db, readers, actor, send, write }: Stream,
  start: FeedPosition,
  wanted: Wanted,
  cursorOf: ((at: FeedPosition) => string) | null,
): Promise<FeedPosition> {
  let at = start;
  for (;;) {
    const { changes, lines } = await withTenant(db, actor, tx => readBatch(tx, readers, at, wanted));
    for (const line of lines) await write(line);
    const last = changes.at(-1);
    if (last) {
      at = { xid: last.xid, seq: last.seq };
      if (cursorOf) await send({ t: 'cursor', cursor: cursorOf(at) });
    }
    if (changes.length < BATCH) return at;
  }
}

async function readBatch(
  tx: TenantTx,
  readers: CollectionReaders,
  since: FeedPosition,
  { client, collections, visible }: Wanted,
): Promise<{ changes: Change[]; lines: string[] }> {
  const changes = await readChanges(tx, since, BATCH, client);
  const lines: string[] = [];
  const isWanted = ({ clientId, collection }: Change) =>
    clientId === null || collection === 'clients' || visible.has(clientId);
  for (const [collection, group] of Map.groupBy(changes.filter(isWanted), change => change.collection))
    if (isCollection(collection) && collections.includes(collection))
      lines.push(...(await linesOf(tx, readers, collection, group)));
  return { changes, lines };
}

/** What was put and cannot be read any more has expired or gone: the console must drop it as well. */
async function linesOf(
  tx: TenantTx,
  readers: CollectionReaders,
  collection: CollectionName,
  group: readonly Change[],
): Promise<string[]> {
  const put = group.filter(change => change.op === 'put').map(change => change.rowId);
  const rows: readonly { readonly id: string }[] = put.length > 0 ? await readers[collection](tx, put) : [];
  const found = new Set(rows.map(row => row.id));
  const { role } = txActor(tx);
  const shown = rows.map(row => shownTo(role, COLLECTIONS[collection].row, row) as Record<string, unknown>);
  const gone = group.map(change => change.rowId).filter(id => !found.has(id));
  const lines = chunked(shown.map(row => JSON.stringify(row))).map(
    chunk => `{"t":"rows","c":"${collection}","rows":[${chunk.join(',')}]}`,
  );
  const left = { t: 'gone', c: collection, ids: gone } satisfies SyncLine;
  return gone.length > 0 ? [...lines, JSON.stringify(left)] : lines;
}

/** Characters of one line. A reader keeps a whole line in memory, and gives a stream up whose line does not end. */
const LINE_LENGTH = 1_048_576;

/** The same rows in their order, in groups that fit into a line; a row that fits into none has a line of its own. */
function chunked(rows: readonly string[]): string[][] {
  const chunks: string[][] = [];
  let room = 0;
  for (const row of rows) {
    room -= row.length;
    const chunk = room < 0 ? undefined : chunks.at(-1);
    if (chunk) chunk.push(row);
    else {
      chunks.push([row]);
      room = LINE_LENGTH - row.length;
    }
  }
  return chunks;
}
