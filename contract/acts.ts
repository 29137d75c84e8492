import { z } from 'zod';
import type { Capability } from './capabilities.ts';

const Text = z.string().max(300);

type Spec<I extends z.ZodType, R extends z.ZodType> = {
  /** The capability that it belongs to; a provider that has the act usually reads this as well. */
  readonly capability: Capability;
  /** What the caller says. Amounts in minor units of their currency. */
  readonly input: I;
  /** What came of it, as it is stored and answered. */
  readonly result: R;
};

const act = <I extends z.ZodType, R extends z.ZodType>(spec: Spec<I, R>): Spec<I, R> => spec;

/**
 * What can be done at a provider, by name; which provider does it is data. A name is `<capability>.<what>`. A new act is an entry here and an
 * adapter in a connector.
 */
export const ACTS = {
  /** A page where one payment can be made, once. */
  'payments.create-link': act({
    capability: 'payments',
    input: z.strictObject({
      amountMinor: z.int().min(1).max(99_999_999),
      currency: z.string().regex(/^[A-Z]{3}$/, 'must be a currency code such as INR'),
      /** What the payer reads. */
      description: z.string().trim().min(1).max(250),
    }),
    result: z.strictObject({ id: Text, url: z.url().max(2000) }),
  }),
  'tasks.create': act({
    capability: 'tasks',
    input: z.strictObject({
      /** Key of the project at the provider, such as CK. */
      project: z.string().regex(/^[A-Z][A-Z0-9_]{1,50}$/, 'must be the key of a project, such as CK'),
      title: z
        .string()
        .trim()
        .min(1)
        .max(255)
        .regex(/^[^\r\n]*$/, 'must be one line'),
      text: z.string().trim().max(4000),
      /** The kind of task in the provider's words; null for its usual one. */
      kind: z.string().trim().min(1).max(60).nullable(),
    }),
    result: z.strictObject({ id: Text, key: Text, url: z.url().max(2000) }),
  }),
  'tasks.comment': act({
    capability: 'tasks',
    input: z.strictObject({
      /** Id of the task at the provider, as its reads bring it. */
      taskId: z.string().regex(/^[A-Za-z0-9_-]{1,100}$/),
      text: z.string().trim().min(1).max(4000),
    }),
    result: z.strictObject({ id: Text }),
  }),
} as const;

export type ActName = keyof typeof ACTS;
export type ActInput<A extends ActName> = z.output<(typeof ACTS)[A]['input']>;
export type ActResult<A extends ActName> = z.output<(typeof ACTS)[A]['result']>;

/** The entry of an act whose input and result are only known at run time. */
export const actOf = (name: ActName): Spec<z.ZodType, z.ZodType> => ACTS[name];

/** What makes a repeated request the same one: chosen by the caller, once for each thing that is to be done. */
export const ActKey = z.string().regex(/^[A-Za-z0-9_-]{8,120}$/, 'must be 8 to 120 letters, digits, - or _');
