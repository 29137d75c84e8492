import { type ContentPart, MAX_MESSAGE_TEXT } from '@astrix/contract';
import { clamp, type Json, object, text } from '../json.ts';
import type { InboundEventOf, Origin } from '../messaging.ts';
import { aboutOf, answersOf, cartOf, peopleOf, placeOf, wordsIn } from './parts.ts';
import { withoutNumbers } from './values.ts';

export type Content = Pick<InboundEventOf<'message'>, 'messageKind' | 'text' | 'content' | 'media'>;

/** Types that are about WhatsApp or about another message. Where they name none, nothing was sent that could be answered. */
const NOT_SENT = new Set(['edit', 'revoke', 'reaction', 'deleted', 'delete', 'unknown']);
const NOTICES = new Set(['system', 'request_welcome', 'ephemeral']);

/** Who made a message. Meta's list of webhook message types: Cloud API reference, «messages» object. */
export function originOf(message: Json): Origin {
  const type = typeOf(message);
  if (NOTICES.has(type)) return 'provider';
  if (type === 'unsupported') {
    const was = text(object(message.unsupported)?.type, 40);
    return was === null || NOT_SENT.has(was) ? 'unclear' : 'customer';
  }
  return NOT_SENT.has(type) || message[type] === undefined ? 'unclear' : 'customer';
}

const typeOf = (message: Json) => (typeof message.type === 'string' ? message.type : 'unsupported');

const MEDIA = ['image', 'video', 'audio', 'document', 'sticker'] as const;

/** What is shown for each kind of message. Media are named, not fetched. */
export function contentOf(message: Json): Content {
  const shown = bodyOf(message);
  return { ...shown, content: [...shown.content, ...aboutOf(message)] };
}

function bodyOf(message: Json): Content {
  const type = typeOf(message);
  const body = object(message[type]);
  const media = MEDIA.find(kind => kind === type);
  if (media) return { ...plain(media, text(body?.caption, MAX_MESSAGE_TEXT)), media: mediaOf(body) };
  switch (type) {
    case 'text':
      return plain('text', text(body?.body, MAX_MESSAGE_TEXT));
    case 'button':
      return tapped('button', text(body?.text, 1024), text(body?.payload, 400));
    case 'interactive':
      return interactive(body);
    case 'location':
      return withPart('location', placeOf(body));
    case 'contacts':
      return withPart('contacts', peopleOf(message));
    case 'order':
      return withPart('order', cartOf(body));
    case 'system':
      return plain(
        'system',
        withoutNumbers(text(body?.body, 400) ?? '') || 'The customer changed how WhatsApp knows them.',
      );
    case 'request_welcome':
      return plain('system', 'The customer opened the chat for the first time.');
    case 'ephemeral':
      return plain('system', 'The customer changed how long messages are kept in their app.');
    default:
      return plain('unsupported', unsupportedText(message, type));
  }
}

/** What this version or WhatsApp does not know, with the words in it. */
function unsupportedText(message: Json, type: string): string {
  const was = type === 'unsupported' ? (text(object(message.unsupported)?.type, 40) ?? '') : type;
  const named = clamp(was.replace(/[^a-z_ ]/gi, ''), 40).replaceAll('_', ' ');
  const words = wordsIn(message[type]);
  const what = `Sent something that ${type === 'unsupported' ? 'WhatsApp does not pass on' : 'cannot be shown here yet'}${named ? ` (${named})` : ''}`;
  return words ? `${what}: ${words}` : `${what}. Ask the customer to send it as text or a picture.`;
}

const plain = (messageKind: Content['messageKind'], shown: string | null): Content => ({
  messageKind,
  text: clamp(shown ?? '', MAX_MESSAGE_TEXT),
  content: [],
  media: null,
});

const withPart = (
  messageKind: Content['messageKind'],
  { says, part }: { readonly says: string; readonly part: ContentPart | null },
): Content => ({ ...plain(messageKind, says), content: part ? [part] : [] });

/** The label of what was tapped; what it stands for beside it, where that says something else. */
function tapped(messageKind: Content['messageKind'], label: string | null, payload: string | null): Content {
  const shown = plain(messageKind, label ?? payload ?? 'Tapped a button');
  return payload && label && payload !== label ? { ...shown, content: [{ kind: 'payload', payload }] } : shown;
}

function interactive(body: Json | null): Content {
  const chosen = object(body?.button_reply) ?? object(body?.list_reply);
  if (chosen) {
    const label = [text(chosen.title, 200), text(chosen.description, 400)].filter(Boolean).join(' – ');
    return tapped('interactive', label || null, text(chosen.id, 400));
  }
  const form = object(body?.nfm_reply);
  if (form) return withPart('interactive', answersOf(form));
  const words = wordsIn(body);
  return plain('interactive', words ? `Answered an interactive message: ${words}` : 'Answered an interactive message');
}

function mediaOf(body: Json | null): Content['media'] {
  const bytes = body?.file_size;
  return {
    mime: text(body?.mime_type, 100) ?? 'application/octet-stream',
    fileName: text(body?.filename, 240),
    bytes: typeof bytes === 'number' && Number.isSafeInteger(bytes) && bytes >= 0 ? bytes : null,
    voice: body?.voice === true,
  };
}
