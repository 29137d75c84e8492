import { z } from 'zod';

const Identity = z.object({ phone: z.string().nullable(), bsuid: z.string().nullable() });

/** What a delivery says, one event each, in the product's own words. Kept as JSON until processed. */
export const WhatsappEvent = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('message'),
    providerId: z.string(),
    sentAt: z.string(),
    from: Identity.extend({ name: z.string().nullable() }),
    messageKind: z.enum([
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
      'system',
      'unsupported',
    ]),
    text: z.string(),
    media: z
      .object({ mime: z.string(), fileName: z.string().nullable(), bytes: z.number().nullable(), voice: z.boolean() })
      .nullable(),
    replyTo: z.string().nullable(),
  }),
  /** `providerId` is the reaction's own: of two in the same second, everybody must choose the same one. */
  z.object({
    kind: z.literal('reaction'),
    providerId: z.string(),
    target: z.string(),
    emoji: z.string(),
    sentAt: z.string(),
  }),
  z.object({
    kind: z.literal('edit'),
    providerId: z.string(),
    target: z.string(),
    text: z.string(),
    editedAt: z.string(),
  }),
  z.object({ kind: z.literal('delete'), target: z.string(), deletedAt: z.string() }),
  z.object({
    kind: z.literal('status'),
    providerId: z.string(),
    messageId: z.string().nullable(),
    status: z.enum(['sent', 'delivered', 'read', 'failed']),
    at: z.string(),
    error: z.object({ code: z.number(), details: z.string() }).nullable(),
  }),
  /** The same customer, known by `was` until now and by `is` from `at` on. */
  z.object({ kind: z.literal('identity'), was: Identity, is: Identity, at: z.string() }),
  z.object({
    kind: z.literal('preference'),
    from: Identity,
    /** Marketing only, or everything. */
    scope: z.enum(['marketing', 'all']),
    stop: z.boolean(),
    at: z.string(),
  }),
  /** About the account, a number or a template; `detail` holds plain values and nothing of a customer. */
  z.object({
    kind: z.literal('account'),
    field: z.string(),
    at: z.string(),
    detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  }),
  /** What this version cannot read, whole and as JSON text, so that a later one can. */
  z.object({ kind: z.literal('unknown'), why: z.string(), raw: z.string() }),
]);
export type WhatsappEvent = z.infer<typeof WhatsappEvent>;

export type ExplodedEvent = {
  /** The sending number (phone number id). */
  readonly accountId: string | null;
  /** The business account that the number belongs to. */
  readonly businessId: string | null;
  /** What must be worked on in order: one customer of one number. */
  readonly entity: string;
  readonly naturalKey: string;
  readonly event: WhatsappEvent;
};
