import { z } from 'zod';
import { DATA_CLASSES } from './data-classes.ts';
import { Instant } from './fields.ts';

/** Every system of the product (FEATURES group S), connected or only planned. A new one begins with its id here. */
export const PROVIDER_IDS = [
  'whatsapp',
  'web-chat',
  'amazon-sp-api',
  'flipkart',
  'meesho',
  'delhivery',
  'shiprocket',
  'stripe',
  'razorpay',
  'meta-ads',
  'google-ads',
  'amazon-ads',
  'linkedin-ads',
  'google-analytics',
  'instagram',
  'facebook',
  'threads',
  'youtube',
  'x',
  'linkedin',
  'google-drive',
  'google-docs',
  'google-sheets',
  'sharepoint',
  'canva',
  'jira',
  'google-calendar',
  'wix',
  'apollo',
  'instantly',
] as const;
export const ProviderId = z.enum(PROVIDER_IDS);
export type ProviderId = z.infer<typeof ProviderId>;

/**
 * `live` can be connected; `limited` can be, with what `availabilityNote` says missing; `suspended` was, and is stopped by us or by the provider;
 * `planned` is shown and cannot be connected (OP-14).
 */
export const AVAILABILITIES = ['live', 'limited', 'suspended', 'planned'] as const;
export type Availability = (typeof AVAILABILITIES)[number];

export const PROVIDER_GROUPS = [
  'messaging',
  'commerce',
  'payments',
  'ads',
  'social',
  'files',
  'work',
  'outreach',
] as const;
export type ProviderGroup = (typeof PROVIDER_GROUPS)[number];

/** What features speak in; which provider stands behind one is data. */
export const CAPABILITIES = [
  'messaging',
  'templates',
  'orders',
  'shipments',
  'payments',
  'metrics',
  'posts',
  'files',
  'tasks',
] as const;
export const Capability = z.enum(CAPABILITIES);
export type Capability = z.infer<typeof Capability>;

/** What can be asked of a capability; health is kept for each (send, receive, read). */
export const CAPABILITY_KINDS = ['read', 'send', 'receive'] as const;
export const CapabilityKind = z.enum(CAPABILITY_KINDS);
export type CapabilityKind = z.infer<typeof CapabilityKind>;

/** One field of a form that connects by key. Secrets travel one way: into the vault. */
export const KeyField = z.strictObject({
  name: z.string().regex(/^[a-z][A-Za-z0-9]{0,39}$/),
  label: z.string().max(60),
  kind: z.enum(['secret', 'text', 'choice']),
  /** Where a person finds it, in plain words. */
  help: z.string().max(240),
  /** A regular expression for the whole value. */
  pattern: z.string().max(200),
  /** What the pattern asks for, in plain words: «must begin with rk_live_ or rk_test_». */
  rule: z.string().max(160),
  maxLength: z.int().min(1).max(4096),
  required: z.boolean(),
  options: z.array(z.strictObject({ value: z.string().max(60), label: z.string().max(60) })).max(20),
});
export type KeyField = z.infer<typeof KeyField>;

/** What a read may be asked with: words to search for, numbers to look up. */
export const ReadInput = z.strictObject({
  label: z.string().max(60),
  placeholder: z.string().max(60),
  required: z.boolean(),
});
export type ReadInput = z.infer<typeof ReadInput>;

export const CatalogueCapability = z.strictObject({
  capability: Capability,
  kind: CapabilityKind,
  /** What a person gets: «Orders of the last 30 days». */
  title: z.string().max(80),
  /** The scopes without which this does not work. */
  needs: z.array(z.string().max(200)).max(20),
  input: ReadInput.nullable(),
});

/** What is shown of a provider before anybody connects it. */
export const CatalogueEntry = z.strictObject({
  id: ProviderId,
  name: z.string().max(60),
  group: z.enum(PROVIDER_GROUPS),
  availability: z.enum(AVAILABILITIES),
  /** Why it is not simply live, and what would change that; empty for live. */
  availabilityNote: z.string().max(240),
  purpose: z.string().max(240),
  /** Connected together with this other one: Docs and Sheets come with Drive. */
  bundledWith: ProviderId.nullable(),
  connects: z.enum(['oauth2', 'key', 'none']),
  fields: z.array(KeyField).max(12),
  scopes: z.array(z.strictObject({ scope: z.string().max(200), why: z.string().max(200) })).max(20),
  dataClasses: z.array(z.enum(DATA_CLASSES)).max(11),
  capabilities: z.array(CatalogueCapability).max(12),
  /** This person may connect it once for the whole agency. */
  shareable: z.boolean(),
  /** Disconnecting ends the access at the provider as well; otherwise a person has to do that there. */
  revocable: z.boolean(),
  /** This installation has the app credentials (or the sandbox) that connecting takes. */
  ready: z.boolean(),
  /** The admin has switched it off. */
  off: z.boolean(),
  /** This person may not use it (A10). */
  denied: z.boolean(),
});
export type CatalogueEntry = z.infer<typeof CatalogueEntry>;

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

/** What a read of each capability brings. */
export const FACTS = {
  messaging: SenderFact,
  templates: TemplateFact,
  orders: OrderFact,
  shipments: ShipmentFact,
  payments: PaymentFact,
  metrics: MetricFact,
  posts: PostFact,
  files: FileFact,
  tasks: TaskFact,
} as const satisfies Record<Capability, z.ZodType>;
export type FactOf<C extends Capability> = z.output<(typeof FACTS)[C]>;
