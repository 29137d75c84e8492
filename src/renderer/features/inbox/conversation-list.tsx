import type { InboxFilter, PersonRow } from '@astrix/contract';
import { useVirtualizer } from '@tanstack/react-virtual';
import {
  AlarmClock,
  ChevronDown,
  Clock3,
  CloudUpload,
  Inbox,
  ListFilter,
  PencilLine,
  Square,
  SquareCheck,
  TriangleAlert,
} from 'lucide-react';
import {
  type KeyboardEvent,
  type MouseEvent,
  type RefObject,
  useDeferredValue,
  useEffect,
  useRef,
  useState,
} from 'react';
import type { ConversationView, InboxCounts } from '../../../shared/ipc.ts';
import { useMay } from '../../lib/app-state.ts';
import { useNow } from '../../lib/clock.ts';
import { count, dateTimeOf, exactOf, shortOf, windowState } from '../../lib/format.ts';
import { usePeople } from '../../lib/queries.ts';
import { placeAfter } from '../../lib/roving.ts';
import { keysOf, LIST } from '../../lib/shortcuts.ts';
import { useShortcuts } from '../../lib/use-shortcuts.ts';
import { ClientChecklist } from '../../ui/client-checklist.tsx';
import { Hinted } from '../../ui/hint.tsx';
import { Menu, MenuItem } from '../../ui/menu.tsx';
import { Chip, Empty, Failed, PersonMark, Waiting } from '../../ui/parts.tsx';
import { FilterChip, SearchField } from '../../ui/search-field.tsx';
import { type Held, shownOrder } from './held-list.ts';
import { scrollMemory } from './memory.ts';
import { useConversation, useCounts, useInbox } from './queries.ts';
import { SearchResults } from './search-results.tsx';
import { NOTHING, type Selection, toggled, withRange } from './selection.ts';
import { SelectionBar } from './selection-bar.tsx';
import { SELECTION } from './shortcuts.ts';

type Filter = { readonly filter: InboxFilter; readonly label: string; readonly empty: string };

const FILTERS: readonly Filter[] = [
  {
    filter: 'open',
    label: 'Open',
    empty: 'There are no open conversations. New messages appear here.',
  },
  { filter: 'mine', label: 'Mine', empty: 'No conversations are assigned to you. Pick one under Unassigned.' },
  { filter: 'unassigned', label: 'Unassigned', empty: 'Every open conversation is assigned.' },
  { filter: 'closing', label: 'Window ending', empty: 'No reply window ends in the next four hours.' },
  { filter: 'failed', label: 'Failed', empty: 'No failed messages.' },
  {
    filter: 'snoozed',
    label: 'Snoozed',
    empty: 'No snoozed conversations. Press S to snooze one.',
  },
  { filter: 'closed', label: 'Closed', empty: 'No conversations were closed in the last 30 days.' },
];
/** Always shown; the others are in a menu, so that the filters fit on one line of the narrowest list. */
const TABS = FILTERS.slice(0, 3);
const OTHERS = FILTERS.slice(3);

type Props = {
  readonly clientId: string;
  readonly filter: InboxFilter;
  readonly onFilter: (filter: InboxFilter) => void;
  readonly openId: string | null;
  readonly onOpen: (clientId: string, conversationId: string) => void;
  readonly searchField: RefObject<HTMLInputElement | null>;
  /** Receives the listed ids in order, for the shortcuts that move through the list. */
  readonly onListed: (ids: readonly string[]) => void;
  readonly selection: Selection;
  readonly onSelect: (selection: Selection) => void;
  /** Runs when the selected conversations were dealt with. */
  readonly onSelectedLeft: () => void;
};

/** Filters, search and the list of one client's conversations. */
export function ConversationList(props: Props) {
  const { clientId, filter, onFilter, openId, onOpen, searchField, onListed, selection, onSelect } = props;
  const [typed, setTyped] = useState('');
  const listed = useInbox(clientId, filter).data?.pages.flatMap(page => page.conversations) ?? [];
  const selected = listed.filter(({ id }) => selection.has(id));
  const q = useDeferredValue(typed);
  const counts = useCounts(clientId).data;
  const results = useRef<HTMLDivElement>(null);
  const firstHit = () => results.current?.querySelector<HTMLElement>('[data-row]');
  return (
    <section aria-label="Conversations" className="flex h-full flex-col bg-panel">
      <div className="flex flex-col gap-2 border-b border-line p-2">
        <SearchField
          field={searchField}
          label="Search messages of this client"
          placeholder={`Search messages (${keysOf(LIST.search)})`}
          maxLength={200}
          value={typed}
          onType={setTyped}
          onEnter={() => firstHit()?.click()}
          onDown={() => firstHit()?.focus()}
        />
        {selected.length > 0 ? (
          <SelectionBar
            clientId={clientId}
            selected={selected}
            onLeft={props.onSelectedLeft}
            onClear={() => onSelect(NOTHING)}
          />
        ) : (
          <Filters filter={q.trim() ? null : filter} counts={counts} onFilter={onFilter} />
        )}
      </div>
      <div className="min-h-0 flex-1">
        {q.trim() ? (
          <SearchResults
            clientId={clientId}
            q={q}
            results={results}
            onOpen={onOpen}
            onListed={onListed}
            onLeave={() => {
              setTyped('');
              searchField.current?.focus();
            }}
          />
        ) : (
          <List
            key={filter}
            clientId={clientId}
            filter={filter}
            openId={openId}
            onOpen={onOpen}
            onListed={onListed}
            selection={selection}
            onSelect={onSelect}
          />
        )}
      </div>
    </section>
  );
}

