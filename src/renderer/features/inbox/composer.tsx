import type { AccountNoticeRow, Fault, MessageRow } from '@astrix/contract';
import { isStopping, mayWrite, type WriteRefusal } from '@astrix/contract/conversations/may-write';
import { ERRORS } from '@astrix/contract/errors';
import { useQuery } from '@tanstack/react-query';
import { Clock3, CornerUpLeft, NotebookPen, X } from 'lucide-react';
import { type KeyboardEvent, type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import type { ClientView, ConversationView } from '../../../shared/ipc.ts';
import { useAppState } from '../../lib/app-state.ts';
import { ask, bridge } from '../../lib/bridge.ts';
import { hueStyle } from '../../lib/client-colour.ts';
import { useNow } from '../../lib/clock.ts';
import { count, windowState } from '../../lib/format.ts';
import { allRows } from '../../lib/rows.ts';
import { keysOf, keysPressed } from '../../lib/shortcuts.ts';
import { write } from '../../lib/write.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Hinted } from '../../ui/hint.tsx';
import { complain } from '../../ui/toast.tsx';
import { type AfterSend, SendButton } from './send-button.tsx';
import { CONVERSATION, WRITING } from './shortcuts.ts';

const MOST = 4096;
const SAVE_MS = 300;
const NO_NOTICES: readonly AccountNoticeRow[] = [];

const AFTER: Readonly<Record<string, AfterSend>> = {
  [WRITING.sendAlways.keys]: 'stay',
  [WRITING.sendAndNext.keys]: 'next',
  [WRITING.sendAndClose.keys]: 'close',
};

/** What these keys ask for: to send, and what then. Null when they do not send. */
function afterKeys(keys: string | null, shift: boolean, sendWith: 'enter' | 'mod-enter'): AfterSend | null {
  if (keys === WRITING.send.keys) return sendWith === 'enter' && !shift ? 'stay' : null;
  return AFTER[keys ?? ''] ?? null;
}

/** A text for the composer; `failedId` is the message that failed with it, which sending deals with. */
export type Given = { readonly text: string; readonly failedId: string | null };

type Props = {
  readonly conversation: ConversationView;
  readonly client: ClientView;
  readonly mode: 'reply' | 'note';
  readonly onMode: (mode: 'reply' | 'note') => void;
  readonly quoted: MessageRow | null;
  readonly onUnquote: () => void;
  readonly field: RefObject<HTMLTextAreaElement | null>;
  /** Text to begin with, when a reply that was not sent or not delivered is edited. */
  readonly given: Given | null;
  /** Runs when a reply is kept, with what the person wanted to do after it. */
  readonly onSent: (then: AfterSend) => void;
};

/** Writes a reply or a note. The text of a reply is kept as a draft of this conversation. A write names its client and its conversation (SH-21). */
export function Composer({ conversation, client, mode, onMode, quoted, onUnquote, field, given, onSent }: Props) {
  const { id: conversationId, clientId } = conversation;
  const now = useNow(15);
  const sendWith = useAppState(state => state.settings?.sendWith ?? 'enter');
  const notices = useQuery(allRows('accountNotices', clientId)).data ?? NO_NOTICES;
  const online = useAppState(state => state.sync?.connection === 'online');
  const [text, setText] = useDraft(clientId, conversationId, quoted?.id ?? null);
  const [note, setNoteText] = useState('');
  const setNote = (next: string, _save?: boolean) => setNoteText(next);
  const window = windowState(conversation.windowExpiresAt, now);
  const noting = mode === 'note';
  const barred = noting ? null : reasonNotToSend(conversation, client, notices, now);
  const value = noting ? note : text;
  const ready = value.trim().length > 0 && value.length <= MOST && barred === null;

  useEffect(() => {
    if (given === null) return;
    const before = field.current?.value.trim() ?? '';
    setText(before === '' || before === given.text ? given.text : `${given.text}\n${before}`);
  }, [given, setText, field]);

  // The field is emptied at once for the next message. A text that could not be kept is put back, above what was typed meanwhile.
  const send = (then: AfterSend = 'stay') => {
    if (!ready) return;
    const written = value.trim();
    const set = noting ? setNote : setText;
    set('', false);
    onUnquote();
    const kept = noting
      ? write('conversations.add-note', { clientId, conversationId, text: written })
      : write('conversations.reply', {
          clientId,
          conversationId,
          text: written,
          replyToId: quoted?.id ?? null,
          seenInboundId: conversation.lastInboundId,
        });
    kept.then(
      () => (noting ? onMode('reply') : onSent(then)),
      (error: unknown) => {
        complain(error);
        const since = field.current?.value ?? '';
        set(since ? `${written}\n${since}` : written);
      },
    );
    field.current?.focus();
  };
  const press = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const keys = keysPressed(event, false);
    if (keys === WRITING.leave.keys) field.current?.blur();
    const then = afterKeys(keys, event.shiftKey, sendWith);
    if (then === null) return;
    event.preventDefault();
    send(then);
  };

  return (
    <form
      aria-label={noting ? 'Note' : `Reply as ${client.replyAs}`}
      style={hueStyle(client)}
      onSubmit={event => {
        event.preventDefault();
        send();
      }}
      className={`@container border-t-[3px] px-4 pt-2 pb-3 ${noting ? 'border-line bg-note' : 'border-hue bg-panel'}`}
    >
      <div className="mb-1.5 flex flex-wrap items-center gap-1 text-meta">
        <ModeButton on={!noting} onClick={() => onMode('reply')} hint="Reply" keys={keysOf(CONVERSATION.reply)}>
          Reply as <bdi className="max-w-48 truncate font-medium">{client.replyAs}</bdi>
        </ModeButton>
        <ModeButton on={noting} onClick={() => onMode('note')} hint="Note" keys={keysOf(CONVERSATION.note)}>
          <NotebookPen size={13} aria-hidden /> Note
        </ModeButton>
        <span className="flex-1" />
        {noting ? (
          <span className="text-meta">Only colleagues see this</span>
        ) : (
          <span
            title="You can reply freely for 24 hours after the customer’s last message"
            className={`inline-flex items-center gap-1 whitespace-nowrap ${window.state === 'closing' ? 'text-waiting' : window.state === 'open' ? 'text-meta' : 'text-danger'}`}
          >
            <Clock3 size={13} aria-hidden /> {window.label}
          </span>
        )}
      </div>
      {quoted && !noting ? (
        <div className="mb-1.5 flex items-center gap-2 rounded-md bg-sunken py-1 pr-1 pl-2.5 text-meta">
          <CornerUpLeft size={13} aria-hidden />{' '}
          <span dir="auto" className="min-w-0 flex-1 truncate">
            {quoted.text || 'Message'}
          </span>
          <IconButton label="Do not quote" className="size-6" onClick={onUnquote}>
            <X size={13} />
          </IconButton>
        </div>
      ) : null}
      {barred ? (
        <div role="status" className="rounded-md border border-line bg-sunken px-3 py-2.5">
          <p className="font-medium">{barred.reason}</p>
          <p className="text-meta">{barred.next}</p>
        </div>
      ) : (
        <div className="flex items-end gap-2 @max-md:flex-col @max-md:items-stretch">
          <textarea
            ref={field}
            dir="auto"
            aria-label={noting ? 'Note text' : 'Reply text'}
            placeholder={noting ? 'Write a note for your colleagues' : `Write to ${conversation.contactName}`}
            rows={2}
            maxLength={MOST}
            value={value}
            onChange={event => (noting ? setNote(event.target.value) : setText(event.target.value))}
            onKeyDown={press}
            className="field scroll field-sizing-content max-h-44 min-h-[54px] resize-none leading-normal"
          />
          {noting ? (
            <Button type="submit" look="primary" disabled={!ready}>
              <NotebookPen size={14} aria-hidden /> Add note
            </Button>
          ) : (
            <SendButton clientName={client.name} online={online} disabled={!ready} onSend={send} />
          )}
        </div>
      )}
      {value.length > MOST - 400 ? (
        <p className="mt-1 text-right text-meta text-meta" aria-live="polite">
          {count(MOST - value.length)} characters left
        </p>
      ) : null}
    </form>
  );
}

