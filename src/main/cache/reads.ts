import {
  CLOSING_SECONDS,
  ClientRow,
  type ConversationRow,
  FIRST_COLLECTIONS,
  type InboxFilter,
  type MessageRow,
  type NoteRow,
  type RowOf,
} from '@astrix/contract';
import type { ConversationView, InboxCounts, ThreadItem } from '../../shared/ipc.ts';
import type { Cache } from './api.ts';
import type { Connection } from './connection.ts';
import type { Keys } from './keys.ts';
import type { Outbox } from './outbox.ts';
import { AGENCY } from './rows-store.ts';
import type { CacheTime } from './time.ts';

type ConversationHit = { k: number; last_at: number; json: string; shown: string | null };
type RowHit = { r: number; at: number; json: string };
/** Where a row stands in its thread (secondOf). */
type Placed = { second: number; seq: number; json: string };

const MAX_TAGS = 100;

/** Everything the window asks for. Each query is one range of one index, and no row comes back after its time (LC-06). */
export function createReads(db: Connection, keys: Keys, outbox: Outbox, time: CacheTime) {
  const page = 'select k, last_at, json, shown from conversations where';
  const paged = (where: string) =>
    db.prepare<[Record<string, unknown>], ConversationHit>(
      `${page} ${where} and expires_at > @now and last_at <= @at and (last_at < @at or k > @k) order by last_at desc, k limit @limit`,
    );
  const inbox: { readonly [F in InboxFilter]: ReturnType<typeof paged> } = {
    open: paged("ordinal = @ordinal and status = 'open'"),
    snoozed: paged("ordinal = @ordinal and status = 'snoozed'"),
    closed: paged("ordinal = @ordinal and status = 'closed'"),
    mine: paged("ordinal = @ordinal and status = 'open' and assignee = @person"),
    unassigned: paged("ordinal = @ordinal and status = 'open' and assignee is null"),
    failed: paged("ordinal = @ordinal and status = 'open' and failed > 0"),
    closing: paged("ordinal = @ordinal and status = 'open' and window_at > @now and window_at <= @closing"),
  };
  const count = (where: string) =>
    db.prepare<[Record<string, unknown>], { n: number }>(
      `select count(*) as n from conversations where ordinal = @ordinal and expires_at > @now and ${where}`,
    );
  const counts: { readonly [F in keyof InboxCounts]: ReturnType<typeof count> } = {
    open: count("status = 'open'"),
    snoozed: count("status = 'snoozed'"),
    closed: count("status = 'closed'"),
    mine: count("status = 'open' and assignee = @person"),
    unassigned: count("status = 'open' and assignee is null"),
    failed: count("status = 'open' and failed > 0"),
    closing: count("status = 'open' and window_at > @now and window_at <= @closing"),
    unread: count("status = 'open' and unread > 0"),
  };
  const clientRows = db.prepare<
    [],
    { ordinal: number; json: string; last_used_at: number | null; muted: string | null }
  >(
    "select c.ordinal, c.json, c.last_used_at, p.json as muted from clients c left join rows p on p.collection = 'notificationPreferences' and p.ordinal = c.ordinal order by c.ordinal",
  );
  const conversationRow = db.prepare<[number, number], ConversationHit>(`${page} k = ? and expires_at > ?`);
  const rowsAfter = 'expires_at > @now and at <= @at and (at < @at or r > @r)';
  const rowPage = db.prepare<[Record<string, unknown>], RowHit>(
    `select r, at, coalesce(shown, json) as json from rows where collection = @collection and ordinal = @ordinal and ${rowsAfter} order by at desc, r limit @limit`,
  );
  const rowPageOf = db.prepare<[Record<string, unknown>], RowHit>(
    `select r, at, coalesce(shown, json) as json from rows where collection = @collection and ordinal = @ordinal and status = @status and ${rowsAfter} order by at desc, r limit @limit`,
  );
  const oneRow = db.prepare<[string, string, number, number], { json: string }>(
    'select coalesce(shown, json) as json from rows where collection = ? and id = ? and ordinal = ? and expires_at > ?',
  );
  const draftRow = db.prepare<[string, string], { text: string; reply_to: string | null; updated_at: string }>(
    'select text, reply_to, updated_at from drafts where conversation_id = ? and client_id = ?',
  );
  const messagePage = db.prepare<[Record<string, unknown>], Placed>(
    'select second, seq, json from messages where k = @k and expires_at > @now and (second, seq) < (@second, @seq) order by second desc, seq desc limit @limit',
  );
  const messagesFrom = db.prepare<[Record<string, unknown>], Placed>(
    'select second, seq, json from messages where k = @k and expires_at > @now and (second, seq) >= (@second, @seq) order by second, seq limit @limit',
  );
  const messageOf = db.prepare<[string, number, number], { json: string }>(
    'select json from messages where id = ? and k = ? and expires_at > ?',
  );
  const notesBetween = db.prepare<[Record<string, unknown>], Placed>(
    'select second, seq, json from notes where k = @k and expires_at > @now and (second, seq) > (@fromSecond, @fromSeq) and (second, seq) < (@second, @seq)',
  );
  const hasMessage = db.prepare<[string], { id: string }>('select id from messages where id = ?');
  const hasNote = db.prepare<[string], { id: string }>('select id from notes where id = ?');
  const tagRows = db.prepare<[number, number], { tag: string }>(
    "select distinct t.value as tag from (select coalesce(shown, json) as j from conversations where ordinal = ? and expires_at > ? order by last_at desc limit 2000) c, json_each(c.j, '$.tags') t order by tag limit 100",
  );
  const meta = db.prepare<[string], { value: string }>('select value from meta where key = ?');

  function viewOf(hit: ConversationHit): ConversationView {
    const row = JSON.parse(hit.shown ?? hit.json) as ConversationRow;
    const items = outbox.ofSubject('conversations', row.id);
    const refused = items.filter(({ item }) => item.state === 'refused').length;
    return {
      ...row,
      waiting: items.length - refused,
      refused,
      hasDraft: draftRow.get(row.id, row.clientId) !== undefined,
    };
  }
  const scope = (clientId: string, personId: string) => {
    const now = time.now();
    return { ordinal: keys.ordinalOf(clientId) ?? -1, person: personId, now, closing: now + CLOSING_SECONDS * 1000 };
  };

  const ordinalOf = (clientId: string | null) => (clientId === null ? AGENCY : (keys.ordinalOf(clientId) ?? -1));

  const reads = {
    clients() {
      const waiting = outbox.counts();
      return clientRows.all().map(row => {
        // A row that an earlier version cached has no mark until the server sends it again.
        const client = ClientRow.parse(JSON.parse(row.json));
        const at = { ordinal: row.ordinal, person: '', ...closingNow(time) };
        return {
          ...client,
          lastUsedAt: row.last_used_at === null ? null : new Date(row.last_used_at).toISOString(),
          unread: counts.unread.get(at)?.n ?? 0,
          failed: counts.failed.get(at)?.n ?? 0,
          closing: counts.closing.get(at)?.n ?? 0,
          waiting: waiting.get(client.id) ?? 0,
          muted: row.muted !== null && (JSON.parse(row.muted) as RowOf<'notificationPreferences'>).muted,
        };
      });
    },
    rows({ collection, clientId, status, after, limit }: Parameters<Cache['rows']>[0]) {
      const from = placeOf(after);
      const hits = (status === null ? rowPage : rowPageOf).all({
        collection,
        ordinal: ordinalOf(clientId),
        ...(status === null ? {} : { status }),
        now: time.now(),
        at: from?.at ?? Number.MAX_SAFE_INTEGER,
        r: from?.key ?? -1,
        limit,
      });
      const last = hits.length === limit ? hits.at(-1) : undefined;
      return {
        rows: hits.map(hit => JSON.parse(hit.json) as unknown),
        next: last ? `${last.at}.${last.r}` : null,
      };
    },
    row({ collection, clientId, id }: Parameters<Cache['row']>[0]): unknown {
      const found = oneRow.get(collection, id, ordinalOf(clientId), time.now());
      return found ? (JSON.parse(found.json) as unknown) : null;
    },
    inbox({ clientId, filter, personId, after, limit }: Parameters<Cache['inbox']>[0]) {
      const from = placeOf(after);
      const hits = inbox[filter].all({
        ...scope(clientId, personId),
        at: from?.at ?? Number.MAX_SAFE_INTEGER,
        k: from?.key ?? -1,
        limit,
      });
      const last = hits.length === limit ? hits.at(-1) : undefined;
      return { conversations: hits.map(viewOf), next: last ? `${last.last_at}.${last.k}` : null };
    },
    counts({ clientId, personId }: Parameters<Cache['counts']>[0]): InboxCounts {
      const at = scope(clientId, personId);
      const of = (filter: keyof InboxCounts) => counts[filter].get(at)?.n ?? 0;
      return {
        open: of('open'),
        mine: of('mine'),
        unassigned: of('unassigned'),
        closing: of('closing'),
        failed: of('failed'),
        snoozed: of('snoozed'),
        closed: of('closed'),
        unread: of('unread'),
      };
    },
    conversation({ clientId, conversationId }: Parameters<Cache['conversation']>[0]) {
      const k = keys.conversationOf(clientId, conversationId);
      const hit = k === null ? undefined : conversationRow.get(k, time.now());
      return hit ? viewOf(hit) : null;
    },
    thread({ clientId, conversationId, before, from = null, limit }: Parameters<Cache['thread']>[0]) {
      const k = keys.conversationOf(clientId, conversationId);
      if (k === null) return { items: [], quoted: [], next: null, newer: null };
      const now = time.now();
      const { hits, after, until } = pageOfThread({ k, now, limit }, placeOf(before), placeOf(from));
      const notes = notesBetween.all({
        ...{ k, now, second: until?.at ?? Number.MAX_SAFE_INTEGER, seq: until?.key ?? Number.MAX_SAFE_INTEGER },
        ...{ fromSecond: after?.at ?? -1, fromSeq: after?.key ?? 0 },
      });
      const found = [
        ...hits.map(hit => ({ ...hit, item: messageItem(JSON.parse(hit.json) as MessageRow) })),
        ...notes.map(hit => ({ ...hit, item: noteItem(JSON.parse(hit.json) as NoteRow) })),
      ];
      const items = found.sort((a, b) => a.second - b.second || a.seq - b.seq).map(({ item }) => item);
      // After everything else, whatever the clock of this machine said when they were written (F-14).
      if (until === null) items.push(...waitingItems(conversationId));
      return { items, quoted: quotedBy(items, k, now), next: cursorOf(after), newer: cursorOf(until) };
    },
    tags: (clientId: string) =>
      tagRows
        .all(keys.ordinalOf(clientId) ?? -1, time.now())
        .map(row => row.tag)
        .slice(0, MAX_TAGS),
    draft({ clientId, conversationId }: Parameters<Cache['draft']>[0]) {
      const row = draftRow.get(conversationId, clientId);
      return row ? { text: row.text, replyToId: row.reply_to, updatedAt: row.updated_at } : null;
    },
    outbox: (clientId: string | null) => outbox.list(clientId),
    syncState() {
      const syncedAt = meta.get('synced_at')?.value;
      return {
        cursor: meta.get('cursor')?.value ?? null,
        epoch: meta.get('epoch')?.value ?? null,
        clientIds: JSON.parse(meta.get('client_ids')?.value ?? '[]') as string[],
        // A file of the first version keeps no names: it holds the collections of that version.
        collections: (JSON.parse(meta.get('collections')?.value ?? 'null') as string[] | null) ?? [
          ...FIRST_COLLECTIONS,
        ],
        syncedAt: syncedAt ? new Date(Number(syncedAt)).toISOString() : null,
      };
    },
  };

  /**
   * The messages of one page of a thread: those from `from` on, or the newest before `before`. The page holds everything between `after` and
   * `until`; null is the end of the thread.
   */
  function pageOfThread(of: { k: number; now: number; limit: number }, before: Place | null, from: Place | null) {
    if (from !== null) {
      const hits = messagesFrom.all({ ...of, second: from.at, seq: from.key, limit: of.limit + 1 });
      return { hits: hits.slice(0, of.limit), after: from, until: placed(hits[of.limit]) };
    }
    const [second, seq] = before ? [before.at, before.key] : [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
    const hits = messagePage.all({ ...of, second, seq });
    return { hits, after: hits.length === of.limit ? placed(hits.at(-1)) : null, until: before };
  }

  /** The messages that the items of a page answer and that are on another page, so that a quote is shown without loading that page. */
  function quotedBy(items: readonly ThreadItem[], k: number, now: number): MessageRow[] {
    const here = new Set(items.map(item => (item.type === 'message' ? item.message.id : null)));
    const ids = new Set(items.map(item => (item.type === 'message' ? item.message.replyToId : null)));
    return [...ids].flatMap(id => {
      const found = id === null || here.has(id) ? undefined : messageOf.get(id, k, now);
      return found ? [JSON.parse(found.json) as MessageRow] : [];
    });
  }

  /** Replies and notes on their way. One whose row came back by sync before its own answer is already in the thread. */
  function waitingItems(conversationId: string): ThreadItem[] {
    return outbox.ofSubject('conversations', conversationId).flatMap(({ item, command }): ThreadItem[] => {
      if (command.write === 'conversations.reply') {
        const { messageId, replyToId } = command.args as { messageId: string; replyToId: string | null };
        return hasMessage.get(messageId) ? [] : [{ type: 'pending', at: item.createdAt, item, replyToId }];
      }
      if (command.write !== 'conversations.add-note') return [];
      const { noteId, authorId, text } = command.args as { noteId: string; authorId: string; text: string };
      if (hasNote.get(noteId)) return [];
      const note = {
        id: noteId,
        clientId: command.clientId,
        conversationId,
        authorId,
        text,
        createdAt: item.createdAt,
        seq: Number.MAX_SAFE_INTEGER,
        expiresAt: item.createdAt,
      };
      return [{ type: 'note', at: item.createdAt, note, waiting: true }];
    });
  }

  return reads;
}

const messageItem = (message: MessageRow): ThreadItem => ({ type: 'message', at: message.sentAt, message });
const noteItem = (note: NoteRow): ThreadItem => ({ type: 'note', at: note.createdAt, note, waiting: false });

function closingNow(time: CacheTime) {
  const now = time.now();
  return { now, closing: now + CLOSING_SECONDS * 1000 };
}

type Place = { readonly at: number; readonly key: number };

const placed = (row: Placed | undefined): Place | null => (row ? { at: row.second, key: row.seq } : null);
const cursorOf = (place: Place | null): string | null => (place ? `${place.at}.${place.key}` : null);

/** `<milliseconds>.<row>`, in a thread `<second>.<seq>`; anything else starts from the top. */
function placeOf(cursor: string | null): Place | null {
  const [, at, key] = /^(\d{1,15})\.(\d{1,16})$/.exec(cursor ?? '') ?? [];
  return at && key ? { at: Number(at), key: Number(key) } : null;
}
