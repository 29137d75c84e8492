import type { Clock } from '../../kernel/clock.ts';

/** How long a key that has been unwrapped is used without asking for it again (F-24). */
export const KEPT_MS = 5 * 60_000;
const MAX_KEYS = 1000;

/**
 * Agency keys as they were unwrapped, by the text that wraps them: that text is read from the database each time, so a destroyed key is
 * of no use here from that moment on. Expired ones are wiped.
 */
export function createKeyCache(clock: Clock) {
  const kept = new Map<string, { readonly key: Buffer; readonly until: number }>();
  const drop = (wrapped: string) => {
    kept.get(wrapped)?.key.fill(0);
    kept.delete(wrapped);
  };
  return {
    /** A copy, which the caller wipes after use. */
    async get(wrapped: string, load: () => Promise<Buffer>): Promise<Buffer> {
      const now = clock.now().getTime();
      for (const [other, { until }] of kept) if (until <= now) drop(other);
      const known = kept.get(wrapped);
      if (known) return Buffer.from(known.key);
      const key = await load();
      if (kept.size >= MAX_KEYS) drop(kept.keys().next().value ?? '');
      drop(wrapped);
      kept.set(wrapped, { key: Buffer.from(key), until: now + KEPT_MS });
      return key;
    },
    clear() {
      for (const wrapped of [...kept.keys()]) drop(wrapped);
    },
  };
}

export type KeyCache = ReturnType<typeof createKeyCache>;
