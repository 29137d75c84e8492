import { type ContentPart, MAX_ANSWERS, MAX_CART_LINES, MAX_PEOPLE } from '@astrix/contract';
import { digitsOf, minorOf } from '../../kernel/money.ts';
import { clamp, type Json, object, objects, text } from '../json.ts';
import { withoutNumbers } from './values.ts';

/** A part of a message, and what it says in plain words. */
type Said = { readonly says: string; readonly part: ContentPart | null };
type Part<K extends ContentPart['kind']> = Extract<ContentPart, { kind: K }>;

const joined = (words: readonly (string | null)[], by: string) => words.filter(Boolean).join(by);

/** What a customer filled into a flow, or into the form for an address. Meta: «Flows» and «Address messages», `nfm_reply`. */
export function answersOf(form: Json): Said {
  const response = form.response_json;
  const filled = object(typeof response === 'string' ? parsed(response) : response);
  const words = typeof response === 'string' && !filled ? text(response, 4096) : null;
  const answers = filled ? linesOf(filled) : words ? [{ label: 'Answer', value: words }] : [];
  const title = form.name === 'address_message' ? 'Sent an address' : 'Filled in a form';
  if (answers.length === 0) return { says: title, part: null };
  const says = `${title}: ${answers.map(({ label, value }) => `${label} ${value}`).join(' · ')}`;
  return { says, part: { kind: 'answers', answers } };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

const MAX_DEPTH = 4;
/** Of all answers together, so that a row stays far below the longest line of a sync. */
const MAX_ANSWER_TEXT = 60_000;

/** One line for each value, in the order of the form. The token is ours and says nothing. */
function linesOf(filled: Json): Part<'answers'>['answers'] {
  const lines: Part<'answers'>['answers'] = [];
  let room = MAX_ANSWER_TEXT;
  const walk = (value: unknown, name: string, depth: number) => {
    if (lines.length >= MAX_ANSWERS || room <= 0) return;
    const inner = object(value);
    if (inner && depth < MAX_DEPTH) {
      for (const [key, one] of Object.entries(inner)) if (key !== 'flow_token') walk(one, key, depth + 1);
      return;
    }
    const isFlow = /^screen_\d+_/.test(name);
    const said = Array.isArray(value)
      ? joined(
          value.map(one => (object(one) ? wordsIn(one) : wordOf(one, isFlow))),
          ', ',
        )
      : wordOf(value, isFlow);
    const shown = text(said, 4096);
    if (!shown) return;
    lines.push({ label: text(labelOf(name), 400) ?? 'Answer', value: shown });
    room -= shown.length;
  };
  walk(filled, '', 0);
  return lines;
}

/** A flow names a field `screen_0_Rating_0`, and an option `0_Very_good`. */
const labelOf = (name: string) =>
  name
    .replace(/^screen_\d+_/, '')
    .replace(/_\d+$/, '')
    .replace(/^in_pin_code$/, 'PIN code')
    .replaceAll('_', ' ');

function wordOf(value: unknown, isFlow: boolean): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
  if (typeof value !== 'string') return '';
  return isFlow && /^\d+_\S+$/.test(value) ? value.replace(/^\d+_/, '').replaceAll('_', ' ') : value;
}

/** Coordinates may be written as numbers or as text. */
export function placeOf(body: Json | null): Said {
  const name = text(body?.name, 400);
  const address = text(body?.address, 400);
  const latitude = degrees(body?.latitude, 90);
  const longitude = degrees(body?.longitude, 180);
  const isAt = latitude !== null && longitude !== null;
  const named = joined([name, address], ', ');
  const at = isAt ? `${latitude}, ${longitude}` : '';
  const says = named ? (at ? `${named} (${at})` : named) : at ? `Shared a location: ${at}` : 'Shared a location';
  if (!named && !isAt) return { says, part: null };
  return {
    says,
    part: { kind: 'place', name, address, latitude: isAt ? latitude : null, longitude: isAt ? longitude : null },
  };
}

function degrees(value: unknown, most: number): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Math.abs(number) <= most ? number : null;
}

/** Meta: `order`, with prices as decimals of their currency. */
export function cartOf(body: Json | null): Said {
  const all = objects(body?.product_items).map(lineOf);
  const lines = all.slice(0, MAX_CART_LINES);
  const note = text(body?.text, 4096);
  const [first] = lines;
  const one = first?.currency ?? null;
  const isWhole =
    one !== null &&
    lines.length === all.length &&
    lines.every(line => line.priceMinor !== null && line.currency === one);
  const sum = isWhole ? lines.reduce((total, line) => total + line.quantity * line.priceMinor!, 0) : null;
  const totalMinor = sum !== null && Number.isSafeInteger(sum) ? sum : null;
  const currency = totalMinor === null ? null : one;
  const listed = lines.map(
    line =>
      `${line.quantity} × ${line.product}${line.priceMinor === null || line.currency === null ? '' : ` at ${amountOf(line.priceMinor, line.currency)}`}`,
  );
  const pieces = all.reduce((count, { quantity }) => count + quantity, 0);
  const head = `Sent a cart with ${pieces} ${pieces === 1 ? 'item' : 'items'}`;
  const total = totalMinor === null || currency === null ? null : `total ${amountOf(totalMinor, currency)}`;
  const says = `${head}${listed.length > 0 ? `: ${joined([...listed, total], ', ')}` : ''}${note ? `. ${note}` : ''}`;
  return { says, part: { kind: 'cart', lines, totalMinor, currency, note } };
}

