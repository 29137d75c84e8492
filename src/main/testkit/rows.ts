import type { ConversationRow, MessageRow, RowOf } from '@astrix/contract';

/** Rows for tests and benchmarks, in the contract's shape. */
export const id = (group: string, n: number): string => `01990000-0000-7${group}-8000-${String(n).padStart(12, '0')}`;

const DAY = 86_400_000;
const iso = (at: number) => new Date(at).toISOString();

export const clientRow = (n: number): RowOf<'clients'> => ({
  id: id('c00', n),
  name: `Client ${n}`,
  initials: `C${n % 100}`,
  hue: 'teal',
  shade: 'middle',
  shape: 'square',
  replyAs: `Client ${n}`,
  status: 'active',
  logo: null,
  featuresOff: [],
  retention: 'days-30',
  createdAt: iso(0),
});

export function conversationRow(
  n: number,
  client: number,
  at: number,
  change: Partial<ConversationRow> = {},
): ConversationRow {
  return {
    id: id('e00', n),
    clientId: id('c00', client),
    contactId: id('f00', n),
    contactName: `Customer ${n}`,
    channel: 'whatsapp',
    status: 'open',
    assigneeId: null,
    snoozedUntil: null,
    tags: [],
    unread: 0,
    failed: 0,
    preview: 'Hello',
    previewDirection: 'in',
    lastMessageAt: iso(at),
    lastInboundId: id('100', n),
    windowExpiresAt: iso(at + DAY),
    optedOut: false,
    marketingOptedOut: false,
    stopHint: null,
    version: 1,
    expiresAt: iso(at + 30 * DAY),
    ...change,
  };
}

export function messageRow(
  n: number,
  conversation: number,
  client: number,
  at: number,
  change: Partial<MessageRow> = {},
): MessageRow {
  return {
    id: id('100', n),
    clientId: id('c00', client),
    conversationId: id('e00', conversation),
    direction: 'in',
    kind: 'text',
    text: `Message ${n}`,
    content: [],
    media: null,
    replyToId: null,
    authorId: null,
    fromPhone: false,
    status: 'received',
    failure: null,
    reactions: [],
    editedAt: null,
    deletedAt: null,
    sentAt: iso(at),
    deliveredAt: null,
    readAt: null,
    seq: n,
    version: 1,
    expiresAt: iso(at + 30 * DAY),
    ...change,
  };
}
