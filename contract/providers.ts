import { z } from 'zod';
import { Capability } from './capabilities.ts';
import { DATA_CLASSES } from './data-classes.ts';

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
  /** This installation has the app credentials (or the sandbox) and the public address that connecting takes. */
  ready: z.boolean(),
  /** What the operator has to add where `ready` is false: the credentials of an app, or the public address of the server. */
  missing: z.enum(['app', 'public-address']).optional(),
  /** The admin has switched it off. */
  off: z.boolean(),
  /** This person may not use it (A10). */
  denied: z.boolean(),
});
export type CatalogueEntry = z.infer<typeof CatalogueEntry>;
