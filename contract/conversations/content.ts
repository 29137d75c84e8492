import { z } from 'zod';

/**
 * What a message says beyond its words, in parts. `text` of the message says the same in plain words, for lists, quotations and search; a
 * thread shows the parts of `SHOWN_FOR_TEXT` (shown-parts.ts) in its place, and the others besides it.
 */

const Word = z.string().max(400);
const Words = z.string().max(4096);
const Address = z.string().max(2048);

export const MAX_ANSWERS = 100;
export const MAX_CART_LINES = 100;
export const MAX_PEOPLE = 50;

export const ContentPart = z.discriminatedUnion('kind', [
  /** What a customer filled into a form, in its order. */
  z.strictObject({
    kind: z.literal('answers'),
    answers: z.array(z.strictObject({ label: Word, value: Words })).max(MAX_ANSWERS),
  }),
  /** Degrees, as the provider wrote them. */
  z.strictObject({
    kind: z.literal('place'),
    name: Word.nullable(),
    address: Word.nullable(),
    latitude: z.number().min(-90).max(90).nullable(),
    longitude: z.number().min(-180).max(180).nullable(),
  }),
  /** What a customer wants to order. Money in minor units of `currency`; null where the provider names no usable price. */
  z.strictObject({
    kind: z.literal('cart'),
    lines: z
      .array(
        z.strictObject({
          product: Word,
          quantity: z.int().min(0),
          priceMinor: z.int().nullable(),
          currency: z.string().length(3).nullable(),
        }),
      )
      .max(MAX_CART_LINES),
    /** Null when a price is missing, or when the lines have several currencies. */
    totalMinor: z.int().nullable(),
    currency: z.string().length(3).nullable(),
    /** What the customer wrote with it. */
    note: Words.nullable(),
  }),
  /** People whose details a customer shared. Phones and mail addresses are masked, as those of customers are. */
  z.strictObject({
    kind: z.literal('people'),
    people: z
      .array(
        z.strictObject({
          name: Word.nullable(),
          company: Word.nullable(),
          reach: z.array(z.string().max(120)).max(10),
        }),
      )
      .max(MAX_PEOPLE),
  }),
  /** What the button stands for, where its label does not say it. */
  z.strictObject({ kind: z.literal('payload'), payload: Word }),
  /** What the customer was looking at when they wrote. */
  z.strictObject({
    kind: z.literal('about'),
    what: z.enum(['ad', 'post', 'product']),
    id: Word.nullable(),
    title: Words.nullable(),
    text: Words.nullable(),
    url: Address.nullable(),
  }),
]);
export type ContentPart = z.infer<typeof ContentPart>;
