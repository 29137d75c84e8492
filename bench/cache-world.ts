import type { CollectionName, ConversationRow, MessageRow } from '@astrix/contract';
import { clientRow, conversationRow, id, messageRow } from '../src/main/testkit/rows.ts';

export type Size = {
  readonly clients: number;
  readonly conversationsEach: number;
  readonly messagesEach: number;
};
export type Batch = {
  readonly rows: { readonly c: CollectionName; readonly rows: unknown[] }[];
  readonly gone: [];
  readonly cursor: string | null;
  readonly done: boolean;
};

const DAY = 86_400_000;
const WORDS =
  'order parcel where refund saree size return delivered courier yesterday payment link please thanks colour blue medium exchange invoice address pincode kab aayega bhai jaldi नमस्ते ऑर्डर कब पैसे वापस'.split(
    ' ',
  );

/** The same numbers in every run, so that two files hold the same rows. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Every row of a world, as the server would send it: a client whole before the next, in lines of `lineRows`. */
export function* lines(size: Size, now: number, lineRows: number): Generator<string> {
  const draw = random(7);
  const line = (c: CollectionName, rows: unknown[]) => JSON.stringify({ t: 'rows', c, rows });
  const clients = Array.from({ length: size.clients }, (_, n) => clientRow(n));
  yield line('clients', clients);
  for (let client = 0; client < size.clients; client++) {
    const first = client * size.conversationsEach;
    const numbers = Array.from({ length: size.conversationsEach }, (_, c) => first + c);
    const times = numbers.map(() => now - Math.floor(draw() * 20 * DAY));
    const conversations = numbers.map((n, c) => conversationOf(n, client, times[c]!, draw));
    const messages = numbers.flatMap((n, c) => messagesOf(n, client, times[c]!, size.messagesEach, draw));
    for (let from = 0; from < conversations.length; from += lineRows)
      yield line('conversations', conversations.slice(from, from + lineRows));
    for (let from = 0; from < messages.length; from += lineRows)
      yield line('messages', messages.slice(from, from + lineRows));
  }
}

function conversationOf(n: number, client: number, at: number, draw: () => number): ConversationRow {
  return conversationRow(n, client, at, {
    contactName: `${WORDS[Math.floor(draw() * WORDS.length)]} customer ${n}`,
    status: draw() < 0.8 ? 'open' : 'closed',
    assigneeId: draw() < 0.3 ? id('b00', 1) : null,
    unread: draw() < 0.1 ? 1 : 0,
  });
}

function messagesOf(conversation: number, client: number, last: number, count: number, draw: () => number) {
  return Array.from({ length: count }, (_, m): MessageRow => {
    const length = 6 + Math.floor(draw() * 14);
    const text = Array.from({ length }, () => WORDS[Math.floor(draw() ** 2 * WORDS.length)]);
    if (draw() < 0.02) text.push(`awb${Math.floor(draw() * 1e6)}`);
    const incoming = m % 2 === 0;
    return messageRow(conversation * count + m, conversation, client, last - (count - m) * 60_000, {
      text: text.join(' '),
      direction: incoming ? 'in' : 'out',
      status: incoming ? 'received' : 'read',
    });
  });
}

export const rowsOf = (size: Size): number =>
  size.clients + size.clients * size.conversationsEach * (1 + size.messagesEach);

export function batchOf(line: string): Batch {
  const { c, rows } = JSON.parse(line) as { c: CollectionName; rows: unknown[] };
  return { rows: [{ c, rows }], gone: [], cursor: null, done: false };
}
