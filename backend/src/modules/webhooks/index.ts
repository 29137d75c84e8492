import { defineModule } from '../../composition/index.ts';
import { notify } from '../../platform/db/index.ts';
import { listDeadLetters, replayDeadLetter } from './dead-letters.ts';
import { createIngest } from './ingest.ts';
import { ownerCallbackHandlers } from './owner-callbacks.ts';
import { processAll } from './process.ts';
import { receiveHandlers } from './receive.ts';
import { WEBHOOKS_CHANNEL } from './tables.ts';

export { APPLIED, type Applied, dead, FOREIGN, NOTHING_NEW, outOfOrder } from './events.ts';

/**
 * Deliveries of providers: verified on the raw bytes, stored durably, acknowledged, then split into events that modules hear. It knows no other
 * module; docs/decisions/0020-webhook-events.md says how an event has its effect once.
 */
export const webhooks = defineModule({
  name: 'webhooks',
  create(services) {
    return {
      every: [
        {
          name: 'webhooks.process',
          seconds: 2,
          wake: WEBHOOKS_CHANNEL,
          run: signal => processAll(services, signal),
        },
      ],
      handlers: {
        ...receiveHandlers(services, createIngest(services.db)),
        ...ownerCallbackHandlers(services),
        'webhooks.list-dead-letters': async ({ tx }) => ({ deadLetters: await listDeadLetters(tx) }),
        async 'webhooks.replay-dead-letter'({ tx, params, audit }) {
          await replayDeadLetter(tx, params.deadLetterId);
          await notify(tx, WEBHOOKS_CHANNEL, '');
          await audit({ subjectType: 'dead-letter', subjectId: params.deadLetterId });
          return null;
        },
      },
    };
  },
});
