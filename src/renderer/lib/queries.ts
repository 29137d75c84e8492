import type { InboxFilter } from '@astrix/contract';
import { keepPreviousData, QueryClient, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { ConversationView, Topic } from '../../shared/ipc.ts';
import { ask, bridge } from './bridge.ts';

/** Answers come out of the local copy in milliseconds; nothing is kept long, and nothing is asked again without a reason. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: Number.POSITIVE_INFINITY,
      gcTime: 60_000,
      retry: false,
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
      networkMode: 'always',
    },
    mutations: { networkMode: 'always', retry: false },
  },
});

export const PAGE = 60;

export const useClients = () => useQuery({ queryKey: ['clients'], queryFn: () => ask(bridge.clients.list()) });
export const usePeople = () => useQuery({ queryKey: ['people'], queryFn: () => ask(bridge.people.list()) });
export const useOutbox = (enabled: boolean) =>
  useQuery({ queryKey: ['outbox'], queryFn: () => ask(bridge.outbox.list({ clientId: null })), enabled });
export const useCounts = (clientId: string, enabled = true) =>
  useQuery({ queryKey: ['counts', clientId], queryFn: () => ask(bridge.inbox.counts({ clientId })), enabled });
export const useTags = (clientId: string) =>
  useQuery({ queryKey: ['tags', clientId], queryFn: () => ask(bridge.inbox.tags({ clientId })) });
export const usePreference = (clientId: string) =>
  useQuery({ queryKey: ['preference', clientId], queryFn: () => ask(bridge.clients.preference({ clientId })) });
export const useConversation = (clientId: string, conversationId: string) =>
  useQuery({
    queryKey: ['conversation', clientId, conversationId],
    queryFn: () => ask(bridge.inbox.conversation({ clientId, conversationId })),
    placeholderData: () => listedConversation(clientId, conversationId),
  });

/** What the list of this client shows of it already, so that the thread need not wait for the answer. */
function listedConversation(clientId: string, conversationId: string): ConversationView | undefined {
  type Pages = { readonly pages: readonly { readonly conversations: readonly ConversationView[] }[] };
  for (const [, data] of queryClient.getQueriesData<Pages>({ queryKey: ['inbox', clientId] }))
    for (const page of data?.pages ?? []) {
      const found = page.conversations.find(conversation => conversation.id === conversationId);
      if (found) return found;
    }
  return undefined;
}

export const useContact = (clientId: string, contactId: string) =>
  useQuery({
    queryKey: ['contact', clientId, contactId],
    queryFn: () => ask(bridge.inbox.contact({ clientId, contactId })),
  });

export const useInbox = (clientId: string, filter: InboxFilter) =>
  useInfiniteQuery({
    queryKey: ['inbox', clientId, filter],
    queryFn: ({ pageParam }) => ask(bridge.inbox.list({ clientId, filter, after: pageParam, limit: PAGE })),
    initialPageParam: null as string | null,
    getNextPageParam: page => page.next,
  });

export const useThread = (clientId: string, conversationId: string) =>
  useInfiniteQuery({
    queryKey: ['thread', clientId, conversationId],
    queryFn: ({ pageParam }) => ask(bridge.inbox.thread({ clientId, conversationId, before: pageParam, limit: PAGE })),
    initialPageParam: null as string | null,
    getNextPageParam: page => page.next,
  });

/** While the next letters are typed the last hits stay, but never those of another client. */
export const useSearch = (clientId: string | null, q: string) =>
  useQuery({
    queryKey: ['search', clientId, q],
    queryFn: () => ask(bridge.inbox.search({ clientId, q, limit: 40 })),
    enabled: q.trim().length > 0,
    placeholderData: (previous, query) => (query?.queryKey[1] === clientId ? keepPreviousData(previous) : undefined),
    gcTime: 5000,
  });

/** Each topic names exactly what has to be asked again. */
export function invalidate(topics: readonly Topic[]): void {
  const again = (queryKey: readonly unknown[]) => void queryClient.invalidateQueries({ queryKey });
  for (const topic of topics) {
    const [kind = '', id = '', client = ''] = topic.split(':');
    if (kind === 'rows') {
      const key = { people: 'people', contacts: 'contact', notificationPreferences: 'preference' }[id] ?? id;
      again(client === '*' ? [key] : [key, client]);
      continue;
    }
    if (kind === 'inbox')
      for (const key of ['inbox', 'counts', 'conversation', 'contact', 'tags', 'preference']) again([key, id]);
    else if (topic === 'thread:*') again(['thread']);
    else if (kind === 'thread')
      void queryClient.invalidateQueries({
        predicate: query => query.queryKey[0] === 'thread' && query.queryKey[2] === id,
      });
    else again([topic]);
  }
}

/** Rows of other clients are not kept when a person has moved on (memory, and no chance of a mix-up). */
export function forgetOtherClients(clientId: string): void {
  const perClient = new Set([
    ...['inbox', 'counts', 'conversation', 'contact', 'tags', 'preference', 'thread'],
    ...['catalogue', 'connections', 'data', 'calls', 'receipts', 'connect'],
  ]);
  queryClient.removeQueries({
    predicate: query =>
      perClient.has(String(query.queryKey[0])) && query.queryKey[1] !== clientId && query.getObserversCount() === 0,
  });
}
