import { AccountNoticeRow, ContentPart, Fault, MESSAGE_KINDS, NOTICE_TOPICS } from '@astrix/contract';
import { z } from 'zod';
import { sha256 } from '../platform/crypto/index.ts';
import type { Failed } from '../platform/egress/index.ts';
import type { Api } from './adapter-api.ts';
import { clamp } from './json.ts';

/**
 * How customers are written with, whatever the provider. Modules import this file and the registry; only the registry knows the folders.
 * docs/guides/add-a-provider.md describes what a messaging provider has to bring.
 */

/**
 * How a provider names a customer of one account: a phone (digits with the country code), an id of the provider's own, or both. The phone leads
 * to the same contact on every channel, so it is given only where the provider has verified it.
 */
export const CustomerId = z.object({ phone: z.string().nullable(), userId: z.string().nullable() });
export type CustomerId = z.infer<typeof CustomerId>;

/** A customer as a message shows them; `name` is what they call themselves. */
export type Customer = CustomerId & { readonly name: string | null };

/**
 * Who made an entry of a thread: `customer` sent it; `unclear` when the provider says only that there was something, such as a placeholder of a
 * message that was deleted; `missed-call` when the customer called and nobody answered; `provider` for a notice of its own, such as a new number;
 * `phone` when the business wrote it in its own app on the phone.
 */
export const ORIGINS = ['customer', 'unclear', 'missed-call', 'provider', 'phone'] as const;
export type Origin = (typeof ORIGINS)[number];

/** What an entry does to its conversation. */
export type Effect = {
  /** Opens the customer service window, or makes it longer (ME-03). */
  readonly opensWindow: boolean;
  /** Somebody waits for an answer: unread, and a closed or snoozed conversation is open again. */
  readonly waits: boolean;
  /** The business has answered what stands before it. */
  readonly answers: boolean;
};

const EFFECTS: Readonly<Record<Origin, Effect>> = {
  customer: { opensWindow: true, waits: true, answers: false },
  // A window that is not open is noticed before the reply, and one that the provider does not know after it.
  unclear: { opensWindow: false, waits: true, answers: false },
  'missed-call': { opensWindow: false, waits: true, answers: false },
  provider: { opensWindow: false, waits: false, answers: false },
  phone: { opensWindow: false, waits: false, answers: true },
};

/** What an entry does to its conversation: nothing else decides it, whatever the provider. */
export const effectOf = (origin: Origin): Effect => EFFECTS[origin];

/** One event of a delivery in the product's own words. It is stored as JSON until it is processed. Times are ISO 8601 in UTC. */
export const InboundEvent = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('message'),
    origin: z.enum(ORIGINS),
    providerId: z.string(),
    sentAt: z.string(),
    /** The customer, also of what the business wrote. */
    from: CustomerId.extend({ name: z.string().nullable() }),
    messageKind: z.enum(MESSAGE_KINDS).exclude(['template']),
    text: z.string(),
    /** Phones and mail addresses are whole here and masked in the row. */
    content: z.array(ContentPart),
    media: z
      .object({ mime: z.string(), fileName: z.string().nullable(), bytes: z.number().nullable(), voice: z.boolean() })
      .nullable(),
    /** The provider's id of the message that this one answers. */
    replyTo: z.string().nullable(),
  }),
  /** `providerId` is the reaction's own, `target` the message's. An empty emoji takes the reaction away. */
  z.object({
    kind: z.literal('reaction'),
    by: z.enum(['customer', 'us']),
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
  z.object({ kind: z.literal('deletion'), target: z.string(), deletedAt: z.string() }),
  /** Of a message that we sent. `messageId` is our own id, where the provider carries it along. */
  z.object({
    kind: z.literal('status'),
    providerId: z.string(),
    messageId: z.string().nullable(),
    status: z.enum(['sent', 'delivered', 'read', 'failed']),
    at: z.string(),
    /** Of `failed`. */
    fault: Fault.nullable(),
  }),
  /** The same customer, known by `was` until now and by `is` from `at` on. */
  z.object({ kind: z.literal('identity'), was: CustomerId, is: CustomerId, at: z.string() }),
  /** What the customer wants to receive, set in the provider's own settings. */
  z.object({
    kind: z.literal('preference'),
    from: CustomerId,
    scope: z.enum(['marketing', 'all']),
    stop: z.boolean(),
    at: z.string(),
  }),
  /** About our account itself, or about a template, in words for people; nothing of a customer. `ends` names the topics of earlier notices that it takes back. */
  z.object({
    kind: z.literal('notice'),
    /** The same for every copy of the notice. */
    key: z.string(),
    field: z.string(),
    at: z.string(),
    topic: z.enum(NOTICE_TOPICS),
    severity: AccountNoticeRow.shape.severity,
    reason: z.string(),
    next: z.string(),
    until: z.string().nullable(),
    ends: z.array(z.enum(NOTICE_TOPICS)),
  }),
  /** Something that says nothing which anybody needs. */
  z.object({ kind: z.literal('nothing'), why: z.string() }),
  /** What this version cannot read, whole and as JSON text, so that a later version can. */
  z.object({ kind: z.literal('unknown'), why: z.string(), raw: z.string() }),
]);
export type InboundEvent = z.infer<typeof InboundEvent>;
export type InboundEventOf<K extends InboundEvent['kind']> = Extract<InboundEvent, { readonly kind: K }>;

