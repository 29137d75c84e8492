import type { InboxFilter, MessageRow } from '@astrix/contract';
import { mayWrite } from '@astrix/contract/conversations/may-write';
import { ExternalLink, MessagesSquare, PanelRight, X } from 'lucide-react';
import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { Group, Panel } from 'react-resizable-panels';
import type { ClientView, OutboxItem } from '../../../shared/ipc.ts';
import { useAppState } from '../../lib/app-state.ts';
import { ask, bridge } from '../../lib/bridge.ts';
import { useNow } from '../../lib/clock.ts';
import { useMedia } from '../../lib/media.ts';
import { usePeople } from '../../lib/queries.ts';
import type { ScreenProps } from '../../lib/screen.ts';
import { LIST } from '../../lib/shortcuts.ts';
import { useShortcuts } from '../../lib/use-shortcuts.ts';
import { write } from '../../lib/write.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { copy } from '../../ui/copy.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { Handle } from '../../ui/handle.tsx';
import { Empty, Failed, Waiting } from '../../ui/parts.tsx';
import { complain, toast } from '../../ui/toast.tsx';
import { Composer, type Given } from './composer.tsx';
import { ConversationList } from './conversation-list.tsx';
import { FailedActions } from './failed-actions.tsx';
import { afterLeaving, besides } from './held-list.ts';
import { filterMemory, scrollMemory } from './memory.ts';
import { loadNewest, useConversation } from './queries.ts';
import { afterSelected, NOTHING, within } from './selection.ts';
import { CONVERSATION } from './shortcuts.ts';
import { SidePanel } from './side-panel.tsx';
import { StopHint } from './stop-hint.tsx';
import { Thread } from './thread.tsx';
import { triageOf } from './triage.ts';

/** List, thread, details: three panels whose widths are remembered. */
export function InboxScreen({ client, at: conversationId, open }: ScreenProps) {
  const [filter, setFilter] = useState(() => filterMemory.of(client.id));
  const sizes = useAppState(state => state.settings?.panels);
  const searchField = useRef<HTMLInputElement>(null);
  const listed = useRef<readonly string[]>([]);
  const [selection, setSelection] = useState(NOTHING);
  const onListed = useCallback((ids: readonly string[]) => {
    listed.current = ids;
    setSelection(selected => within(selected, ids));
  }, []);

  const pickFilter = (next: InboxFilter) => {
    filterMemory.set(client.id, next);
    scrollMemory.set(client.id, 0);
    setFilter(next);
    setSelection(NOTHING);
  };
  const leaveSelected = () => {
    if (conversationId !== null && selection.has(conversationId))
      open(afterSelected(listed.current, selection, conversationId));
    setSelection(NOTHING);
  };

  // The address follows a moment later. Until then keys count from where the person is going, and change nothing where they were.
  const going = useRef<string | null>(null);
  const begin = useRef<'reply' | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address has arrived
  useEffect(() => {
    going.current = null;
  }, [conversationId]);
  const goTo = (id: string | null) => {
    if (id === null || id === conversationId) return;
    going.current = id;
    open(id);
  };
  const step = (by: 1 | -1) => goTo(besides(listed.current, going.current ?? conversationId, by));
  useShortcuts(LIST, {
    search: () => searchField.current?.focus(),
    next: () => step(1),
    previous: () => step(-1),
  });

  const remember = (layout: Readonly<Record<string, number>>) =>
    void bridge.settings.set({
      panels: Object.fromEntries(Object.entries(layout).map(([name, size]) => [name, Math.round(size * 10) / 10])),
    });
  const size = (name: string, otherwise: number) => `${sizes?.[name] ?? otherwise}%`;
  return (
    <Group orientation="horizontal" className="h-full" onLayoutChanged={remember}>
      <Panel id="list" defaultSize={size('list', 27)} minSize="260px" maxSize="46%">
        <ConversationList
          clientId={client.id}
          filter={filter}
          onFilter={pickFilter}
          openId={conversationId}
          onOpen={(clientId, id) => open(id, clientId)}
          searchField={searchField}
          onListed={onListed}
          selection={selection}
          onSelect={setSelection}
          onSelectedLeft={leaveSelected}
        />
      </Panel>
      <Handle />
      <Panel id="work" minSize="380px">
        {conversationId ? (
          <Work
            key={conversationId}
            client={client}
            conversationId={conversationId}
            going={going}
            begin={begin}
            selecting={selection.size > 0}
            onNext={() => step(1)}
            onLeave={() => {
              const next = afterLeaving(listed.current, conversationId);
              going.current = next;
              return isKept => {
                if (isKept) goTo(next);
                else going.current = null;
              };
            }}
          />
        ) : (
          <div className="h-full bg-ground">
            <Empty icon={<MessagesSquare size={24} />} title="Choose a conversation">
              J and K move through the list, R replies. Press ? for all shortcuts.
            </Empty>
          </div>
        )}
      </Panel>
    </Group>
  );
}

