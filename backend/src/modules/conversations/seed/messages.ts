import { expiresAt, type MessageRow } from '@astrix/contract';
import type { DemoClient } from '../../../composition/index.ts';
import type { SeededRandom } from '../../../kernel/seeded-random.ts';
import type { StoredReaction } from '../tables.ts';
import { OPENERS, type Scene } from './scenes.ts';

/** A message of a thread; `author` is the position of the colleague who wrote it. */
export type DemoMessage = ReturnType<typeof messageOf>;

export type Thread = {
  readonly scene: Scene;
  readonly client: DemoClient;
  /** Time of the newest message, in milliseconds. */
  readonly newest: number;
  /** The customer waits for an answer. */
  readonly waiting: boolean;
  readonly random: SeededRandom;
};

/** The messages of a scene, oldest first, with the client's goods and an order number in them. */
export function messagesOf({ scene, client, newest, waiting, random }: Thread): DemoMessage[] {
  const item = random.of(client.sells);
  const order = `${client.initials.length === 2 ? client.initials : 'AN'}-${random.digits(5)}`;
  const filled = (text: string) => text.replaceAll('{item}', item).replaceAll('{order}', order);
  const turns = scene.turns.filter(turn => turn[0] !== 'n');
  const kept = waiting ? [...turns.slice(0, -1), ['c', random.of(OPENERS)] as const] : turns;
  let at = newest;
  const messages: DemoMessage[] = [];
  for (const [who, text] of kept.toReversed()) {
    messages.unshift(messageOf(who === 'c' ? 'in' : 'out', filled(text), new Date(at), random));
    at -= random.between(1, 40) * 60_000 * (random.fraction() < 0.12 ? 24 : 1);
  }
  decorate(messages, random);
  return messages;
}

const MEDIA = /^\[(image|audio|document)\] ?(.*)$/;

function messageOf(direction: 'in' | 'out', text: string, sentAt: Date, random: SeededRandom) {
  const media = MEDIA.exec(text);
  const kind = (media?.[1] ?? 'text') as 'text' | 'image' | 'audio' | 'document';
  const fileName = kind === 'document' ? (media?.[2] ?? null) : null;
  const mime = { image: 'image/jpeg', audio: 'audio/ogg', document: 'application/pdf', text: '' }[kind];
  return {
    id: random.id(sentAt.getTime()),
    direction,
    kind,
    text: kind === 'text' ? text : kind === 'image' ? (media?.[2] ?? '') : '',
    media:
      kind === 'text'
        ? null
        : JSON.stringify({ mime, fileName, bytes: random.between(20, 900) * 1024, voice: kind === 'audio' }),
    reply_to_id: null as string | null,
    author: random.between(0, 2),
    status: statusOf(direction, random),
    failure: null as string | null,
    reactions: '[]',
    edited_at: null as Date | null,
    deleted_at: null as Date | null,
    sent_at: sentAt,
    delivered_at: direction === 'out' ? new Date(sentAt.getTime() + 2000) : null,
    read_at: null as Date | null,
    provider_id: `wamid.DEMO${random.digits(18)}`,
    claimed_until: null,
    expires_at: expiresAt('conversation', sentAt),
  };
}

const statusOf = (direction: 'in' | 'out', random: SeededRandom): MessageRow['status'] =>
  direction === 'in' ? 'received' : random.fraction() < 0.75 ? 'read' : 'delivered';

/** Some messages get a reaction, an edit or a quotation, as in real threads. */
function decorate(messages: DemoMessage[], random: SeededRandom): void {
  for (const [index, message] of messages.entries()) {
    if (message.status === 'read') message.read_at = new Date(message.sent_at.getTime() + 60_000);
    const reaction: StoredReaction = {
      by: 'customer',
      emoji: random.of(['👍', '🙏', '❤️']),
      at: message.sent_at.toISOString(),
      id: '',
    };
    if (message.direction === 'out' && random.fraction() < 0.14) message.reactions = JSON.stringify([reaction]);
    if (message.direction === 'in' && message.kind === 'text' && random.fraction() < 0.06)
      message.edited_at = new Date(message.sent_at.getTime() + 45_000);
    if (message.direction === 'out' && index > 1 && random.fraction() < 0.15)
      message.reply_to_id = messages[index - 1]!.id;
  }
}

/** The newest reply could not be delivered. */
export function failLast(messages: DemoMessage[]): void {
  const last = messages.findLast(message => message.direction === 'out');
  if (!last) return;
  last.status = 'failed';
  last.delivered_at = null;
  last.read_at = null;
  last.failure = JSON.stringify({
    code: '131026',
    reason: 'This customer cannot receive the message.',
    next: 'They may not use WhatsApp on this number, or have blocked the business. Reach them another way.',
  });
}

export function notesOf(scene: Scene, messages: readonly DemoMessage[], random: SeededRandom) {
  return scene.turns
    .filter(turn => turn[0] === 'n')
    .map(([, text]) => {
      const after = messages[Math.max(0, messages.length - 2)]!.sent_at;
      const created_at = new Date(after.getTime() + 30_000);
      return { id: random.id(created_at.getTime()), text, created_at };
    });
}
