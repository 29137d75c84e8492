import { type Db, txNow, withSystem } from '../../../platform/db/index.ts';

/** A session also ends by its time, and nobody says so. */
const LOOK_MS = 15_000;

export type Ended = 'revoked' | 'expired';

/** Tells a stream that its session has ended, wherever it was ended (AU-07). */
export type SessionWatch = {
  /** A notice that this session has ended; an empty one after the database connection was lost. */
  readonly heard: (sessionId: string) => void;
  /** Calls back once, at most LOOK_MS after a session ran out; answers the function that ends the watch. */
  readonly watch: (sessionId: string, onEnd: (how: Ended) => void) => () => void;
};

export function createSessionWatch(db: Db): SessionWatch {
  const watched = new Map<string, Set<(how: Ended) => void>>();
  let looking: NodeJS.Timeout | null = null;

  const ended = (sessionId: string, how: Ended) => {
    for (const onEnd of watched.get(sessionId) ?? []) onEnd(how);
    watched.delete(sessionId);
  };
  /** Finds out what nobody says: that a session ran out, and what a lost database connection has missed. */
  const recheck = async () => {
    const ids = [...watched.keys()];
    if (ids.length === 0) return;
    const { rows, now } = await withSystem(db, 'authenticate', async tx => ({
      rows: await tx
        .selectFrom('sessions')
        .select(['id', 'ends_at', 'idle_until'])
        .where('id', 'in', ids)
        .where('ended_at', 'is', null)
        .execute(),
      now: txNow(tx),
    }));
    const live = new Map(rows.map(row => [row.id, row.ends_at > now && row.idle_until > now]));
    for (const id of ids) if (live.get(id) !== true) ended(id, live.has(id) ? 'expired' : 'revoked');
  };
  function look(): void {
    looking = null;
    if (watched.size === 0) return;
    void recheck()
      .catch(() => undefined)
      .finally(lookLater);
  }
  function lookLater(): void {
    if (watched.size > 0 && looking === null) looking = setTimeout(look, LOOK_MS).unref();
  }

  return {
    heard(sessionId) {
      if (sessionId === '') void recheck().catch(() => undefined);
      else ended(sessionId, 'revoked');
    },
    watch(sessionId, onEnd) {
      const watchers = watched.get(sessionId) ?? new Set();
      watchers.add(onEnd);
      watched.set(sessionId, watchers);
      lookLater();
      return () => {
        watchers.delete(onEnd);
        if (watchers.size === 0) watched.delete(sessionId);
      };
    },
  };
}
