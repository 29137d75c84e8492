import { fail } from '../../kernel/errors.ts';
import type { Secret } from '../../kernel/secret.ts';
import { type Db, listen, notify } from '../../platform/db/index.ts';
import type { Module } from '../../platform/http/index.ts';
import { verify } from '../../platform/signatures/index.ts';
import { type Log, type Metrics, nameOf } from '../../platform/telemetry/index.ts';
import { WHATSAPP } from '../../providers/whatsapp/manifest.ts';
import { answerHandshake } from '../../providers/whatsapp/webhook.ts';
import { listDeadLetters, replayDeadLetter } from './dead-letters.ts';
import { createIngest } from './ingest.ts';
import { processAll } from './process.ts';
import { WEBHOOKS_CHANNEL } from './tables.ts';

export type WebhooksDeps = {
  readonly db: Db;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Live app secrets; none refuses every delivery (WH-04). */
  readonly appSecrets: readonly Secret[];
  readonly verifyToken: Secret | null;
};

const POLL_MS = 2000;

/** Verify on raw bytes, store durably, acknowledge; take apart and apply afterwards. */
export function webhooksModule(deps: WebhooksDeps): Module & { readonly processNow: () => Promise<void> } {
  const { appSecrets, db, log, metrics } = deps;
  const ingest = createIngest(db, 'whatsapp');
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
      async verifyWhatsapp({ query }) {
        if (deps.verifyToken === null) fail('secret_missing');
        return answerHandshake(deps.verifyToken.reveal(), query) ?? fail('webhook_refused');
      },
      async receiveWhatsapp({ rawBody, headers }) {
        const outcome = (name: string) => metrics.webhooks.inc({ provider: 'whatsapp', outcome: name });
        const verdict = verify(WHATSAPP.webhook.scheme, { rawBody, headers, secrets: appSecrets, now: db.clock.now() });
        if (!verdict.ok || !verdict.verified) {
          const missing = !verdict.ok && verdict.fault === 'secret_missing';
          const refusal = missing ? 'secret_missing' : 'signature_invalid';
          outcome(refusal);
          if (missing) log.error('webhook without a secret', { provider: 'whatsapp' });
          fail(refusal);
        }
        await ingest.store(verdict.content);
        outcome('stored');
        return { received: true };
      },
      listDeadLetters: async ({ tx }) => ({ deadLetters: await listDeadLetters(tx) }),
      async replayDeadLetter({ tx, params, audit }) {
        await replayDeadLetter(tx, params.deadLetterId);
        await notify(tx, WEBHOOKS_CHANNEL, '');
        await audit({ subjectType: 'dead-letter', subjectId: params.deadLetterId });
        return null;
      },
    },
  };
}