function Filters({
  filter,
  counts,
  onFilter,
}: {
  /** Null while all conversations are searched. */
  readonly filter: InboxFilter | null;
  readonly counts: InboxCounts | undefined;
  readonly onFilter: (filter: InboxFilter) => void;
}) {
  const amountOf = (entry: Filter) => counts?.[entry.filter] ?? 0;
  const other = OTHERS.find(entry => entry.filter === filter);
  const failed = counts?.failed ?? 0;
  return (
    <fieldset aria-label="Filter" className="flex min-w-0 gap-0.5">
      {TABS.map(entry => (
        <FilterChip
          key={entry.filter}
          label={entry.label}
          count={counts && !other ? count(amountOf(entry)) : ''}
          on={filter === entry.filter}
          onPick={() => onFilter(entry.filter)}
        />
      ))}
      <span className="flex-1" />
      <Menu
        align="end"
        trigger={
          <Hinted text={other?.label ?? 'More filters'}>
            <button
              type="button"
              aria-pressed={other !== undefined}
              className="inline-flex h-6 min-w-0 items-center gap-1 rounded-md px-1.5 text-meta text-meta hover:bg-hover aria-pressed:bg-text aria-pressed:text-ground"
            >
              {other ? (
                <span className="truncate">{other.label}</span>
              ) : (
                <ListFilter size={13} aria-hidden className="shrink-0" />
              )}
              <span className="sr-only">{other ? ', more filters' : 'More filters'}</span>
              {other ? <span className="font-medium">{count(amountOf(other))}</span> : null}
              {!other && failed > 0 ? (
                <span className="font-medium text-danger">
                  {count(failed)}
                  <span className="sr-only"> failed</span>
                </span>
              ) : null}
              {other ? <ChevronDown size={12} aria-hidden className="shrink-0" /> : null}
            </button>
          </Hinted>
        }
      >
        {OTHERS.map(entry => (
          <MenuItem
            key={entry.filter}
            checked={entry.filter === filter}
            danger={entry.filter === 'failed' && failed > 0}
            meta={counts ? count(amountOf(entry)) : ''}
            onPick={() => onFilter(entry.filter)}
          >
            {entry.label}
          </MenuItem>
        ))}
      </Menu>
    </fieldset>
  );
}

const ROW = 56;

