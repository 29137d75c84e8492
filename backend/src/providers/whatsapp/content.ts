import { clamp, type Json, object, objects, text } from '../json.ts';
import type { InboundEventOf, Origin } from '../messaging.ts';

export type Content = Pick<InboundEventOf<'message'>, 'messageKind' | 'text' | 'media'>;

/** Types that are about WhatsApp or about another message. Where they name none, nothing was sent that could be answered. */
const NOT_SENT = new Set(['edit', 'revoke', 'reaction', 'deleted', 'delete', 'unknown']);
const NOTICES = new Set(['system', 'request_welcome', 'ephemeral']);

/** Who made a message. Meta's list of webhook message types: Cloud API reference, «messages» object. */
export function originOf(message: Json): Origin {
  const type = typeof message.type === 'string' ? message.type : 'unsupported';
  if (NOTICES.has(type)) return 'provider';
  if (type === 'unsupported') {
    const was = text(object(message.unsupported)?.type, 40);
    return was === null || NOT_SENT.has(was) ? 'unclear' : 'customer';
  }
  return NOT_SENT.has(type) || message[type] === undefined ? 'unclear' : 'customer';
}

const MAX_TEXT = 8192;
const MEDIA = ['image', 'video', 'audio', 'document', 'sticker'] as const;

/** What is shown for each kind of message. Media are named, not fetched. */
export function contentOf(message: Json): Content {
  const type = typeof message.type === 'string' ? message.type : 'unsupported';
  const body = object(message[type]);
  const media = MEDIA.find(kind => kind === type);
  if (media) return { messageKind: media, text: text(body?.caption, MAX_TEXT) ?? '', media: mediaOf(body) };
  switch (type) {
    case 'text':
      return plain('text', text(body?.body, MAX_TEXT));
    case 'button':
      return plain('button', text(body?.text, MAX_TEXT));
    case 'interactive':
      return plain('interactive', interactiveText(body));
    case 'location':
      return plain('location', locationText(body));
    case 'contacts':
      return plain('contacts', contactsText(message));
    case 'order':
      return plain('order', orderText(body));
    case 'system':
      return plain('system', withoutNumbers(text(body?.body, 400)) ?? 'The customer changed how WhatsApp knows them.');
    case 'unsupported':
      return plain(
        'unsupported',
        'Sent something that WhatsApp does not pass on. Ask the customer to send it as text or a picture.',
      );
    default:
      return plain(
        'unsupported',
        `Sent something that cannot be shown here yet (${type.replace(/[^a-z_ ]/gi, '').slice(0, 40)}). Ask the customer to send it as text or a picture.`,
      );
  }
}

/** WhatsApp writes old and new number out in full; the last four digits tell them apart, and the rest never leaves the backend. */
const withoutNumbers = (said: string | null) => said?.replace(/\+?\d{3,}(\d{4})/g, '••••• •$1') ?? null;

const plain = (messageKind: Content['messageKind'], shown: string | null): Content => ({
  messageKind,
  text: clamp(shown ?? '', MAX_TEXT),
  media: null,
});

function mediaOf(body: Json | null): Content['media'] {
  const bytes = body?.file_size;
  return {
    mime: text(body?.mime_type, 100) ?? 'application/octet-stream',
    fileName: text(body?.filename, 240),
    bytes: typeof bytes === 'number' && Number.isSafeInteger(bytes) && bytes >= 0 ? bytes : null,
    voice: body?.voice === true,
  };
}

function interactiveText(body: Json | null): string | null {
  const chosen = object(body?.button_reply) ?? object(body?.list_reply);
  if (chosen) return [text(chosen.title, 200), text(chosen.description, 400)].filter(Boolean).join(' – ');
  return object(body?.nfm_reply) ? 'Filled in a form' : 'Answered an interactive message';
}

function locationText(body: Json | null): string {
  const named = [text(body?.name, 200), text(body?.address, 400)].filter(Boolean).join(', ');
  if (named) return named;
  const { latitude, longitude } = body ?? {};
  return typeof latitude === 'number' && typeof longitude === 'number'
    ? `Shared a location: ${latitude}, ${longitude}`
    : 'Shared a location';
}

function contactsText(message: Json): string {
  const shared = objects(message.contacts)
    .map(contact => text(object(contact.name)?.formatted_name, 120))
    .filter(Boolean);
  return shared.length > 0 ? `Shared a contact: ${shared.join(', ')}` : 'Shared a contact';
}

function orderText(body: Json | null): string {
  const count = objects(body?.product_items).length;
  const said = text(body?.text, 4096);
  return `Sent a cart with ${count} ${count === 1 ? 'item' : 'items'}${said ? `: ${said}` : ''}`;
}
