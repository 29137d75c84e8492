import { z } from 'zod';
import type { DataClass } from './data-classes.ts';
import { Id, Instant } from './fields.ts';
import type { RetentionClass } from './retention.ts';
import { Role } from './roles.ts';

/** Ten hues a client can own. The colour marks identity and nothing else. */
export const CLIENT_HUES = [
  'indigo',
  'teal',
  'amber',
  'rose',
  'violet',
  'green',
  'cyan',
  'orange',
  'blue',
  'magenta',
] as const;

export const ClientRow = z.strictObject({
  id: Id,
  name: z.string().max(120),
  /** Two or three letters for the rail. */
  initials: z.string().max(4),
  hue: z.enum(CLIENT_HUES),
  /** What the customer sees as the sender. */
  replyAs: z.string().max(120),
  status: z.enum(['active', 'paused']),
  createdAt: Instant,
});
export type ClientRow = z.infer<typeof ClientRow>;

export const PersonRow = z.strictObject({
  id: Id,
  name: z.string().max(120),
  initials: z.string().max(4),
  role: Role,
  active: z.boolean(),
});
export type PersonRow = z.infer<typeof PersonRow>;

export const ContactRow = z.strictObject({
  id: Id,
  clientId: Id,
  name: z.string().max(200).nullable(),
  /** Last four digits only, such as `+91 ••••• •4321`; null for a customer known by BSUID alone. */
  phoneMasked: z.string().max(32).nullable(),
  hasPhone: z.boolean(),
  /** Provider handle where the customer hides the phone. */
  handle: z.string().max(140).nullable(),
  optedOutAt: Instant.nullable(),
  firstSeenAt: Instant,
  lastSeenAt: Instant,
  expiresAt: Instant,
});
export type ContactRow = z.infer<typeof ContactRow>;

export const ConversationRow = z.strictObject({
  id: Id,
  clientId: Id,
  contactId: Id,
  contactName: z.string().max(200),
  channel: z.enum(['whatsapp', 'webchat']),
  status: z.enum(['open', 'snoozed', 'closed']),
  assigneeId: Id.nullable(),
  snoozedUntil: Instant.nullable(),
  tags: z.array(z.string().max(32)).max(20),
  unread: z.int().min(0),
  /** Outgoing messages that failed and were not dealt with. */
  failed: z.int().min(0),
  preview: z.string().max(160),
  previewDirection: z.enum(['in', 'out']).nullable(),
  lastMessageAt: Instant,
  lastInboundId: Id.nullable(),
  /** End of the 24-hour customer service window, from the provider's timestamp; null when it never opened. */
  windowExpiresAt: Instant.nullable(),
  optedOut: z.boolean(),
  version: z.int().min(1),
  expiresAt: Instant,
});
export type ConversationRow = z.infer<typeof ConversationRow>;

export const MESSAGE_KINDS = [
  'text',
  'image',
  'video',
  'audio',
  'document',
  'sticker',
  'location',
  'contacts',
  'button',
  'interactive',
  'order',
  'template',
  'system',
  'unsupported',
] as const;
export const MESSAGE_STATUSES = [
  'received',
  'queued',
  'sending',
  'sent',
  'delivered',
  'read',
  'failed',
  'unknown',
] as const;

export const MessageRow = z.strictObject({
  id: Id,
  clientId: Id,
  conversationId: Id,
  direction: z.enum(['in', 'out']),
  kind: z.enum(MESSAGE_KINDS),
  /** Text, caption or a plain sentence that stands for what cannot be shown. */
  text: z.string().max(8192),
  media: z
    .strictObject({
      mime: z.string().max(100),
      fileName: z.string().max(240).nullable(),
      bytes: z.int().nullable(),
      voice: z.boolean(),
    })
    .nullable(),
  replyToId: Id.nullable(),
  authorId: Id.nullable(),
  status: z.enum(MESSAGE_STATUSES),
  /** A reason in plain words and what to do, for `failed`. */
  failure: z
    .strictObject({ code: z.string().max(40), reason: z.string().max(400), next: z.string().max(400) })
    .nullable(),
  reactions: z.array(z.strictObject({ by: z.enum(['customer', 'us']), emoji: z.string().max(16) })).max(20),
  editedAt: Instant.nullable(),
  deletedAt: Instant.nullable(),
  /** Provider time for incoming, server time for outgoing. */
  sentAt: Instant,
  deliveredAt: Instant.nullable(),
  readAt: Instant.nullable(),
  version: z.int().min(1),
  expiresAt: Instant,
});
export type MessageRow = z.infer<typeof MessageRow>;

export const NoteRow = z.strictObject({
  id: Id,
  clientId: Id,
  conversationId: Id,
  authorId: Id,
  text: z.string().max(4000),
  createdAt: Instant,
  expiresAt: Instant,
});
export type NoteRow = z.infer<typeof NoteRow>;

export const NotificationPreferenceRow = z.strictObject({
  id: Id,
  clientId: Id,
  muted: z.boolean(),
  /** Minutes after midnight IST; both null for no quiet hours. */
  quietFrom: z.int().min(0).max(1439).nullable(),
  quietTo: z.int().min(0).max(1439).nullable(),
});
export type NotificationPreferenceRow = z.infer<typeof NotificationPreferenceRow>;

export type Collection = {
  readonly row: z.ZodObject;
  /** Whose rows: everybody's in the agency, one client's, or one person's within a client. */
  readonly scope: 'agency' | 'client' | 'person';
  readonly dataClass: DataClass;
  readonly retention: RetentionClass;
};

/** What the console keeps a copy of. Only these shapes can be written to its cache (LC-05). */
export const COLLECTIONS = {
  clients: { row: ClientRow, scope: 'agency', dataClass: 'client-business', retention: 'account' },
  people: { row: PersonRow, scope: 'agency', dataClass: 'account', retention: 'account' },
  contacts: { row: ContactRow, scope: 'client', dataClass: 'end-customer', retention: 'conversation' },
  conversations: { row: ConversationRow, scope: 'client', dataClass: 'end-customer', retention: 'conversation' },
  messages: { row: MessageRow, scope: 'client', dataClass: 'end-customer', retention: 'conversation' },
  notes: { row: NoteRow, scope: 'client', dataClass: 'end-customer', retention: 'conversation' },
  notificationPreferences: {
    row: NotificationPreferenceRow,
    scope: 'person',
    dataClass: 'account',
    retention: 'account',
  },
} as const satisfies Record<string, Collection>;

export type CollectionName = keyof typeof COLLECTIONS;
export const COLLECTION_NAMES = Object.keys(COLLECTIONS) as [CollectionName, ...CollectionName[]];
export type RowOf<C extends CollectionName> = z.output<(typeof COLLECTIONS)[C]['row']>;
