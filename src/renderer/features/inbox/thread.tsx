import type { MessageRow } from '@astrix/contract';
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown } from 'lucide-react';
import { type ReactNode, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { ConversationView, OutboxItem, ThreadItem } from '../../../shared/ipc.ts';
import { useAppState } from '../../lib/app-state.ts';
import { ask, bridge } from '../../lib/bridge.ts';
import { useNow } from '../../lib/clock.ts';
import { dayMark, dayOf } from '../../lib/format.ts';
import { usePeople } from '../../lib/queries.ts';
import { Button } from '../../ui/button.tsx';
import { discard } from '../../ui/discard.ts';
import { Failed, Waiting } from '../../ui/parts.tsx';
import { complain } from '../../ui/toast.tsx';
import { Message, Note, Pending } from './message.tsx';
import { loadNewest, useThread } from './queries.ts';
import { withPlace } from './thread-range.ts';

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
/** As long as the end is this near, a new message scrolls the thread, in pixels. */
const NEAR_PX = 120;
/** Older messages are loaded when so little is left above what is shown, in pixels. */
const LOAD_PX = 800;
const ROW_PX = 72;
/** Messages of one writer that follow each other within this time are drawn as one group. */
const RUN_MS = 5 * 60_000;

/** Whether `item` is a message that goes on what the same person wrote just before. */
function isRun(before: ThreadItem | undefined, item: ThreadItem): boolean {
  if (before?.type !== 'message' || item.type !== 'message') return false;
  const [a, b] = [before.message, item.message];
  return (
    a.direction === b.direction &&
    a.authorId === b.authorId &&
    Date.parse(b.sentAt) - Date.parse(a.sentAt) < RUN_MS &&
    dayOf(before.at) === dayOf(item.at)
  );
}

/**
 * The newest message is at the bottom, and the thread is anchored there: older pages load above it and new messages come below it while
 * the messages in view keep their position. Only the messages in view are in the page.
 */
export function Thread({ conversation, clientName, onQuote, onEdit, onLink, failedActions }: Props) {
  const { id, clientId, contactName } = conversation;
  const thread = useThread(clientId, id);
  const people = usePeople().data ?? [];
  const online = useAppState(state => state.sync?.connection === 'online');
  const now = useNow(60);
  const scroller = useRef<HTMLDivElement>(null);
  /** The message whose link or button has the focus: it stays in the page, so that the focus is not lost. */
  const [focused, setFocused] = useState<string | null>(null);

  const items = useMemo(() => (thread.data?.pages ?? []).toReversed().flatMap(page => page.items), [thread.data]);
  const placeOf = useMemo(() => new Map(items.map((item, place) => [keyOf(item), place])), [items]);
  const byId = useMemo(
    () => new Map(items.flatMap(item => (item.type === 'message' ? [[item.message.id, item.message] as const] : []))),
    [items],
  );
  const quotedById = useMemo(() => {
    const elsewhere = (thread.data?.pages ?? []).flatMap(page => page.quoted);
    return new Map([...elsewhere.map(message => [message.id, message] as const), ...byId]);
  }, [thread.data, byId]);
  // A newer page that is loaded again is not new: only what comes after the newest message may take the view along.
  const hadNewest = useRef(true);
  useEffect(() => {
    hadNewest.current = !thread.hasPreviousPage;
  });
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    getItemKey: place => keyOf(items[place]!),
    estimateSize: () => ROW_PX,
    rangeExtractor: range => withPlace(defaultRangeExtractor(range), placeOf.get(focused ?? '')),
    ...{ gap: 10, paddingStart: 16, paddingEnd: 20, overscan: 8 },
    ...{ anchorTo: 'end', followOnAppend: hadNewest.current, scrollEndThreshold: NEAR_PX },
  });
  const isAtNewest = () => !thread.hasPreviousPage && virtual.isAtEnd(NEAR_PX);
  const atEnd = isAtNewest();
  const last = items.at(-1);
  const ownKey = last?.type === 'pending' ? keyOf(last) : '';
  const isShown = thread.isSuccess;

  // The end is in view when a conversation is opened, and when this person sends something.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another reply of this person moves the view
  useLayoutEffect(() => {
    if (isShown) virtual.scrollToEnd();
  }, [isShown, ownKey]);

  // The composer grows while a person writes, and the window changes its size: the end stays in view.
  const isHeld = useRef(true);
  useEffect(() => {
    if (!isShown || !scroller.current) return;
    const resized = new ResizeObserver(() => isHeld.current && virtual.scrollToEnd());
    resized.observe(scroller.current);
    return () => resized.disconnect();
  }, [isShown, virtual]);
  /** The message to which the person goes, until the page that holds it is loaded. */
  const [sought, setSought] = useState<string | null>(null);
  const jumpTo = (messageId: string) => {
    const place = placeOf.get(messageId);
    if (place === undefined) return setSought(messageId);
    setFocused(messageId);
    virtual.scrollToIndex(place, { align: 'center' });
    requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>(`[data-index="${place}"] article`)?.focus({ preventScroll: true }),
    );
  };
  // Older pages are loaded near the top, unless the end is in view as well, and until a sought message is there; newer ones near the bottom.
  useEffect(() => {
    const { scrollTop, scrollHeight, clientHeight } = scroller.current ?? document.body;
    const below = scrollHeight - scrollTop - clientHeight;
    const isFound = sought !== null && (placeOf.has(sought) || !thread.hasNextPage || thread.isFetchNextPageError);
    if (isFound) {
      setSought(null);
      if (placeOf.has(sought)) jumpTo(sought);
      return;
    }
    if (thread.isFetching || thread.isFetchNextPageError || thread.isFetchPreviousPageError) return;
    const isNearTop = scrollTop < LOAD_PX && below > NEAR_PX;
    if (thread.hasNextPage && (isNearTop || sought !== null)) void thread.fetchNextPage();
    else if (thread.hasPreviousPage && below < LOAD_PX) void thread.fetchPreviousPage();
  });

  if (thread.isPending) return <Waiting what="Loading messages…" />;
  if (thread.isError) return <Failed error={thread.error} onRetry={() => void thread.refetch()} />;
  const person = (personId: string | null) => people.find(one => one.id === personId);
  const sendAnyway = (item: OutboxItem) => {
    const incoming = [...byId.values()].filter(({ direction }) => direction === 'in');
    const seenInboundId = incoming.toSorted((a, b) => a.seq - b.seq).at(-1)?.id ?? null;
    const changes = item.write === 'conversations.reply' ? { seenInboundId } : {};
    void ask(bridge.outbox.retry({ clientId: item.clientId, id: item.id, changes })).catch(complain);
  };

  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={scroller}
        onScroll={() => {
          isHeld.current = isAtNewest();
        }}
        onFocus={event => setFocused(event.target.closest<HTMLElement>('[data-key]')?.dataset.key ?? null)}
        onBlur={() => setFocused(null)}
        className="scroll h-full bg-panel [overflow-anchor:none]"
        role="log"
        aria-label={`Messages with ${contactName}`}
        // What comes into the page while somebody scrolls is not new.
        aria-live={atEnd ? 'polite' : 'off'}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (WCAG 2.1.1)
        tabIndex={0}
      >
        <div className="flex min-h-full flex-col justify-end">
          <div style={{ height: virtual.getTotalSize() }} className="relative shrink-0">
            {virtual.getVirtualItems().map(({ key, index, start }) => {
              const item = items[index]!;
              return (
                <div
                  key={key}
                  ref={virtual.measureElement}
                  data-index={index}
                  data-key={key}
                  style={{ transform: `translateY(${start}px)` }}
                  className="absolute inset-x-0 top-0 flex flex-col gap-2.5 px-5"
                >
                  {index === 0 && !thread.hasNextPage ? (
                    <p className="pb-2 text-center text-meta text-meta">Messages are kept for 30 days.</p>
                  ) : null}
                  {index === 0 || dayOf(items[index - 1]!.at) !== dayOf(item.at) ? (
                    <DayMark>{dayMark(item.at, now)}</DayMark>
                  ) : null}
                  {item.type === 'message' ? (
                    <Message
                      message={item.message}
                      quoted={quotedById.get(item.message.replyToId ?? '')}
                      author={person(item.message.authorId)}
                      follows={isRun(items[index - 1], item)}
                      customer={contactName}
                      onQuote={onQuote}
                      onJump={jumpTo}
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
                </div>
              );
            })}
          </div>
        </div>
      </div>
      {atEnd ? null : (
        <Button
          className="absolute right-5 bottom-3 shadow-float"
          onClick={() => (thread.hasPreviousPage ? loadNewest(clientId, id) : virtual.scrollToEnd())}
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
