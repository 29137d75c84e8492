import type { ModuleSamples } from '../../../test/kit/samples.ts';
import { newId } from '../../kernel/ids.ts';

/** What the suites that cut across all routes send to this module. */
export const samples: ModuleSamples = {
  bodies: {
    'conversations.reply': (ids, now) => ({
      messageId: newId(),
      text: 'It arrives tomorrow.',
      replyToId: ids.messageId,
      seenInboundId: ids.messageId,
      writtenAt: now.toISOString(),
    }),
    'conversations.add-note': () => ({ noteId: newId(), text: 'Call back.' }),
    'conversations.assign': ids => ({ personId: ids.personId }),
    'conversations.change-tags': () => ({ add: ['vip'], remove: ['old'] }),
    'conversations.snooze': (_, now) => ({ until: new Date(now.getTime() + 3_600_000).toISOString() }),
    'conversations.set-status': () => ({ status: 'closed' }),
    'conversations.dismiss-failure': ids => ({ failedId: ids.messageId }),
    'conversations.mark-read': ids => ({ upToId: ids.messageId }),
  },
  queries: {
    'conversations.list': (ids, now) => ({ after: `${now.getTime() + 1}.${ids.conversationId}` }),
    'conversations.list-messages': (_, now) => ({ before: `${Math.floor(now.getTime() / 1000) + 1}.1` }),
  },
  made: ['messageId', 'noteId'],
};
