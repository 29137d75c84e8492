import { Inbox } from 'lucide-react';
import { defineScreen, type Found } from '../../lib/screen.ts';
import { ARROWS, LIST } from '../../lib/shortcuts.ts';
import { InboxScreen } from './inbox-screen.tsx';
import { searchInbox, useCounts } from './queries.ts';
import { CONVERSATION, SELECTION, WRITING } from './shortcuts.ts';

const useOpenCount = (clientId: string): number | null => useCounts(clientId).data?.open ?? null;

async function findConversations(q: string): Promise<readonly Found[]> {
  const hits = await searchInbox(null, q);
  return hits.map(hit => ({
    id: `${hit.conversationId}/${hit.messageId ?? 'name'}`,
    clientId: hit.clientId,
    at: hit.conversationId,
    title: hit.contactName,
    detail: hit.messageId ? hit.snippet : hit.clientName,
    time: hit.at,
  }));
}

/** `at` is the id of a conversation. */
export const screen = defineScreen({
  id: 'inbox',
  label: 'Inbox',
  icon: Inbox,
  key: 'i',
  order: 10,
  path: '',
  shows: 'conversations',
  count: { use: useOpenCount, unit: 'open' },
  find: { search: findConversations, group: 'Messages and people' },
  shortcuts: [LIST, ARROWS, SELECTION, CONVERSATION, WRITING],
  remembers: true,
  Screen: InboxScreen,
});