/** An event with what is needed to store it, to process it once, and to find its tenant. */
export type SplitEvent = {
  /** Our account at the provider that it concerns; null where the event does not say. */
  readonly accountId: string | null;
  /** The business account above it: some notices name nothing else. */
  readonly businessId: string | null;
  /** Events of one entity are never processed at the same time: one customer of one account. */
  readonly entity: string;
  /** The same for every copy of the event, whenever it arrives (WH-08). */
  readonly naturalKey: string;
  readonly event: InboundEvent;
};

const NO_ACCOUNT = { accountId: null, businessId: null };

/** The event for what cannot be read. `raw` is kept whole, so that a person sees it among the dead letters and a later version can read it. */
export function unknownEvent(
  why: string,
  raw: unknown,
  { accountId, businessId }: Pick<SplitEvent, 'accountId' | 'businessId'> = NO_ACCOUNT,
): SplitEvent {
  const key = `unknown/${fingerprint(raw)}`;
  // As text: JSON escapes the characters that PostgreSQL cannot store.
  const text = typeof raw === 'string' ? clamp(raw, raw.length) : (JSON.stringify(raw) ?? '');
  return { accountId, businessId, entity: key, naturalKey: key, event: { kind: 'unknown', why, raw: text } };
}

/** Tells two values apart: 128 bits of the digest of their JSON. */
export const fingerprint = (value: unknown): string =>
  sha256(JSON.stringify(value) ?? '')
    .toString('hex')
    .slice(0, 32);

export type OutgoingText = {
  /** Our account at the provider that the message leaves from. */
  readonly accountId: string;
  /** At least one of the two ids; a provider that needs the other one refuses. */
  readonly to: CustomerId;
  readonly text: string;
  /** The provider's id of the message that is quoted. */
  readonly replyTo: string | null;
  /** Our own id. A provider that carries it along returns it in every status, which settles an ambiguous send. */
  readonly messageId: string;
};

/**
 * What became of a message. `retry`: it was not accepted and may be sent again, after `afterSeconds` where that is known. `refused`: it will
 * never be accepted; `credentialDead` when nothing will be until somebody reconnects. `ambiguous`: it may have been sent, so it is never
 * repeated, and a status settles it (EG-04).
 */
export type SendOutcome =
  | { readonly kind: 'accepted'; readonly providerId: string }
  | { readonly kind: 'retry'; readonly afterSeconds: number | null; readonly why: string }
  | { readonly kind: 'refused'; readonly fault: Fault; readonly credentialDead: boolean }
  | { readonly kind: 'ambiguous'; readonly why: string };

/** A failed send by its outcome; `faultOf` puts the provider's refusal into words, with null for one that was ours. */
export function notAccepted(failed: Failed, faultOf: (code: string | null, reason: string) => Fault): SendOutcome {
  switch (failed.kind) {
    case 'retry':
      return { kind: 'retry', afterSeconds: failed.afterSeconds, why: failed.reason };
    case 'ambiguous':
    case 'malformed':
      return { kind: 'ambiguous', why: failed.reason };
    case 'reauth':
    case 'permanent':
      return {
        kind: 'refused',
        fault: faultOf(failed.code, failed.reason),
        credentialDead: failed.kind === 'reauth',
      };
    case 'refused':
      return {
        kind: 'refused',
        fault: faultOf(null, REFUSALS[failed.reason] ?? REFUSED_ADDRESS),
        credentialDead: false,
      };
  }
}

const REFUSED_ADDRESS = 'this server may not reach the address it is configured with';
const REFUSALS: Readonly<Record<string, string>> = {
  'switched-off': 'an admin has switched this connection off',
  disconnected: 'this connection has been disconnected',
};

/** What a provider brings so that customers can be written with through it. */
export type Messaging = {
  /** Free-form messages are allowed this long after the customer's newest message. */
  readonly windowSeconds: number;
  /** The longest text that the provider accepts, in UTF-16 units. */
  readonly maxTextLength: number;
  /** The field of the connection's form with the business account, where notices name that alone. */
  readonly businessField?: string;
  /**
   * Splits the parsed body of a delivery. Pure, and never throws. Nothing is dropped: what this version does not know comes out as `unknown`.
   */
  readonly split: (body: unknown, receivedAt: Date) => readonly SplitEvent[];
  /** Sends one message, once. `api` carries the credential of the connection. */
  readonly sendText: (api: Api, message: OutgoingText) => Promise<SendOutcome>;
};
