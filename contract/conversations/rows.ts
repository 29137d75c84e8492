import { z } from 'zod';
import { internal } from '../audience.ts';
import { Fault } from '../fault.ts';
import { Id, Instant } from '../fields.ts';
import { ProviderId } from '../providers.ts';
import { ContentPart } from './content.ts';

/** What a customer stops: everything, or promotions only. */
export const ConsentScope = z.enum(['all', 'promotions']);
export type ConsentScope = z.infer<typeof ConsentScope>;

export const ConversationRow = z.strictObject({
  id: Id,
  clientId: Id,
  contactId: Id,
  contactName: z.string().max(200),
  /** The provider through which the customer writes. */
  channel: ProviderId,
  status: z.enum(['open', 'snoozed', 'closed']),
  assigneeId: Id.nullable(),
  snoozedUntil: Instant.nullable(),
  /** Words of the agency about its own work. */
  tags: internal(z.array(z.string().max(32)).max(20), []),
  unread: z.int().min(0),
  /** Outgoing messages that failed and were not dealt with. */
  failed: z.int().min(0),
  preview: z.string().max(160),
  previewDirection: z.enum(['in', 'out']).nullable(),
  lastMessageAt: Instant,
  /** The message of the customer that arrived last. A mark of what was read or seen names it. */
  lastInboundId: Id.nullable(),
  /** End of the 24-hour customer service window, from the provider's timestamp; null when it never opened. */
  windowExpiresAt: Instant.nullable(),
  optedOut: z.boolean(),
  /** The customer stopped promotions only. Absent in rows of servers and caches from before there were scopes. */
  marketingOptedOut: z.boolean().default(false),
  /** The customer may have asked to stop, at this time; what no person writes is paused until somebody answers. */
  stopHint: z.strictObject({ scope: ConsentScope, at: Instant }).nullable().default(null),
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
  'call',
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

/** The longest text that WhatsApp takes from a customer. */
export const MAX_MESSAGE_TEXT = 65_536;

export const MessageRow = z.strictObject({
  id: Id,
  clientId: Id,
  conversationId: Id,
  direction: z.enum(['in', 'out']),
  kind: z.enum(MESSAGE_KINDS),
  /** Text or caption, or in plain words what `content` holds, or a sentence in place of what cannot be shown. */
  text: z.string().max(MAX_MESSAGE_TEXT),
  content: z.array(ContentPart).max(10).default([]),
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
  /** The business wrote it in its own app on the phone, so nobody of the agency is its author. */
  fromPhone: z.boolean().default(false),
  status: z.enum(MESSAGE_STATUSES),
  /** A reason in plain words and what to do, for `failed`; null once somebody has dealt with it. */
  failure: Fault.nullable(),
  reactions: z.array(z.strictObject({ by: z.enum(['customer', 'us']), emoji: z.string().max(16) })).max(20),
  editedAt: Instant.nullable(),
  deletedAt: Instant.nullable(),
  /** Provider time for incoming, server time for outgoing. */
  sentAt: Instant,
  deliveredAt: Instant.nullable(),
  readAt: Instant.nullable(),
  /** Order of arrival among the messages and notes of the conversation; it decides within one second (secondOf). 0 from a server of 0.1.0. */
  seq: z.int().min(0).default(0),
  version: z.int().min(1),
  expiresAt: Instant,
});
export type MessageRow = z.infer<typeof MessageRow>;

export const NOTICE_TOPICS = ['account', 'restriction', 'quality', 'limit', 'template', 'other'] as const;

/** What a provider says about an account itself, for those who work with it. */
export const AccountNoticeRow = z.strictObject({
  id: Id,
  clientId: Id,
  connectionId: Id,
  provider: ProviderId,
  topic: z.enum(NOTICE_TOPICS),
  /** `stops`: nothing can be sent while it holds. `warns`: somebody has to act. `tells`: good to know. */
  severity: z.enum(['stops', 'warns', 'tells']),
  reason: z.string().max(400),
  next: z.string().max(400),
  at: Instant,
  /** When the provider ends it by itself; null when it says nothing about that. */
  until: Instant.nullable(),
  /** When a later notice took it back. */
  endedAt: Instant.nullable(),
});
export type AccountNoticeRow = z.infer<typeof AccountNoticeRow>;

export const NoteRow = z.strictObject({
  id: Id,
  clientId: Id,
  conversationId: Id,
  authorId: Id,
  text: z.string().max(4000),
  createdAt: Instant,
  /** As of messages. */
  seq: z.int().min(0).default(0),
  expiresAt: Instant,
});
export type NoteRow = z.infer<typeof NoteRow>;
