import { z } from 'zod';
import {
  FileFact,
  MetricFact,
  OrderFact,
  PaymentFact,
  PostFact,
  SenderFact,
  ShipmentFact,
  TaskFact,
  TemplateFact,
} from './facts.ts';

type Spec<R> = {
  /** What tells one row of an account from another. */
  readonly key: (row: R) => string;
  /** When the thing last happened or changed, by which lists are sorted; null for things without a time. */
  readonly at: ((row: R) => string) | null;
  /**
   * Times that lie in the past. Not here: what is still to come, such as `shipBy`, and the time of a file, which whoever saves the file can
   * set to anything.
   */
  readonly past: readonly (keyof R & string)[];
  /** Amounts that cannot be below zero. The value of conversions can: on a day with more refunds than purchases. */
  readonly money: readonly (keyof R & string)[];
  /** The key of another row that this one stands for in a list, so that nothing is shown twice; null for none. */
  readonly covers?: (row: R) => string | null;
};

const capability = <F extends z.ZodObject>(
  fact: F,
  spec: Spec<z.output<F>>,
): { readonly fact: F } & Spec<z.output<F>> => ({ fact, ...spec });

const id = (row: { readonly id: string }) => row.id;

/**
 * What features speak in; which provider is behind one is data. A new capability is an entry here: the replies, the checks of what a provider
 * answers, the importer and the screens derive theirs from it, and what cannot be derived does not compile without it.
 */
export const CAPABILITIES = {
  messaging: capability(SenderFact, { key: id, at: null, past: [], money: [] }),
  templates: capability(TemplateFact, { key: id, at: null, past: [], money: [] }),
  orders: capability(OrderFact, {
    key: id,
    at: row => row.updatedAt,
    past: ['placedAt', 'updatedAt'],
    money: ['totalMinor'],
  }),
  shipments: capability(ShipmentFact, {
    key: row => row.awb,
    at: row => row.at,
    past: ['at', 'deliveredAt'],
    money: ['codMinor'],
  }),
  payments: capability(PaymentFact, {
    key: id,
    at: row => row.createdAt,
    past: ['createdAt'],
    money: ['amountMinor'],
    covers: row => row.paymentId,
  }),
  metrics: capability(MetricFact, {
    key: row => JSON.stringify([row.level, row.entityId, row.date, row.dimension]),
    at: row => row.date,
    past: ['date'],
    money: ['spendMinor'],
  }),
  posts: capability(PostFact, { key: id, at: row => row.publishedAt, past: ['publishedAt'], money: [] }),
  files: capability(FileFact, { key: id, at: row => row.modifiedAt, past: [], money: [] }),
  tasks: capability(TaskFact, { key: id, at: row => row.updatedAt, past: ['updatedAt'], money: [] }),
} as const;

export type Capability = keyof typeof CAPABILITIES;
export const CAPABILITY_NAMES = Object.keys(CAPABILITIES) as [Capability, ...Capability[]];
export const Capability = z.enum(CAPABILITY_NAMES);

/** A row that a read of the capability brings. */
export type FactOf<C extends Capability> = z.output<(typeof CAPABILITIES)[C]['fact']>;

/** A capability whose rows are only known at run time. */
export type AnyCapability = { readonly fact: z.ZodType } & Spec<Readonly<Record<string, unknown>>>;

/** The entry of a capability, for code that works on the rows of any of them. */
export const capabilityOf = (name: Capability): AnyCapability => CAPABILITIES[name] as unknown as AnyCapability;
