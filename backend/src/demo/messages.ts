import type { ContentPart } from '@astrix/contract';
import type { DemoMessage } from '../composition/index.ts';
import type { SeededRandom } from '../kernel/seeded-random.ts';
import { PLACES, SHARED } from './customers.ts';
import type { DemoShop } from './people.ts';
import type { Turn } from './scenes/index.ts';
import { rupees } from './words.ts';

type Body = Pick<DemoMessage, 'kind' | 'text' | 'content' | 'media'>;

const MARK = /^\[(\w+)\] ?([\s\S]*)$/;
const MIME: Readonly<Record<string, string>> = {
  image: 'image/jpeg',
  video: 'video/mp4',
  audio: 'audio/ogg',
  document: 'application/pdf',
  sticker: 'image/webp',
};
const BYTES: Readonly<Record<string, readonly [number, number]>> = {
  image: [90, 480],
  video: [1800, 9000],
  audio: [20, 160],
  document: [60, 700],
  sticker: [12, 60],
};

const plain = (text: string): Body => ({ kind: 'text', text, content: [], media: null });
const said = (kind: Body['kind'], text: string, part: ContentPart): Body => ({
  kind,
  text,
  content: [part],
  media: null,
});

/** What a turn becomes: the kind of message, its words and its parts, as the adapter of WhatsApp would write them. */
export function bodyOf([who, text]: Turn, shop: DemoShop, random: SeededRandom): Body {
  const [, mark, rest = ''] = MARK.exec(text) ?? [];
  if (who === 't') return { ...plain(text), kind: 'template' };
  switch (mark) {
    case 'image':
    case 'video':
    case 'audio':
    case 'document':
    case 'sticker': {
      const [least, most] = BYTES[mark]!;
      const media = {
        mime: MIME[mark]!,
        fileName: mark === 'document' ? rest : null,
        bytes: random.between(least, most) * 1024,
        voice: mark === 'audio',
      };
      return { kind: mark, text: mark === 'document' ? '' : rest, content: [], media };
    }
    case 'location':
      return placeOf(random);
    case 'cart':
      return cartOf(shop, rest, random);
    case 'people': {
      const person = random.of(SHARED);
      const shared = { ...person, reach: [...person.reach] };
      return said('contacts', `Shared a contact: ${person.name}`, { kind: 'people', people: [shared] });
    }
    case 'button':
      return { ...plain(rest), kind: 'button' };
    default:
      return plain(text);
  }
}

function placeOf(random: SeededRandom): Body {
  const place = random.of(PLACES);
  const at = `${place.latitude}, ${place.longitude}`;
  const named = [place.name, place.address].filter(Boolean).join(', ');
  return said('location', named ? `${named} (${at})` : `Shared a location: ${at}`, { kind: 'place', ...place });
}

function cartOf({ goods }: DemoShop, note: string, random: SeededRandom): Body {
  const first = random.between(0, goods.length - 1);
  const lines = [0, 1].map(more => {
    const { name, priceMinor } = goods[(first + more) % goods.length]!;
    return { product: name, quantity: random.between(1, 3), priceMinor, currency: 'INR' };
  });
  const totalMinor = lines.reduce((sum, { quantity, priceMinor }) => sum + quantity * priceMinor, 0);
  const pieces = lines.reduce((count, { quantity }) => count + quantity, 0);
  const listed = lines.map(({ quantity, product, priceMinor }) => `${quantity} × ${product} at ${rupees(priceMinor)}`);
  const text = `Sent a cart with ${pieces} items: ${[...listed, `total ${rupees(totalMinor)}`].join(', ')}. ${note}`;
  return said('order', text, { kind: 'cart', lines, totalMinor, currency: 'INR', note });
}
