import { type Db, withSystem } from '../../platform/db/index.ts';

/** Tells a stream that its session has ended, wherever it was ended (AU-07). */
export type SessionWatch = {
  /** A notice that this session has ended; an empty one after the database connection was lost. */
  readonly heard: (sessionId: string) => void;
  /** Calls back once; answers the function that ends the watch. */
  readonly watch: (sessionId: string, onEnd: () => void) => () => void;
};

export function createSessionWatch(db: Db): SessionWatch {
  const watched = new Map<string, Set<() => void>>();

  const ended = (sessionId: string) => {
    for (const onEnd of watched.get(sessionId) ?? []) onEnd();
    watched.delete(sessionId);
  };
  /** After a lost database connection nobody knows what was missed, so each watched session is looked up. */
  const recheck = async () => {
    const ids = [...watched.keys()];
    if (ids.length === 0) return;
    const alive = await withSystem(db, 'authenticate', tx =>
      tx.selectFrom('sessions').select('id').where('id', 'in', ids).where('ended_at', 'is', null).execute(),
    );
    const known = new Set(alive.map(session => session.id));
    for (const id of ids) if (!known.has(id)) ended(id);
  };

  return {
    heard(sessionId) {
      if (sessionId === '') void recheck().catch(() => undefined);
      else ended(sessionId);
    },
    watch(sessionId, onEnd) {
      const watchers = watched.get(sessionId) ?? new Set();
      watchers.add(onEnd);
      watched.set(sessionId, watchers);
      return () => {
        watchers.delete(onEnd);
        if (watchers.size === 0) watched.delete(sessionId);
      };
    },
  };
}