type WorkProps = {
  readonly client: ClientView;
  readonly conversationId: string;
  /** The conversation that the window is about to open; null when it has arrived. */
  readonly going: RefObject<string | null>;
  /** What to begin with once the conversation is shown, when its key came before it was. */
  readonly begin: RefObject<'reply' | null>;
  /** Rows of the list are selected: the keys that change a conversation act on them and not on the open one. */
  readonly selecting: boolean;
  readonly onNext: () => void;
  /** Runs when the conversation is dealt with. The answer is told whether that was kept, and opens the one that follows. */
  readonly onLeave: () => (isKept: boolean) => void;
};

function Work({ client, conversationId, going, begin, selecting, onNext, onLeave }: WorkProps) {
  const found = useConversation(client.id, conversationId);
  const people = usePeople().data ?? [];
  const account = useAppState(state => state.account);
  const sizes = useAppState(state => state.settings?.panels);
  const [mode, setMode] = useState<'reply' | 'note'>('reply');
  const [quoted, setQuoted] = useState<MessageRow | null>(null);
  const [given, setGiven] = useState<Given | null>(null);
  const [link, setLink] = useState<string | null>(null);
  const [drawer, setDrawer] = useState(false);
  const now = useNow(30);
  const wide = useMedia('(min-width: 960px)');
  const field = useRef<HTMLTextAreaElement>(null);
  /** The person marked it as unread: it stays so until they come back to it. */
  const keepUnread = useRef(false);
  const triggers = {
    assign: useRef<HTMLButtonElement>(null),
    tag: useRef<HTMLButtonElement>(null),
    snooze: useRef<HTMLButtonElement>(null),
  };
  const conversation = found.data ?? null;
  const mayReply = account.status === 'signed-in' && account.permissions.includes('conversation.reply');
  const mayRecordConsent = account.status === 'signed-in' && account.permissions.includes('contact.consent');
  const unread = conversation?.unread ?? 0;
  const lastInboundId = conversation?.lastInboundId ?? null;

  // A message counts as read when its conversation is open in a window that has the focus.
  useEffect(() => {
    if (unread === 0 || lastInboundId === null || !mayReply) return;
    const mark = () => {
      if (document.hasFocus() && !keepUnread.current)
        void write('conversations.mark-read', { clientId: client.id, conversationId, upToId: lastInboundId }).catch(
          () => undefined,
        );
    };
    const timer = setTimeout(mark, 600);
    window.addEventListener('focus', mark);
    return () => {
      clearTimeout(timer);
      window.removeEventListener('focus', mark);
    };
  }, [unread, lastInboundId, mayReply, client.id, conversationId]);

  const compose = (next: 'reply' | 'note') => {
    flushSync(() => setMode(next));
    field.current?.focus();
  };
  const isHere = conversation !== null;
  useEffect(() => {
    if (isHere && begin.current !== null) field.current?.focus();
    if (isHere) begin.current = null;
  }, [isHere, begin]);
  const openMenu = (name: keyof typeof triggers) => {
    setDrawer(true);
    requestAnimationFrame(() => triggers[name].current?.click());
  };
  const nameOf = (personId: string | null) => people.find(person => person.id === personId)?.name ?? 'a former user';
  const triage = conversation && triageOf(conversation, nameOf, onLeave);
  const here = (act: () => void) => () => going.current === null && act();
  const myId = account.status === 'signed-in' ? account.personId : null;
  useShortcuts(
    CONVERSATION,
    triage && mayReply
      ? {
          reply() {
            if (going.current === null) compose('reply');
            else begin.current = 'reply';
          },
          note: here(() => compose('note')),
          ...(selecting
            ? {}
            : {
                assign: here(() => openMenu('assign')),
                mine: here(() => myId !== conversation.assigneeId && triage.assign(myId)),
                tag: here(() => openMenu('tag')),
                snooze: here(() => openMenu('snooze')),
                unread: here(() => {
                  keepUnread.current = true;
                  triage.unread();
                }),
                close: here(triage.toggle),
              }),
        }
      : {},
  );

  if (found.isPending) return <Waiting what="Loading the conversation…" />;
  if (found.isError) return <Failed error={found.error} onRetry={() => void found.refetch()} />;
  if (!conversation || !triage) {
    return (
      <Empty icon={<MessagesSquare size={24} />} title="Conversation not found">
        It was deleted 30 days after its last message, or you no longer have access to this client.
      </Empty>
    );
  }
  const openOrCopy = (url: string) => {
    const [, copied] = /^(?:tel|mailto):(.*)$/.exec(url) ?? [];
    if (copied === undefined) setLink(url);
    else copy(copied, `Copied ${copied}`);
  };
  const give = (next: Given) => {
    setMode('reply');
    setGiven(next);
    requestAnimationFrame(() => field.current?.focus());
  };
  const edit = (item: OutboxItem) => {
    // The text is kept as a draft before it leaves the outbox, so that it is on the disk at every moment.
    const draft = { clientId: client.id, conversationId, text: item.summary, replyToId: null };
    ask(bridge.drafts.set(draft))
      .then(() => ask(bridge.outbox.discard({ clientId: item.clientId, id: item.id })))
      .then(() => give({ text: item.summary, failedId: null }), complain);
  };
  const dismiss = (failedId: string) =>
    write('conversations.dismiss-failure', { clientId: client.id, conversationId, failedId });
  const resend = ({ id, text, replyToId }: MessageRow) => {
    const reply = { clientId: client.id, conversationId, text, replyToId, seenInboundId: lastInboundId };
    write('conversations.reply', reply)
      .then(() => dismiss(id))
      .catch(complain);
  };
  const quote = (message: MessageRow) => {
    setQuoted(message);
    setMode('reply');
    field.current?.focus();
  };
  const details = <SidePanel conversation={conversation} client={client} triage={triage} triggers={triggers} />;
  return (
    <>
      <Group
        orientation="horizontal"
        className="relative h-full"
        onLayoutChanged={layout =>
          wide &&
          void bridge.settings.set({ panels: { ...sizes, details: Math.round((layout.details ?? 28) * 10) / 10 } })
        }
      >
        <Panel id="thread" minSize="320px">
          <div className="flex h-full flex-col">
            {/* The drawer of a small window covers messages only, never the composer and its button. */}
            <div className="relative flex min-h-0 flex-1 flex-col">
              {wide || !drawer ? null : (
                <div className="absolute inset-y-0 right-0 z-10 w-72 shadow-float">{details}</div>
              )}
              <Thread
                conversation={conversation}
                clientName={client.name}
                onQuote={quote}
                onEdit={edit}
                onLink={openOrCopy}
                failedActions={message => (
                  <FailedActions
                    message={message}
                    maySend={mayReply && mayWrite(conversation, now, 'reply') === null}
                    onResend={resend}
                    onEdit={failed => give({ text: failed.text, failedId: failed.id })}
                    onDismiss={failed => void dismiss(failed.id).then(() => toast('Dismissed'), complain)}
                  />
                )}
              />
            </div>
            {mayRecordConsent ? <StopHint conversation={conversation} /> : null}
            {mayReply ? (
              <Composer
                conversation={conversation}
                client={client}
                mode={mode}
                onMode={setMode}
                quoted={quoted}
                onUnquote={() => setQuoted(null)}
                field={field}
                given={given}
                onSent={then => {
                  loadNewest(client.id, conversationId);
                  if (given?.failedId) dismiss(given.failedId).catch(complain);
                  setGiven(null);
                  if (then === 'next') onNext();
                  if (then === 'close') triage.setStatus('closed');
                }}
              />
            ) : (
              <p className="border-t border-line bg-sunken px-4 py-3 text-meta">You have read-only access.</p>
            )}
          </div>
        </Panel>
        {wide ? (
          <>
            <Handle />
            <Panel id="details" defaultSize={`${sizes?.details ?? 28}%`} minSize="230px" maxSize="44%">
              {details}
            </Panel>
          </>
        ) : (
          <IconButton
            label={drawer ? 'Hide the details' : 'Show the details'}
            aria-pressed={drawer}
            className="absolute top-2 right-2 z-20 bg-panel shadow-float"
            onClick={() => setDrawer(!drawer)}
          >
            {drawer ? <X size={16} /> : <PanelRight size={16} />}
          </IconButton>
        )}
      </Group>
      <LinkDialog url={link} onClose={() => setLink(null)} />
    </>
  );
}

/** Shows the host of a link before anything is opened (SH-08). */
function LinkDialog({ url, onClose }: { readonly url: string | null; readonly onClose: () => void }) {
  let host = '';
  try {
    host = url ? new URL(url).host : '';
  } catch {
    host = '';
  }
  return (
    <Dialog open={url !== null} onClose={onClose} title="Open a link">
      <div className="flex flex-col gap-3 p-5">
        <p>
          <b className="break-all">{host || 'An unknown address'}</b> opens in your browser. Open it only if you trust
          it.
        </p>
        <code className="rounded-md bg-sunken px-3 py-2 font-[inherit] break-all text-meta">{url}</code>
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look="primary"
            onClick={() => {
              if (url) void ask(bridge.app.openLink({ url })).catch(complain);
              onClose();
            }}
          >
            <ExternalLink size={14} /> Open {host}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
