import type { MessageRow, PersonRow } from '@astrix/contract';
import { SHOWN_FOR_TEXT } from '@astrix/contract/conversations/shown-parts';
import {
  Check,
  CheckCheck,
  Clock3,
  CloudUpload,
  FileText,
  HelpCircle,
  Image,
  MapPin,
  Mic,
  NotebookPen,
  Phone,
  Reply,
  Sticker,
  TriangleAlert,
  UserRound,
  Video,
} from 'lucide-react';
import type { ReactNode } from 'react';
import type { OutboxItem, ThreadItem } from '../../../shared/ipc.ts';
import { bytesOf, exactOf, timeOf } from '../../lib/format.ts';
import { Linked } from '../../lib/text.tsx';
import { Button } from '../../ui/button.tsx';
import { copy } from '../../ui/copy.ts';
import { Hinted } from '../../ui/hint.tsx';
import { LongText } from './long-text.tsx';
import { Part } from './part.tsx';

type Common = { readonly onLink: (url: string) => void };

const ICONS: Readonly<Record<string, ReactNode>> = {
  image: <Image size={16} />,
  video: <Video size={16} />,
  audio: <Mic size={16} />,
  document: <FileText size={16} />,
  sticker: <Sticker size={16} />,
  location: <MapPin size={16} />,
  contacts: <UserRound size={16} />,
};
const NAMES: Readonly<Record<string, string>> = {
  image: 'Picture',
  video: 'Video',
  audio: 'Voice message',
  document: 'Document',
  sticker: 'Sticker',
};

/** Names a file that was sent. The file itself is not fetched. */
function Media({ message }: { readonly message: MessageRow }) {
  const { media, kind } = message;
  if (!media) return null;
  return (
    <span className="mb-1 flex items-center gap-2.5 rounded-md border border-line bg-ground px-2.5 py-2">
      <span className="text-meta">{ICONS[kind] ?? <FileText size={16} />}</span>
      <span className="min-w-0">
        <span dir="auto" className="block truncate font-medium">
          {media.fileName ?? NAMES[kind] ?? 'File'}
        </span>
        <span className="block text-meta text-meta">
          {[bytesOf(media.bytes), 'Stored by WhatsApp'].filter(Boolean).join(' · ')}
        </span>
      </span>
    </span>
  );
}

const RECEIPTS: Readonly<Record<string, { readonly says: string; readonly icon: ReactNode; readonly tone: string }>> = {
  queued: { says: 'Queued', icon: <Clock3 size={13} />, tone: 'text-meta' },
  sending: { says: 'Sending', icon: <Clock3 size={13} />, tone: 'text-meta' },
  unknown: {
    says: 'Delivery unknown. Checking with WhatsApp',
    icon: <HelpCircle size={13} />,
    tone: 'text-waiting',
  },
  sent: { says: 'Sent', icon: <Check size={14} />, tone: 'text-meta' },
  delivered: { says: 'Delivered', icon: <CheckCheck size={14} />, tone: 'text-meta' },
  read: { says: 'Read', icon: <CheckCheck size={14} />, tone: 'text-accent' },
  failed: { says: 'Failed', icon: <TriangleAlert size={13} />, tone: 'text-danger' },
};

function Receipt({ message }: { readonly message: MessageRow }) {
  const receipt = RECEIPTS[message.status];
  if (!receipt) return null;
  const when =
    message.status === 'read' && message.readAt
      ? `Read ${exactOf(message.readAt)}`
      : message.status === 'delivered' && message.deliveredAt
        ? `Delivered ${exactOf(message.deliveredAt)}`
        : receipt.says;
  return (
    <span title={when} className={`inline-flex items-center gap-0.5 ${receipt.tone}`}>
      <span aria-hidden>{receipt.icon}</span>
      <span className="sr-only">{when}</span>
    </span>
  );
}

const QUOTED = 'mb-1 block w-full truncate border-l-2 border-line-strong pl-2 text-left text-meta text-meta';

/** What a message answers. Picking it shows the quoted message in its place. */
function Quoted({
  quoted,
  onJump,
}: {
  readonly quoted: MessageRow | undefined;
  readonly onJump: (messageId: string) => void;
}) {
  if (!quoted) return <span className={QUOTED}>The original message is no longer stored</span>;
  return (
    <button type="button" dir="auto" className={`${QUOTED} hover:text-text`} onClick={() => onJump(quoted.id)}>
      {quoted.deletedAt ? 'Deleted message' : quoted.text || (NAMES[quoted.kind] ?? 'Message')}
    </button>
  );
}

