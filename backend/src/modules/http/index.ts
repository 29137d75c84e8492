import { defineModule } from '../../composition/index.ts';
import { fail } from '../../kernel/errors.ts';
import { isUnavailable, ping } from '../../platform/db/index.ts';

/** The oldest console that this backend still serves. */
const MINIMUM_CONSOLE = '0.1.0';

/** Health, readiness, metrics and meta: what monitoring and a console ask before anyone signs in. */
export const http = defineModule({
  name: 'http',
  create: ({ db, clock, metrics, installation, demo, draining }) => ({
    handlers: {
      'http.health': async () => ({ status: 'ok' }),
      async 'http.ready'() {
        if (draining.aborted) fail('unavailable', { detail: 'The process is draining.', retryAfterSeconds: 5 });
        try {
          await ping(db);
        } catch (error) {
          if (isUnavailable(error))
            fail('unavailable', { detail: 'The database does not answer.', retryAfterSeconds: 5 });
          throw error;
        }
        return { status: 'ready' };
      },
      'http.metrics': () => metrics.registry.metrics(),
      'http.meta': async () => ({
        name: 'astrix',
        version: installation.version,
        minimumConsole: MINIMUM_CONSOLE,
        demo: demo !== null,
        serverTime: clock.now().toISOString(),
      }),
    },
  }),
});