function List({
  clientId,
  filter,
  openId,
  onOpen,
  onListed,
  selection,
  onSelect,
}: Pick<Props, 'clientId' | 'filter' | 'openId' | 'onOpen' | 'onListed' | 'selection' | 'onSelect'>) {
  const maySelect = useMay('conversation.triage');
  const inbox = useInbox(clientId, filter);
  const counts = useCounts(clientId).data;
  const people = usePeople().data ?? [];
  const now = useNow(30);
  const scroller = useRef<HTMLDivElement>(null);
  const isOpen = useConversation(clientId, openId).data ?? null;
  const listed = inbox.data?.pages.flatMap(page => page.conversations) ?? [];
  const live = listed.map(row => row.id);
  // A row is entered with the list as it stands then. React draws again at once, before anything is shown.
  const entered = `${filter} ${openId}`;
  const [held, setHeld] = useState<{ readonly entered: string; readonly list: Held | null } | null>(null);
  if (inbox.data && held?.entered !== entered)
    setHeld({ entered, list: openId === null ? null : { openId, ids: live } });
  const byId = new Map([...(isOpen ? [isOpen] : []), ...listed].map(row => [row.id, row]));
  const rows = shownOrder(live, held?.entered === entered ? held.list : null).flatMap(id => byId.get(id) ?? []);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 8,
    initialOffset: () => scrollMemory.of(clientId),
    getItemKey: index => rows[index]?.id ?? index,
  });
  const items = virtual.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;
  const ids = rows.map(row => row.id).join();

  useEffect(() => {
    if (inbox.hasNextPage && !inbox.isFetchingNextPage && lastShown >= rows.length - 15) void inbox.fetchNextPage();
  }, [inbox, lastShown, rows.length]);
  useEffect(() => onListed(ids ? ids.split(',') : []), [ids, onListed]);
  // The list begins where it was left. That can be far below the first page, which is all that is loaded when a client is opened again.
  const leftAt = useRef(scrollMemory.of(clientId) || null);
  useEffect(() => {
    const element = scroller.current;
    if (leftAt.current === null || !element) return;
    if (rows.length * ROW < leftAt.current + element.clientHeight && inbox.hasNextPage) {
      if (!inbox.isFetchingNextPage) void inbox.fetchNextPage();
      return;
    }
    virtual.scrollToOffset(leftAt.current);
    leftAt.current = null;
  });
  const place = rows.findIndex(row => row.id === openId);
  const broughtIntoView = useRef(leftAt.current === null ? null : openId);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a row that is opened is brought into view
  useEffect(() => {
    if (place < 0 || broughtIntoView.current === openId) return;
    broughtIntoView.current = openId;
    virtual.scrollToIndex(place, { align: 'auto' });
  }, [openId, place < 0]);
  const [focused, setFocused] = useState<string | null>(null);
  const tabStop = [focused, openId].find(id => id !== null && rows.some(row => row.id === id)) ?? rows[0]?.id;
  const focusRow = (row: ConversationView, to: number) => {
    setFocused(row.id);
    virtual.scrollToIndex(to, { align: 'auto' });
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-row="${row.id}"]`)?.focus());
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && selection.size > 0) {
      event.preventDefault();
      onSelect(NOTHING);
      return;
    }
    const from = rows.findIndex(row => row.id === tabStop);
    const to = placeAfter(event.key, from, rows.length);
    const row = to === null ? undefined : rows[to];
    if (to === null || !row) return;
    event.preventDefault();
    focusRow(row, to);
  };
  const shown = rows.map(row => row.id);
  /** The row with the focus, else the open one. Selecting opens no conversation, because opening one marks it as read. */
  const cursor = () => (scroller.current?.contains(document.activeElement) ? tabStop : (openId ?? tabStop));
  const extend = (by: 1 | -1) => {
    const from = cursor();
    const to = shown.indexOf(from ?? '') + by;
    const row = rows[to];
    if (from === undefined || !row) return;
    onSelect(withRange(selection, shown, from, row.id));
    focusRow(row, to);
  };
  const toggle = (id = cursor()) => id && shown.includes(id) && onSelect(toggled(selection, id));
  useShortcuts(SELECTION, maySelect ? { toggle: () => toggle(), down: () => extend(1), up: () => extend(-1) } : {});
  const pick = (row: ConversationView, event: MouseEvent) => {
    const isBox = (event.target as HTMLElement).closest('[data-box]') !== null;
    if (maySelect && (isBox || event.ctrlKey || event.metaKey)) toggle(row.id);
    else if (maySelect && event.shiftKey) onSelect(withRange(selection, shown, cursor() ?? row.id, row.id));
    else onOpen(row.clientId, row.id);
  };

  if (inbox.isPending) return <Waiting what="Loading conversations…" />;
  if (inbox.isError) return <Failed error={inbox.error} onRetry={() => void inbox.refetch()} />;
  const about = FILTERS.find(entry => entry.filter === filter);
  if (rows.length === 0 && counts !== undefined && Object.values(counts).every(count => count === 0))
    return (
      <div className="scroll flex h-full flex-col items-center">
        <div className="w-full">
          <Empty icon={<Inbox size={22} />} title="No conversations yet">
            When a customer writes to this client on a connected system, the conversation appears here.
          </Empty>
        </div>
        <div className="flex w-full justify-center px-4 pb-6">
          <ClientChecklist clientId={clientId} />
        </div>
      </div>
    );
  if (rows.length === 0) {
    return (
      <Empty icon={<Inbox size={22} />} title={filter === 'open' ? 'All done' : `No results under ${about?.label}`}>
        {about?.empty}
      </Empty>
    );
  }
  return (
    <div
      ref={scroller}
      onScroll={event => {
        if (leftAt.current === null) scrollMemory.set(clientId, event.currentTarget.scrollTop);
      }}
      onWheel={() => {
        leftAt.current = null;
      }}
      onKeyDown={press}
      className="scroll h-full"
      role="listbox"
      aria-multiselectable={selection.size > 0}
      aria-label={`${about?.label} conversations`}
      // A row that is scrolled away is not in the page, so the list itself takes the focus then.
      tabIndex={items.some(item => rows[item.index]?.id === tabStop) ? -1 : 0}
    >
      <div style={{ height: virtual.getTotalSize() }} className="relative">
        {items.map(item => {
          const row = rows[item.index];
          if (!row) return null;
          return (
            <div
              key={item.key}
              style={{ height: ROW, transform: `translateY(${item.start}px)` }}
              className="absolute inset-x-0 top-0"
            >
              <Row
                row={row}
                now={now}
                open={row.id === openId}
                assignee={people.find(person => person.id === row.assigneeId)}
                place={item.index + 1}
                of={rows.length}
                tabStop={row.id === tabStop}
                onFocus={() => setFocused(row.id)}
                selected={selection.size > 0 ? selection.has(row.id) : null}
                onPick={event => pick(row, event)}
              />
            </div>
          );
        })}
      </div>
    </div>
  );
}

type RowProps = {
  readonly row: ConversationView;
  readonly now: Date;
  readonly open: boolean;
  readonly assignee: PersonRow | undefined;
  readonly place: number;
  readonly of: number;
  readonly tabStop: boolean;
  readonly onFocus: () => void;
  /** Null while no row is selected. */
  readonly selected: boolean | null;
  readonly onPick: (event: MouseEvent) => void;
};

function Row({ row, now, open, assignee, place, of, tabStop, onFocus, selected, onPick }: RowProps) {
  const unread = row.unread > 0;
  const window = windowState(row.windowExpiresAt, now);
  return (
    <button
      type="button"
      role="option"
      aria-selected={open}
      {...(selected === null ? {} : { 'aria-checked': selected })}
      aria-posinset={place}
      aria-setsize={of}
      data-row={row.id}
      tabIndex={tabStop ? 0 : -1}
      onFocus={onFocus}
      onClick={onPick}
      className="relative flex h-full w-full flex-col justify-center gap-0.5 border-b border-line px-3 text-left hover:bg-hover aria-selected:bg-picked"
    >
      <span className="flex items-baseline gap-2">
        {selected === null ? null : (
          <span data-box className={`self-center ${selected ? 'text-accent' : 'text-meta'}`}>
            {selected ? <SquareCheck size={15} aria-hidden /> : <Square size={15} aria-hidden />}
          </span>
        )}
        <span className={`min-w-0 flex-1 truncate ${unread ? 'font-bold' : ''}`}>
          <bdi>{row.contactName}</bdi>
        </span>
        <time dateTime={row.lastMessageAt} title={exactOf(row.lastMessageAt)} className="shrink-0 text-meta text-meta">
          {shortOf(row.lastMessageAt, now)}
        </time>
      </span>
      <span className="flex h-5 items-center gap-1.5">
        <span className="min-w-0 flex-1 truncate text-meta">
          {row.previewDirection === 'out' ? <span className="text-meta">You: </span> : null}
          <bdi>{row.preview}</bdi>
        </span>
        <Marks row={row} window={window} />
        {assignee ? <PersonMark initials={assignee.initials} name={`Assigned to ${assignee.name}`} size={18} /> : null}
        {unread ? (
          <span className="grid h-[18px] min-w-[18px] place-items-center rounded-full bg-accent px-1 text-[11px] leading-none font-bold text-on-accent">
            {row.unread}
            <span className="sr-only"> unread</span>
          </span>
        ) : null}
      </span>
    </button>
  );
}

/** At most two marks, the most urgent first. */
function Marks({ row, window }: { readonly row: ConversationView; readonly window: ReturnType<typeof windowState> }) {
  const marks = [
    row.refused > 0 ? (
      <Chip key="refused" tone="danger">
        <TriangleAlert size={11} aria-hidden /> Not sent
      </Chip>
    ) : null,
    row.failed > 0 ? (
      <Chip key="failed" tone="danger">
        Failed
      </Chip>
    ) : null,
    row.waiting > 0 ? (
      <Chip key="waiting" tone="waiting" title="Will be sent when online">
        <CloudUpload size={11} aria-hidden /> {row.waiting}
        <span className="sr-only"> waiting to send</span>
      </Chip>
    ) : null,
    row.status === 'snoozed' && row.snoozedUntil ? (
      <Chip key="snoozed" title={`Snoozed until ${exactOf(row.snoozedUntil)}`}>
        <AlarmClock size={11} aria-hidden />
        <span className="sr-only">Snoozed until </span>
        {dateTimeOf(row.snoozedUntil)}
      </Chip>
    ) : null,
    window.state === 'closing' ? (
      <Chip key="closing" tone="waiting" title="Until the 24-hour reply window closes">
        <Clock3 size={11} aria-hidden /> {window.label.replace(' left', '')}
      </Chip>
    ) : null,
    row.hasDraft ? (
      <Chip key="draft">
        <PencilLine size={11} aria-hidden /> Draft
      </Chip>
    ) : null,
    row.optedOut ? <Chip key="out">Opted out</Chip> : null,
    row.stopHint ? <Chip key="hint">May want to stop</Chip> : null,
  ].filter(mark => mark !== null);
  return <>{marks.slice(0, 2)}</>;
}
