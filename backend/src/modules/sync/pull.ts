import { once } from 'node:events';
import { type CollectionName, isCollection, type SyncLine } from '@astrix/contract';
import type { FastifyReply } from 'fastify';
import { type Actor, type Db, type TenantTx, txNow, withTenant } from '../../platform/db/index.ts';
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
  const from = pull.since === undefined ? FEED_START : decodeCursor(opening.epoch, pull.since);
  reply.hijack();
  const out = reply.raw;
  out.writeHead(200, {
    'content-type': 'application/x-ndjson',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-request-id': reply.request.id,
  });
  const send = async (line: SyncLine) => {
    if (!out.write(`${JSON.stringify(line)}\n`)) await once(out, 'drain', { signal });
    signal.throwIfAborted();
  };
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
    const collections = pull.collections.filter(isCollection);
    const visible = new Set(opening.clients);
    const stream = { db, readers, actor, send };
    if (start.xid !== '0' || start.seq !== 0) {
      const clients = pull.backfill.filter(id => visible.has(id));
      if (clients.length > 0) await backfill(stream, { clients, collections });
      const added = pull.backfillCollections.filter(isCollection).filter(name => collections.includes(name));
      if (added.length > 0) await backfill(stream, { clients: null, collections: added });
    }
    const cursorOf = (at: FeedPosition) => encodeCursor(opening.epoch, at);
    const end = await streamFrom(stream, start, { clients: null, collections }, cursorOf);
    await send({ t: 'end', cursor: encodeCursor(opening.epoch, end) });
  } catch (error) {
    // The line is cut: the reader sees that `end` is missing and comes back with the last cursor.
    if (!signal.aborted) throw error;
  } finally {
    out.end();
  }
}

async function readOpening(tx: TenantTx): Promise<Opening> {
  return { epoch: await readEpoch(tx), clients: await visibleClientIds(tx), now: txNow(tx) };
}

type Send = (line: SyncLine) => Promise<void>;

type Stream = { readonly db: Db; readonly readers: CollectionReaders; readonly actor: Actor; readonly send: Send };

/** Which changes a stream carries; `clients` null for all that the person may see. */
type Wanted = { readonly clients: readonly string[] | null; readonly collections: readonly CollectionName[] };

/** What is new to this console, whole, before the cursor moves: a cut in between repeats it and changes nothing. */
async function backfill(stream: Stream, wanted: Wanted): Promise<void> {
  await streamFrom(stream, FEED_START, wanted, null);
}

async function streamFrom(
  { db, readers, actor, send }: Stream,
  start: FeedPosition,
  wanted: Wanted,
  cursorOf: ((at: FeedPosition) => string) | null,
): Promise<FeedPosition> {
  let at = start;
  for (;;) {
    const { changes, lines } = await withTenant(db, actor, tx => readBatch(tx, readers, at, wanted));
    for (const line of lines) await send(line);
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
  { clients, collections }: Wanted,
): Promise<{ changes: Change[]; lines: SyncLine[] }> {
  const changes = await readChanges(tx, since, BATCH, clients);
  const lines: SyncLine[] = [];
  for (const [collection, group] of Map.groupBy(changes, change => change.collection))
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
): Promise<SyncLine[]> {
  const put = group.filter(change => change.op === 'put').map(change => change.rowId);
  const rows: readonly { readonly id: string }[] = put.length > 0 ? await readers[collection](tx, put) : [];
  const found = new Set(rows.map(row => row.id));
  const gone = group.map(change => change.rowId).filter(id => !found.has(id));
  return [
    ...(rows.length > 0
      ? [{ t: 'rows' as const, c: collection, rows: rows as unknown as Record<string, unknown>[] }]
      : []),
    ...(gone.length > 0 ? [{ t: 'gone' as const, c: collection, ids: gone }] : []),
  ];
}
