import { defineModule } from '../../composition/index.ts';
import { withSystem } from '../../platform/db/index.ts';
import { readNotices } from './account-notices.ts';
import { adoptCredentials } from './adopt-credentials.ts';
import { channelHears } from './channels.ts';
import { findStranded } from './claim.ts';
import { consentHears } from './consent-columns.ts';
import { inboundHears } from './hear-inbound.ts';
import { readConversations, readMessages, readNotes } from './read.ts';
import { conversationHandlers } from './routes.ts';
import { createSendJob } from './send.ts';
import { SEND_JOB } from './send-data.ts';
import { wakeSnoozed } from './triage.ts';
import './tables.ts';

export { handOver, type Successor } from './hand-over.ts';
export type { StoredReaction } from './tables.ts';

/** The inbox: conversations, messages, notes, and the one function that sends. */
export const conversations = defineModule({
  name: 'conversations',
  create(services) {
    const { db, jobs, vault, keyring } = services;
    return {
      handlers: conversationHandlers(services),
      readers: {
        conversations: readConversations,
        messages: readMessages,
        notes: readNotes,
        accountNotices: readNotices,
      },
      jobs: [createSendJob(services)],
      hears: { ...channelHears, ...inboundHears(services), ...consentHears },
      seed: {
        after: ['connections', 'contacts'],
        run: async (tx, cast) => (await import('./seed/index.ts')).seedConversations(services, tx, cast),
      },
      every: [
        {
          name: 'conversations.wake-snoozed',
          seconds: 5,
          run: () => withSystem(db, 'snooze-wake', wakeSnoozed).then(() => undefined),
        },
        {
          name: 'conversations.requeue-stranded',
          seconds: 5,
          run: () =>
            withSystem(db, 'send-message', async tx => {
              for (const stranded of await findStranded(tx)) await jobs.enqueue(tx, SEND_JOB, stranded);
            }),
        },
      ],
      async prepare() {
        await withSystem(db, 'vault-keys', tx => adoptCredentials(vault, tx, keyring));
      },
    };
  },
});
