import type { Connection } from './connection.ts';

export type CacheTime = { readonly now: () => number; readonly learn: (serverTime: string) => void };

/**
 * Milliseconds by which expiry is judged: never earlier than the newest server time that was ever seen, plus what has passed since.
 * Setting the clock of this machine back brings nothing back (LC-06).
 */
export function createCacheTime(db: Connection, wallClock: () => number, readonly = false): CacheTime {
  const read = db.prepare<[], { value: string }>("select value from meta where key = 'server_time'");
  const write = readonly
    ? null
    : db.prepare(
        "insert into meta (key, value) values ('server_time', ?) on conflict (key) do update set value = excluded.value where cast(value as integer) < cast(excluded.value as integer)",
      );
  let floor = Number(read.get()?.value ?? 0);
  let since = performance.now();
  /** The reading connection never learns by itself: what the writer wrote down is its floor too. */
  function lookAgain(): void {
    const written = Number(read.get()?.value ?? 0);
    if (written <= floor) return;
    floor = written;
    since = performance.now();
  }
  return {
    now: () => {
      if (readonly) lookAgain();
      return Math.max(wallClock(), floor + (performance.now() - since));
    },
    learn: serverTime => {
      const at = Date.parse(serverTime);
      if (!Number.isFinite(at) || at <= floor) return;
      floor = at;
      since = performance.now();
      write?.run(String(at));
    },
  };
}