function lineOf(item: Json): Part<'cart'>['lines'][number] {
  const told = item.quantity;
  const quantity = typeof told === 'number' || (typeof told === 'string' && told.trim() !== '') ? Number(told) : 1;
  const code = text(item.currency, 3);
  const price =
    typeof item.item_price === 'number' || typeof item.item_price === 'string' ? String(item.item_price) : '';
  const priceMinor = code ? minorOf(price, code) : null;
  return {
    product: text(item.product_retailer_id, 400) ?? 'a product without a name',
    quantity: Number.isSafeInteger(quantity) && quantity >= 0 ? quantity : 1,
    priceMinor,
    currency: priceMinor === null ? null : code,
  };
}

/** Made once for each currency: a formatter costs far more than what it writes. */
const formats = new Map<string, Intl.NumberFormat>();
function formatOf(currency: string): Intl.NumberFormat {
  const made = formats.get(currency);
  if (made) return made;
  const format = new Intl.NumberFormat('en-IN', {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: digitsOf(currency),
    maximumFractionDigits: digitsOf(currency),
    trailingZeroDisplay: 'stripIfInteger',
  });
  formats.set(currency, format);
  return format;
}

/** «₹1,299.50», and «₹249» for whole rupees. */
const amountOf = (minor: number, currency: string): string =>
  formatOf(currency).format(minor / 10 ** digitsOf(currency));

export function peopleOf(message: Json): Said {
  const people = objects(message.contacts)
    .slice(0, MAX_PEOPLE)
    .map(contact => ({
      name: text(object(contact.name)?.formatted_name, 400) ?? text(object(contact.name)?.first_name, 400),
      company: text(object(contact.org)?.company, 400),
      reach: [
        ...objects(contact.phones).map(phone => text(phone.phone, 120) ?? text(phone.wa_id, 120)),
        ...objects(contact.emails).map(email => text(email.email, 120)),
      ]
        .filter(reach => reach !== null)
        .slice(0, 10),
    }))
    .filter(({ name, company, reach }) => name !== null || company !== null || reach.length > 0);
  const names = joined(
    people.map(({ name, company }) => name ?? company),
    ', ',
  );
  return {
    says: names ? `Shared a contact: ${names}` : 'Shared a contact',
    part: people.length > 0 ? { kind: 'people', people } : null,
  };
}

/** The ad or the post that led the customer here (`referral`), and the product that they ask about (`context.referred_product`). */
export function aboutOf(message: Json): ContentPart[] {
  const about: ContentPart[] = [];
  const referral = object(message.referral);
  if (referral)
    about.push({
      kind: 'about',
      what: referral.source_type === 'post' ? 'post' : 'ad',
      id: text(referral.source_id, 400),
      title: text(referral.headline, 4096),
      text: text(referral.body, 4096),
      url: text(referral.source_url, 2048),
    });
  const product = object(object(message.context)?.referred_product);
  const id = text(product?.product_retailer_id, 400);
  if (id) about.push({ kind: 'about', what: 'product', id, title: null, text: null, url: null });
  return about;
}

/** Keys whose values name something to a machine. */
const NOT_WORDS = /^(?:id|type|mime_type|sha256|timestamp|from|to|url|link|.*_(?:id|token|sha256|hash))$/;
const MAX_WORDS = 2000;

/** Every text within a value of an unknown shape, in its order, without ids. It may name a customer, so numbers are shown by their last digits. */
export function wordsIn(value: unknown): string {
  const found: string[] = [];
  const walk = (inner: unknown, depth: number) => {
    if (typeof inner === 'string') {
      const word = text(inner, MAX_WORDS)?.trim();
      if (word) found.push(word);
    } else if (Array.isArray(inner) && depth > 0) for (const one of inner) walk(one, depth - 1);
    else if (depth > 0)
      for (const [key, one] of Object.entries(object(inner) ?? {})) if (!NOT_WORDS.test(key)) walk(one, depth - 1);
  };
  walk(value, MAX_DEPTH);
  return clamp(withoutNumbers(found.join(' · ')), MAX_WORDS);
}
