import { listen, notify } from '../../platform/db/index.ts';
import type { Module } from '../../platform/http/index.ts';
import { nameOf } from '../../platform/telemetry/index.ts';
import { listDeadLetters, replayDeadLetter } from './dead-letters.ts';
import { createIngest } from './ingest.ts';
import { type MetaDeps, metaHandlers } from './meta.ts';
import { processAll } from './process.ts';
import { type ReceiveDeps, receiveHandlers } from './receive.ts';
import { WEBHOOKS_CHANNEL } from './tables.ts';

export type WebhooksDeps = ReceiveDeps & MetaDeps;

const POLL_MS = 2000;

/** Verify on raw bytes, store durably, acknowledge; take apart and apply afterwards. */
export function webhooksModule(deps: WebhooksDeps): Module & { readonly processNow: () => Promise<void> } {
  const { db, log, metrics } = deps;
  const ingest = createIngest(db);
  const stopping = new AbortController();
  let running: Promise<void> | null = null;
  let again = false;
  let timer: NodeJS.Timeout | null = null;
  let unlisten: () => Promise<void> = async () => undefined;

  /** One run at a time in this process; a call during a run makes it look once more. */
  function processNow(): Promise<void> {
    again = true;
    running ??= (async () => {
      while (again && !stopping.signal.aborted) {
        again = false;
        await processAll({ db, log, metrics }, stopping.signal);
      }
    })().finally(() => {
      running = null;
    });
    return running;
  }
  const wake = () => void processNow().catch(error => log.warn('webhook processing failed', { error: nameOf(error) }));

  return {
    name: 'webhooks',
    processNow,
    async startWorker() {
      unlisten = await listen(db, WEBHOOKS_CHANNEL, wake);
      timer = setInterval(wake, POLL_MS);
      timer.unref();
      wake();
    },
    async stop() {
      stopping.abort();
      if (timer) clearInterval(timer);
      await unlisten();
      await running?.catch(() => undefined);
    },
    handlers: {
      ...receiveHandlers(deps, ingest),
      ...metaHandlers(deps),
      'webhooks.list-dead-letters': async ({ tx }) => ({ deadLetters: await listDeadLetters(tx) }),
      async 'webhooks.replay-dead-letter'({ tx, params, audit }) {
        await replayDeadLetter(tx, params.deadLetterId);
        await notify(tx, WEBHOOKS_CHANNEL, '');
        await audit({ subjectType: 'dead-letter', subjectId: params.deadLetterId });
        return null;
      },
    },
  };
}