function ModeButton({
  on,
  onClick,
  hint,
  keys,
  children,
}: {
  readonly on: boolean;
  readonly onClick: () => void;
  readonly hint: string;
  readonly keys: string;
  readonly children: React.ReactNode;
}) {
  return (
    <Hinted text={hint} keys={keys}>
      <button
        type="button"
        aria-pressed={on}
        onClick={onClick}
        className="inline-flex h-6 items-center gap-1.5 rounded-md px-2 text-meta whitespace-nowrap hover:bg-hover aria-pressed:bg-picked aria-pressed:text-text"
      >
        {children}
      </button>
    </Hinted>
  );
}

type Reason = Omit<Fault, 'code'>;

const REASONS: Readonly<Record<WriteRefusal, Reason>> = {
  client_paused: ERRORS.client_paused,
  opted_out: {
    reason: 'This customer opted out',
    next: 'Do not message them. If they opt in again, record it in the panel on the right.',
  },
  window_closed: {
    reason: ERRORS.window_closed.reason,
    next: 'WhatsApp allows only approved templates now. You can reply again when the customer writes.',
  },
  account_stopped: ERRORS.account_stopped,
  channel_unavailable: ERRORS.channel_unavailable,
  marketing_opted_out: ERRORS.marketing_opted_out,
  consent_unclear: ERRORS.consent_unclear,
};

