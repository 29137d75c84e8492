import type { Cache } from './cache/index.ts';
import type { NavigateTarget } from './ports.ts';

export type Destination = {
  /** Asks the window to go there, now or as soon as it can. A newer one replaces it. */
  readonly set: (target: NavigateTarget) => void;
  /** The destination, once: for the window that goes there. Null when there is none yet. */
  readonly take: () => Promise<NavigateTarget | null>;
  /** Something has changed that a kept destination may have waited for. */
  readonly changed: () => void;
};

/**
 * Where a link, a notification or the tray wants the window to be. It is kept while nobody is signed in, while the window is still
 * loading, and while the first pull has not brought its client. A client that is unknown after that is none of this person's.
 */
export function createDestination(deps: {
  readonly cache: () => Cache | null;
  /** Whether the cache has been level with the server. */
  readonly isSynced: () => boolean;
  /** Tells the window that there is something to take. */
  readonly announce: () => void;
}): Destination {
  let kept: NavigateTarget | null = null;

  const changed = (): void => {
    if (kept !== null && deps.cache() !== null) deps.announce();
  };

  return {
    set(target) {
      kept = target;
      changed();
    },
    async take() {
      const [target, cache] = [kept, deps.cache()];
      if (target === null || cache === null) return null;
      // Asked before the clients are read: what a pull brings in between must not count as missing.
      const synced = deps.isSynced();
      const known = !('clientId' in target) || (await cache.clients()).some(({ id }) => id === target.clientId);
      if ((!known && !synced) || kept !== target) return null;
      kept = null;
      return known ? target : null;
    },
    changed,
  };
}
