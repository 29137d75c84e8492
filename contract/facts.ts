import { z } from 'zod';
import { Instant } from './fields.ts';

/** What providers bring, in the product's own shapes. contract/capabilities.ts says which capability brings which. */

const Text = z.string().max(300);
const Minor = z.int();
const Currency = z.string().regex(/^[A-Z]{3}$/);
const Count = z.int().min(0).nullable();

/** An order without anything of the buyer. Money in minor units of `currency`. */
export const OrderFact = z.strictObject({
  id: Text,
  number: Text,
  status: z.enum(['pending', 'unshipped', 'part-shipped', 'shipped', 'delivered', 'cancelled', 'returned', 'unknown']),
  /** Who ships it. */
  fulfilment: z.enum(['merchant', 'marketplace']).nullable(),
  placedAt: Instant,
  updatedAt: Instant,
  shipBy: Instant.nullable(),
  items: Count,
  totalMinor: Minor.nullable(),
  currency: Currency.nullable(),
});
export type OrderFact = z.infer<typeof OrderFact>;

export const SHIPMENT_STATUSES = [
  'created',
  'picked-up',
  'in-transit',
  'out-for-delivery',
  'delivered',
  'attempt-failed',
  'returning',
  'returned',
  'cancelled',
  'lost',
  'unknown',
] as const;
export const ShipmentFact = z.strictObject({
  awb: Text,
  orderNumber: Text.nullable(),
  status: z.enum(SHIPMENT_STATUSES),
  /** The carrier's own words. */
  statusText: Text,
  location: Text.nullable(),
  at: Instant,
  expectedAt: Instant.nullable(),
  deliveredAt: Instant.nullable(),
  /** Cash to collect; null for a prepaid shipment. */
  codMinor: Minor.nullable(),
  currency: Currency,
});
export type ShipmentFact = z.infer<typeof ShipmentFact>;

export const PaymentFact = z.strictObject({
  id: Text,
  kind: z.enum(['payment-link', 'checkout', 'payment', 'refund']),
  status: z.enum(['open', 'pending', 'paid', 'failed', 'cancelled', 'expired', 'refunded', 'unknown']),
  amountMinor: Minor.nullable(),
  currency: Currency.nullable(),
  description: Text.nullable(),
  createdAt: Instant,
  /** The row that this one stands for: of a checkout its payment, of a link for one payment its checkout. Null for none. */
  paymentId: Text.nullable().default(null),
  /** Made with a test key: no money moved. */
  test: z.boolean(),
});
export type PaymentFact = z.infer<typeof PaymentFact>;

/** One row of numbers, for one thing on one day. Null is «not given», 0 is a measured zero. Never add `reach` or `users` over days. */
export const MetricFact = z.strictObject({
  level: z.enum(['account', 'campaign', 'ad-group', 'ad', 'post', 'channel']),
  entityId: Text,
  entityName: Text,
  /** The provider's reporting day, YYYY-MM-DD in `timeZone`. */
  date: z.iso.date(),
  timeZone: z.string().max(60),
  dimension: z.strictObject({ key: Text, value: Text }).nullable(),
  impressions: Count,
  reach: Count,
  clicks: Count,
  engagements: Count,
  videoViews: Count,
  profileViews: Count,
  pageViews: Count,
  sessions: Count,
  users: Count,
  followers: Count,
  spendMinor: Minor.nullable(),
  /** In ten-thousandths: providers give fractions of a conversion. */
  conversionsE4: z.int().nullable(),
  conversionValueMinor: Minor.nullable(),
  currency: Currency.nullable(),
  /** False while the provider may still change it. */
  final: z.boolean(),
});
export type MetricFact = z.infer<typeof MetricFact>;

export const PostFact = z.strictObject({
  id: Text,
  kind: z.enum(['image', 'video', 'reel', 'carousel', 'story', 'text', 'other']),
  text: Text,
  publishedAt: Instant,
  url: z.string().max(2000).nullable(),
  views: Count,
  likes: Count,
  comments: Count,
  shares: Count,
  saves: Count,
});
export type PostFact = z.infer<typeof PostFact>;

export const FileFact = z.strictObject({
  id: Text,
  name: Text,
  kind: z.enum(['document', 'spreadsheet', 'presentation', 'pdf', 'image', 'video', 'folder', 'other']),
  bytes: Count,
  modifiedAt: Instant,
  url: z.string().max(2000).nullable(),
});
export type FileFact = z.infer<typeof FileFact>;

export const TaskFact = z.strictObject({
  id: Text,
  key: Text,
  title: Text,
  /** The provider's own name of the state, and which of three it is. */
  status: Text,
  stage: z.enum(['new', 'in-progress', 'done']),
  assignee: Text.nullable(),
  priority: Text.nullable(),
  project: Text,
  dueOn: z.iso.date().nullable(),
  updatedAt: Instant,
  url: z.string().max(2000).nullable(),
});
export type TaskFact = z.infer<typeof TaskFact>;

export const TemplateFact = z.strictObject({
  id: Text,
  name: Text,
  language: z.string().max(20),
  category: z.enum(['marketing', 'utility', 'authentication', 'other']),
  status: z.enum(['approved', 'pending', 'rejected', 'paused', 'disabled', 'unknown']),
  text: z.string().max(1100),
  placeholders: z.int().min(0),
});
export type TemplateFact = z.infer<typeof TemplateFact>;

/** A number or handle of the client's own, through which customers are answered. */
export const SenderFact = z.strictObject({
  id: Text,
  address: Text,
  name: Text,
  quality: z.enum(['high', 'medium', 'low', 'unknown']),
  /** Customers who may be written to first, in 24 hours; null where there is no limit or none is told. */
  dailyLimit: Count,
});
export type SenderFact = z.infer<typeof SenderFact>;