type MessageProps = Common & {
  readonly message: MessageRow;
  readonly quoted: MessageRow | undefined;
  readonly author: PersonRow | undefined;
  readonly customer: string;
  /** It goes on a message of the same writer, and stands close below it. */
  readonly follows: boolean;
  readonly onQuote: (message: MessageRow) => void;
  /** Shows another message of the thread. */
  readonly onJump: (messageId: string) => void;
  /** Buttons for a message that failed and was not dealt with. */
  readonly failedActions: ReactNode;
};

export function Message({
  message,
  quoted,
  author,
  customer,
  follows,
  onQuote,
  onJump,
  onLink,
  failedActions,
}: MessageProps) {
  const ours = message.direction === 'out';
  if (message.kind === 'system' || message.kind === 'call')
    return (
      <p className="py-1 text-center text-meta text-meta">
        {message.kind === 'call' ? (
          <Phone size={13} aria-hidden className="mr-1.5 inline-block align-text-bottom" />
        ) : null}
        {message.text} ·{' '}
        <time dateTime={message.sentAt} title={exactOf(message.sentAt)}>
          {timeOf(message.sentAt)}
        </time>
      </p>
    );
  return (
    <article
      aria-label={`${ours ? (author?.name ?? 'We') : customer}, ${timeOf(message.sentAt)}`}
      tabIndex={-1}
      className={`group flex ${ours ? 'justify-end' : 'justify-start'} ${follows ? '-mt-1.5' : ''}`}
    >
      <div
        className={`relative max-w-[min(72%,560px)] rounded-lg px-3 py-1.5 border border-transparent [[data-theme=contrast]_&]:border-line ${ours ? 'bg-ours' : 'bg-sunken'} ${message.status === 'failed' ? 'ring-1 ring-danger' : ''}`}
      >
        {message.replyToId ? <Quoted quoted={quoted} onJump={onJump} /> : null}
        <Media message={message} />
        {/* A short text has its time beside it; a long one pushes the time to a line below. */}
        <span className="flex flex-wrap items-end justify-end gap-x-2.5">
          {message.deletedAt ? (
            <span className="mr-auto text-meta italic">
              {ours ? 'Deleted on the phone' : 'Deleted by the customer'}
            </span>
          ) : (
            <span
              dir="auto"
              className={`mr-auto block min-w-0 break-words whitespace-pre-wrap ${message.kind === 'unsupported' ? 'text-meta italic' : ''}`}
            >
              {!message.media && ICONS[message.kind] ? (
                <span className="mr-1.5 inline-block align-text-bottom text-meta">{ICONS[message.kind]}</span>
              ) : null}
              {message.content.some(part => SHOWN_FOR_TEXT.includes(part.kind)) ? null : (
                <LongText length={message.text.length}>
                  <Linked text={message.text} onLink={onLink} />
                </LongText>
              )}
              {message.content.map((part, n) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: parts have no id and never change their order
                <Part key={n} part={part} onLink={onLink} />
              ))}
            </span>
          )}
          <span className="flex items-center gap-1.5 text-[11px] leading-[19px] whitespace-nowrap text-meta">
            {message.editedAt ? <span title={exactOf(message.editedAt)}>edited</span> : null}
            {message.fromPhone ? <span>from phone</span> : null}
            {ours && author && !follows ? <span>{author.name.split(' ')[0]}</span> : null}
            <time dateTime={message.sentAt} title={exactOf(message.sentAt)}>
              {timeOf(message.sentAt)}
            </time>
            {ours ? <Receipt message={message} /> : null}
          </span>
        </span>
        {message.failure ? (
          <p className="mt-1.5 border-t border-line pt-1.5 text-meta">
            <span className="font-medium text-danger">Not delivered. {message.failure.reason}</span>{' '}
            <span className="text-meta">{message.failure.next}</span>
            {failedActions}
          </p>
        ) : null}
        {message.reactions.length > 0 ? (
          <span
            className="absolute -bottom-2.5 left-2 rounded-full border border-line bg-panel px-1.5 text-[12px] leading-[18px]"
            title={`Reactions`}
          >
            {message.reactions.map(reaction => reaction.emoji).join(' ')}
          </span>
        ) : null}
        <Hinted text="Quote in the reply">
          <button
            type="button"
            aria-label="Quote in the reply"
            onClick={() => onQuote(message)}
            className={`absolute top-1 grid size-7 place-items-center rounded-md text-meta opacity-0 group-hover:opacity-100 hover:bg-hover focus-visible:opacity-100 ${ours ? '-left-8' : '-right-8'}`}
          >
            <Reply size={14} />
          </button>
        </Hinted>
      </div>
    </article>
  );
}

