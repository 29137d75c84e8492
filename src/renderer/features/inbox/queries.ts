import type { InboxFilter } from '@astrix/contract';
import { keepPreviousData, queryOptions, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { ConversationView, ThreadPage } from '../../../shared/ipc.ts';
import { ask, bridge } from '../../lib/bridge.ts';
import { queryClient } from '../../lib/queries.ts';
import { agencyKey, clientKey } from '../../lib/query-keys.ts';
import { useRow } from '../../lib/rows.ts';

const PAGE = 60;

const countsQuery = (clientId: string) =>
  queryOptions({
    queryKey: clientKey(clientId, 'inbox', 'counts'),
    queryFn: () => ask(bridge.inbox.counts({ clientId })),
  });
const tagsQuery = (clientId: string) =>
  queryOptions({
    queryKey: clientKey(clientId, 'inbox', 'tags'),
    queryFn: () => ask(bridge.inbox.tags({ clientId })),
  });

export const useCounts = (clientId: string, enabled = true) => useQuery({ ...countsQuery(clientId), enabled });
export const useTags = (clientId: string) => useQuery(tagsQuery(clientId));

/** `conversationId` is null where none is open. */
export const useConversation = (clientId: string, conversationId: string | null) =>
  useQuery({
    queryKey: clientKey(clientId, 'inbox', 'conversation', conversationId),
    queryFn: () => ask(bridge.inbox.conversation({ clientId, conversationId: conversationId ?? '' })),
    placeholderData: () => (conversationId === null ? undefined : listedConversation(clientId, conversationId)),
    enabled: conversationId !== null,
  });

/** The conversation as a list of this client shows it already, so that the thread need not wait for the answer. */
function listedConversation(clientId: string, conversationId: string): ConversationView | undefined {
  type Pages = { readonly pages: readonly { readonly conversations: readonly ConversationView[] }[] };
  for (const [, data] of queryClient.getQueriesData<Pages>({ queryKey: clientKey(clientId, 'inbox', 'list') }))
    for (const page of data?.pages ?? []) {
      const found = page.conversations.find(conversation => conversation.id === conversationId);
      if (found) return found;
    }
  return undefined;
}

export const useContact = (clientId: string, contactId: string) => useRow('contacts', clientId, contactId);

export const useInbox = (clientId: string, filter: InboxFilter) =>
  useInfiniteQuery({
    queryKey: clientKey(clientId, 'inbox', 'list', filter),
    queryFn: ({ pageParam }) => ask(bridge.inbox.list({ clientId, filter, after: pageParam, limit: PAGE })),
    initialPageParam: null as string | null,
    getNextPageParam: page => page.next,
  });

/** The most pages of a thread that are kept: a change of the thread reads each of them again. Other pages are loaded when they come near. */
const MAX_PAGES = 5;
const NEWEST = { before: null, from: null } as { readonly before: string | null; readonly from: string | null };

/** Not under `inbox`: a message in another conversation of the client is no reason to read the open thread again. */
const threadKey = (clientId: string, conversationId: string) => clientKey(clientId, 'thread', conversationId);

/** The pages go from the newest to the oldest: the next page is the older one, the previous page the newer one. */
export const useThread = (clientId: string, conversationId: string) =>
  useInfiniteQuery({
    queryKey: threadKey(clientId, conversationId),
    queryFn: ({ pageParam }) => ask(bridge.inbox.thread({ clientId, conversationId, ...pageParam, limit: PAGE })),
    initialPageParam: NEWEST,
    getNextPageParam: ({ next }) => (next === null ? null : { before: next, from: null }),
    getPreviousPageParam: ({ newer }) => (newer === null ? null : { before: null, from: newer }),
    maxPages: MAX_PAGES,
  });

/** Loads the newest page again when it was given up for older ones. */
export function loadNewest(clientId: string, conversationId: string): void {
  const queryKey = threadKey(clientId, conversationId);
  const kept = queryClient.getQueryData<{ readonly pages: readonly ThreadPage[] }>(queryKey);
  if (kept?.pages[0]?.newer) void queryClient.resetQueries({ queryKey });
}

export const searchInbox = (clientId: string | null, q: string) => ask(bridge.inbox.search({ clientId, q, limit: 40 }));

/** Searches one client, or all of them when `clientId` is null. While a person types on, the last hits of the same scope stay. */
export const useSearch = (clientId: string | null, q: string) => {
  const scope = clientId === null ? agencyKey('search') : clientKey(clientId, 'search');
  return useQuery({
    queryKey: clientId === null ? agencyKey('search', q) : clientKey(clientId, 'search', q),
    queryFn: () => searchInbox(clientId, q),
    enabled: q.trim().length > 0,
    placeholderData: (previous, query) =>
      scope.every((part, at) => query?.queryKey[at] === part) ? keepPreviousData(previous) : undefined,
    gcTime: 5000,
  });
};
