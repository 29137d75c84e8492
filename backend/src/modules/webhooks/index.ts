import { defineModule } from '../../composition/index.ts';
import { notify } from '../../platform/db/index.ts';
import { listDeadLetters, replayDeadLetter } from './dead-letters.ts';
import { createIngest } from './ingest.ts';
import { metaHandlers } from './meta.ts';
import { processAll } from './process.ts';
import { receiveHandlers } from './receive.ts';
import { WEBHOOKS_CHANNEL } from './tables.ts';

/** Verify on raw bytes, store durably, acknowledge; split into events and apply them afterwards. */
export const webhooks = defineModule({
  name: 'webhooks',
  create({ installation, ...services }) {
    const { db } = services;
    const deps = { ...services, ...installation, ...installation.whatsapp };
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
        ...receiveHandlers(deps, createIngest(db)),
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
  },
});