export function Note({
  item,
  author,
  onLink,
}: Common & { readonly item: Extract<ThreadItem, { type: 'note' }>; readonly author: PersonRow | undefined }) {
  return (
    <article
      aria-label={`Note by ${author?.name ?? 'a colleague'}`}
      className="mx-auto w-full max-w-[620px] rounded-lg bg-note px-3 py-2"
    >
      <span className="mb-0.5 flex items-center gap-1.5 text-meta text-meta">
        <NotebookPen size={13} aria-hidden /> Note by {author?.name ?? 'a colleague'} · not visible to customers
        <span className="flex-1" />
        {item.waiting ? <span className="text-waiting">Saving when online</span> : null}
        <time dateTime={item.note.createdAt} title={exactOf(item.note.createdAt)}>
          {timeOf(item.note.createdAt)}
        </time>
      </span>
      <span dir="auto" className="block break-words whitespace-pre-wrap">
        <Linked text={item.note.text} onLink={onLink} />
      </span>
    </article>
  );
}

type PendingProps = Common & {
  readonly item: OutboxItem;
  readonly online: boolean;
  readonly clientName: string;
  readonly onSendAnyway: (item: OutboxItem) => void;
  readonly onEdit: (item: OutboxItem) => void;
  readonly onDiscard: (item: OutboxItem) => void;
};

/** A reply that waits or is being sent, or a refused one with the reason, the newer messages and what the person can do. */
export function Pending({ item, online, clientName, onSendAnyway, onEdit, onDiscard, onLink }: PendingProps) {
  const refused = item.state === 'refused';
  const again = item.refusal?.code === 'conversation_changed';
  return (
    <article aria-label={refused ? 'Reply not sent' : 'Reply being sent'} className="flex justify-end">
      <div
        className={`max-w-[min(78%,600px)] rounded-lg px-3 py-2 ${refused ? 'border border-danger bg-danger-ground' : 'border border-dashed border-line-strong bg-ours'}`}
      >
        <span dir="auto" className="block break-words whitespace-pre-wrap">
          <Linked text={item.summary} onLink={onLink} />
        </span>
        {refused && item.refusal ? (
          <div className="mt-2 border-t border-line pt-2">
            <p className="font-medium text-danger">Not sent. {item.refusal.reason}.</p>
            <p className="text-meta">{item.refusal.next}</p>
            {item.refusal.newer.length > 0 ? (
              <ul aria-label="Newer messages" className="mt-2 flex flex-col gap-1 border-l-2 border-line-strong pl-2">
                {item.refusal.newer.slice(-4).map(message => (
                  <li key={message.id} className="truncate">
                    <span className="text-meta text-meta">{timeOf(message.sentAt)} </span>
                    <bdi>{message.text || NAMES[message.kind]}</bdi>
                  </li>
                ))}
              </ul>
            ) : null}
            <div className="mt-2.5 flex flex-wrap gap-2">
              {again ? (
                <Button look="primary" className="h-7" onClick={() => onSendAnyway(item)}>
                  Send anyway as {clientName}
                </Button>
              ) : (
                <Button className="h-7" onClick={() => onSendAnyway(item)}>
                  Resend
                </Button>
              )}
              <Button className="h-7" onClick={() => onEdit(item)}>
                Edit
              </Button>
              <Button look="quiet" className="h-7" onClick={() => copy(item.summary, 'Message copied')}>
                Copy
              </Button>
              <Button look="quiet" className="h-7" onClick={() => onDiscard(item)}>
                Discard
              </Button>
            </div>
          </div>
        ) : (
          <span className="mt-0.5 flex items-center justify-end gap-1.5 text-[11px] text-waiting">
            <CloudUpload size={13} aria-hidden />
            {item.state === 'sending' ? 'Sending' : online ? 'Waiting to send' : 'Will be sent when online'}
            <time dateTime={item.createdAt}>{timeOf(item.createdAt)}</time>
          </span>
        )}
      </div>
    </article>
  );
}