function reasonNotToSend(
  conversation: ConversationView,
  client: ClientView,
  notices: readonly AccountNoticeRow[],
  now: Date,
): Reason | null {
  const ofChannel = notices.filter(({ provider }) => provider === conversation.channel);
  const refusal = mayWrite({ ...conversation, notices: ofChannel }, now, 'reply');
  if (refusal === 'account_stopped') return ofChannel.find(notice => isStopping(notice, now)) ?? REASONS[refusal];
  // A paused client comes before a closed window: a new message of the customer would not allow a reply.
  if (refusal !== 'opted_out' && client.status === 'paused')
    return { reason: `${client.name} is paused`, next: 'An owner or admin of your agency can resume it.' };
  return refusal && REASONS[refusal];
}

/** The draft of a conversation: read when it is opened, saved shortly after the last key, and saved at once when the person leaves. */
function useDraft(
  clientId: string,
  conversationId: string,
  replyToId: string | null,
): [string, (text: string, save?: boolean) => void] {
  const [text, setShown] = useState('');
  const waiting = useRef<{ timer: ReturnType<typeof setTimeout>; save: () => void } | null>(null);
  const touched = useRef(false);

  useEffect(() => {
    touched.current = false;
    setShown('');
    ask(bridge.drafts.get({ clientId, conversationId })).then(draft => {
      if (!touched.current && draft) setShown(draft.text);
    }, complain);
    const flush = () => {
      const last = waiting.current;
      waiting.current = null;
      if (last) {
        clearTimeout(last.timer);
        last.save();
      }
    };
    window.addEventListener('pagehide', flush);
    return () => {
      window.removeEventListener('pagehide', flush);
      flush();
    };
  }, [clientId, conversationId]);

  const set = useCallback(
    (next: string, save = true) => {
      touched.current = true;
      setShown(next);
      if (waiting.current) clearTimeout(waiting.current.timer);
      waiting.current = null;
      if (!save) return;
      const write = () =>
        void ask(bridge.drafts.set({ clientId, conversationId, text: next, replyToId })).catch(complain);
      const timer = setTimeout(() => {
        waiting.current = null;
        write();
      }, SAVE_MS);
      waiting.current = { timer, save: write };
    },
    [clientId, conversationId, replyToId],
  );
  return [text, set];
}
