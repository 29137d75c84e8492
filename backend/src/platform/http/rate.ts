import type { Clock } from '../../kernel/clock.ts';
import { fail } from '../../kernel/errors.ts';

/** Most callers remembered at once; past it the ones longest idle are forgotten, so that nobody can grow it. */
const MAX_BUCKETS = 50_000;

/**
 * Counts one request of a caller, or fails with `rate_limited`. What it answers takes the request back, for what counts only when it turns
 * out badly.
 */
export type RateLimit = (caller: string, route: string, perMinute: number) => () => void;

/** Token bucket per caller and route: a minute's worth may come at once, then it refills evenly (AZ-10). */
export function createRateLimit(clock: Clock): RateLimit {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return (caller, route, perMinute) => {
    const key = `${route} ${caller}`;
    const now = clock.now().getTime();
    const known = buckets.get(key);
    const refilled = known
      ? Math.min(perMinute, known.tokens + (Math.max(0, now - known.at) / 60_000) * perMinute)
      : perMinute;
    if (known) buckets.delete(key);
    else if (buckets.size >= MAX_BUCKETS) buckets.delete(buckets.keys().next().value ?? key);
    const allowed = refilled >= 1;
    buckets.set(key, { tokens: allowed ? refilled - 1 : refilled, at: now });
    if (!allowed)
      fail('rate_limited', { retryAfterSeconds: Math.max(1, Math.ceil(((1 - refilled) / perMinute) * 60)) });
    return () => {
      const bucket = buckets.get(key);
      if (bucket) bucket.tokens = Math.min(perMinute, bucket.tokens + 1);
    };
  };
}
