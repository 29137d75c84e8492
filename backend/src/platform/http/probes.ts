import { fail } from '../../kernel/errors.ts';
import { type Db, isUnavailable } from '../db/index.ts';
import type { Metrics } from '../telemetry/index.ts';
import type { Handlers } from './module.ts';

export type ProbeDeps = {
  readonly db: Db;
  readonly metrics: Metrics;
  readonly version: string;
  readonly demo: boolean;
  readonly draining: AbortSignal;
};

/** The oldest console that this backend still serves. */
const MINIMUM_CONSOLE = '0.1.0';

/** Health, readiness, metrics and meta: what the machine around us asks. */
export function probeHandlers({ db, metrics, version, demo, draining }: ProbeDeps): Handlers {
  return {
    'http.health': async () => ({ status: 'ok' }),
    'http.ready': async () => {
      if (draining.aborted) fail('unavailable', { detail: 'The process is draining.', retryAfterSeconds: 5 });
      try {
        await db.internals.query('select 1');
      } catch (error) {
        if (isUnavailable(error))
          fail('unavailable', { detail: 'The database does not answer.', retryAfterSeconds: 5 });
        throw error;
      }
      return { status: 'ready' };
    },
    'http.metrics': () => metrics.registry.metrics(),
    'http.meta': async ctx => ({
      name: 'astrix',
      version,
      minimumConsole: MINIMUM_CONSOLE,
      demo,
      serverTime: ctx.clock.now().toISOString(),
    }),
  };
}
