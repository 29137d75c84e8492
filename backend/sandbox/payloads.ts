import { z } from 'zod';

/** Deliveries in Meta's shape (Cloud API reference v23.0, webhook payloads). */
const BUSINESS_ACCOUNT = '100000000000001';

export const MESSAGE_SHAPES = [
  'text',
  'image',
  'voice',
  'document',
  'reaction',
  'edit',
  'unsupported',
  'location',
] as const;

/** A customer message, as a person asks for it by hand. */
export const Inbound = z
  .strictObject({
    accountId: z.string().regex(/^\d{5,20}$/, 'must be a phone number id'),
    phone: z
      .string()
      .regex(/^\d{8,15}$/, 'must be digits with the country code')
      .nullable()
      .default(null),
    /** Business-scoped user id, for a customer who hides the phone. */
    bsuid: z
      .string()
      .regex(/^[A-Z]{2}\.[A-Za-z0-9]{1,128}$/, 'must look like IN.1234')
      .nullable()
      .default(null),
    name: z.string().min(1).max(100).default('Test customer'),
    shape: z.enum(MESSAGE_SHAPES).default('text'),
    text: z.string().max(4096).default('Where is my order?'),
    /** For a reaction or an edit: the message it is about. */
    target: z.string().max(256).nullable().default(null),
    copies: z.int().min(1).max(5).default(1),
  })
  .refine(message => message.phone !== null || message.bsuid !== null, 'needs a phone or a bsuid');
export type Inbound = z.infer<typeof Inbound>;

const delivery = (accountId: string, value: object) => ({
  object: 'whatsapp_business_account',
  entry: [
    {
      id: BUSINESS_ACCOUNT,
      changes: [
        {
          field: 'messages',
          value: {
            messaging_product: 'whatsapp',
            metadata: { display_phone_number: '919800000000', phone_number_id: accountId },
            ...value,
          },
        },
      ],
    },
  ],
});

const seconds = (at: Date) => String(Math.floor(at.getTime() / 1000));

export function inboundPayload(message: Inbound, id: string, at: Date): object {
  const contact = {
    profile: { name: message.name },
    ...(message.phone ? { wa_id: message.phone } : {}),
    ...(message.bsuid ? { user_id: message.bsuid } : {}),
  };
  const from = {
    ...(message.phone ? { from: message.phone } : {}),
    ...(message.bsuid ? { from_user_id: message.bsuid } : {}),
  };
  return delivery(message.accountId, {
    contacts: [contact],
    messages: [{ ...from, id, timestamp: seconds(at), ...content(message) }],
  });
}

function content(message: Inbound): object {
  const caption = message.text ? { caption: message.text } : {};
  switch (message.shape) {
    case 'image':
      return { type: 'image', image: { id: '1', mime_type: 'image/jpeg', sha256: 'c2FuZGJveA==', ...caption } };
    case 'voice':
      return {
        type: 'audio',
        audio: { id: '1', mime_type: 'audio/ogg; codecs=opus', sha256: 'c2FuZGJveA==', voice: true },
      };
    case 'document':
      return {
        type: 'document',
        document: {
          id: '1',
          mime_type: 'application/pdf',
          sha256: 'c2FuZGJveA==',
          filename: 'purchase-order.pdf',
          ...caption,
        },
      };
    case 'reaction':
      return { type: 'reaction', reaction: { message_id: message.target ?? '', emoji: message.text || '👍' } };
    case 'edit':
      return {
        type: 'edit',
        edit: { original_message_id: message.target ?? '', message: { type: 'text', text: { body: message.text } } },
      };
    case 'location':
      return {
        type: 'location',
        location: { latitude: 18.52, longitude: 73.85, name: 'Ganesh Medical', address: 'FC Road, Pune' },
      };
    case 'unsupported':
      return {
        type: 'unsupported',
        errors: [
          {
            code: 131051,
            title: 'Message type unknown',
            message: 'Message type unknown',
            error_data: { details: 'Message type is currently not supported.' },
          },
        ],
      };
    default:
      return { type: 'text', text: { body: message.text } };
  }
}

export type StatusKind = 'sent' | 'delivered' | 'read' | 'failed';

export function statusPayload(
  accountId: string,
  sent: { id: string; to: string; callbackData: string | null },
  status: StatusKind,
  at: Date,
): object {
  const errors =
    status === 'failed'
      ? {
          errors: [
            {
              code: 131026,
              title: 'Message undeliverable',
              message: 'Message undeliverable',
              error_data: { details: 'Message Undeliverable.' },
            },
          ],
        }
      : {};
  return delivery(accountId, {
    statuses: [
      {
        id: sent.id,
        status,
        timestamp: seconds(at),
        recipient_id: sent.to,
        ...(sent.callbackData ? { biz_opaque_callback_data: sent.callbackData } : {}),
        ...(status === 'sent'
          ? {
              conversation: { id: 'c1', origin: { type: 'service' } },
              pricing: { billable: false, pricing_model: 'PMP', category: 'service' },
            }
          : {}),
        ...errors,
      },
    ],
  });
}

/** What Meta accepts at POST /{phone-number-id}/messages, as far as this product sends it. */
export const SendRequest = z
  .object({
    messaging_product: z.literal('whatsapp'),
    recipient_type: z.literal('individual').optional(),
    to: z
      .string()
      .regex(/^\+?\d{8,15}$/)
      .optional(),
    recipient: z.string().max(140).optional(),
    type: z.literal('text'),
    text: z.object({ body: z.string().min(1).max(4096), preview_url: z.boolean().optional() }),
    context: z.object({ message_id: z.string() }).optional(),
    biz_opaque_callback_data: z.string().max(512).optional(),
  })
  .refine(body => body.to !== undefined || body.recipient !== undefined);

export const graphError = (code: number, message: string, extra: object = {}) => ({
  error: {
    message: `(#${code}) ${message}`,
    type: 'OAuthException',
    code,
    fbtrace_id: 'sandbox',
    error_data: { messaging_product: 'whatsapp', details: message },
    ...extra,
  },
});
