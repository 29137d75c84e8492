import type { MessageRow } from '@astrix/contract';
import { ArrowDown } from 'lucide-react';
import { Fragment, type ReactNode, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { ConversationView, OutboxItem, ThreadItem } from '../../../shared/ipc.ts';
import { useAppState } from '../../lib/app-state.ts';
import { ask, bridge } from '../../lib/bridge.ts';
import { useNow } from '../../lib/clock.ts';
import { dayMark, dayOf } from '../../lib/format.ts';
import { usePeople } from '../../lib/queries.ts';
import { Button } from '../../ui/button.tsx';
import { Failed, Waiting } from '../../ui/parts.tsx';
import { complain } from '../../ui/toast.tsx';
import { Message, Note, Pending } from './message.tsx';
import { useThread } from './queries.ts';

type Props = {
  readonly conversation: ConversationView;
  readonly clientName: string;
  readonly onQuote: (message: MessageRow) => void;
  readonly onEdit: (item: OutboxItem) => void;
  readonly onLink: (url: string) => void;
  readonly failedActions: (message: MessageRow) => ReactNode;
};

const keyOf = (item: ThreadItem) =>
  item.type === 'message' ? item.message.id : item.type === 'note' ? item.note.id : item.item.id;
const NEAR_PX = 120;

/** The newest message is at the bottom. Older pages load above it, and the messages in view keep their position. */
export function Thread({ conversation, clientName, onQuote, onEdit, onLink, failedActions }: Props) {
  const { id, clientId, contactName } = conversation;
  const thread = useThread(clientId, id);
  const people = usePeople().data ?? [];
  const online = useAppState(state => state.sync?.connection === 'online');
  const now = useNow(60);
  const scroller = useRef<HTMLDivElement>(null);
  const [atBottom, setAtBottom] = useState(true);
  const held = useRef<{ height: number; top: number } | null>(null);

  const items = useMemo(() => (thread.data?.pages ?? []).toReversed().flatMap(page => page.items), [thread.data]);
  const byId = useMemo(
    () => new Map(items.flatMap(item => (item.type === 'message' ? [[item.message.id, item.message] as const] : []))),
    [items],
  );
  const last = items.at(-1);
  const lastKey = last ? keyOf(last) : '';

  // Scroll to the end when a conversation is opened, and when a new item arrives while the end is in view.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new last item moves the view
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element && (atBottom || last?.type === 'pending')) element.scrollTop = element.scrollHeight;
  }, [id, lastKey]);
  // Older messages were added above: keep the messages in view where they were.
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when the number of items changed
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element && held.current) element.scrollTop = held.current.top + (element.scrollHeight - held.current.height);
    held.current = null;
  }, [items.length]);
  useEffect(() => setAtBottom(true), []);

  const onScroll = () => {
    const element = scroller.current;
    if (!element) return;
    setAtBottom(element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX);
    if (element.scrollTop < NEAR_PX * 2 && thread.hasNextPage && !thread.isFetchingNextPage) {
      held.current = { height: element.scrollHeight, top: element.scrollTop };
      void thread.fetchNextPage();
    }
  };

  if (thread.isPending) return <Waiting what="Reading messages…" />;
  if (thread.isError) return <Failed error={thread.error} onRetry={() => void thread.refetch()} />;
  const person = (personId: string | null) => people.find(one => one.id === personId);
  const sendAnyway = (item: OutboxItem) => {
    const incoming = [...byId.values()].filter(({ direction }) => direction === 'in');
    const seenInboundId = incoming.toSorted((a, b) => a.seq - b.seq).at(-1)?.id ?? null;
    const changes = item.write === 'conversations.reply' ? { seenInboundId } : {};
    void ask(bridge.outbox.retry({ clientId: item.clientId, id: item.id, changes })).catch(complain);
  };
  const discard = (item: OutboxItem) =>
    void ask(bridge.outbox.discard({ clientId: item.clientId, id: item.id })).catch(complain);

  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={scroller}
        onScroll={onScroll}
        className="scroll h-full bg-ground"
        role="log"
        aria-label={`Messages with ${contactName}`}
        aria-live="polite"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (WCAG 2.1.1)
        tabIndex={0}
      >
        <div className="flex min-h-full flex-col justify-end gap-2.5 px-5 pt-4 pb-5">
          {thread.hasNextPage ? null : (
            <p className="pb-2 text-center text-meta text-meta">Messages are kept for 30 days.</p>
          )}
          {items.map((item, index) => (
            <Fragment key={keyOf(item)}>
              {index === 0 || dayOf(items[index - 1]!.at) !== dayOf(item.at) ? (
                <DayMark>{dayMark(item.at, now)}</DayMark>
              ) : null}
              {item.type === 'message' ? (
                <Message
                  message={item.message}
                  quoted={byId.get(item.message.replyToId ?? '')}
                  author={person(item.message.authorId)}
                  customer={contactName}
                  onQuote={onQuote}
                  onLink={onLink}
                  failedActions={item.message.failure ? failedActions(item.message) : null}
                />
              ) : item.type === 'note' ? (
                <Note item={item} author={person(item.note.authorId)} onLink={onLink} />
              ) : (
                <Pending
                  item={item.item}
                  online={online}
                  clientName={clientName}
                  onSendAnyway={sendAnyway}
                  onEdit={onEdit}
                  onDiscard={discard}
                  onLink={onLink}
                />
              )}
            </Fragment>
          ))}
        </div>
      </div>
      {atBottom ? null : (
        <Button
          className="absolute right-5 bottom-3 shadow-float"
          onClick={() => scroller.current?.scrollTo({ top: scroller.current.scrollHeight })}
        >
          <ArrowDown size={14} /> Latest
        </Button>
      )}
    </div>
  );
}

function DayMark({ children }: { readonly children: string }) {
  return (
    <div className="flex items-center gap-3 py-1.5 text-[11px] font-medium text-meta">
      <span className="h-px flex-1 bg-line" />
      {children}
      <span className="h-px flex-1 bg-line" />
    </div>
  );
}
