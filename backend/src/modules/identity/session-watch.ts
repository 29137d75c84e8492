import { type Db, listen, withSystem } from '../../platform/db/index.ts';
import { SESSIONS_CHANNEL } from './sessions.ts';

/** Tells a stream that its session has ended, wherever it was ended (AU-07). */
export type SessionWatch = {
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
  /** Calls back once; answers the function that ends the watch. */
  readonly watch: (sessionId: string, onEnd: () => void) => () => void;
};

export function createSessionWatch(db: Db): SessionWatch {
  const watched = new Map<string, Set<() => void>>();
  let unlisten: () => Promise<void> = async () => undefined;

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
    async start() {
      unlisten = await listen(db, SESSIONS_CHANNEL, sessionId => {
        if (sessionId === '') void recheck().catch(() => undefined);
        else ended(sessionId);
      });
    },
    stop: () => unlisten(),
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
