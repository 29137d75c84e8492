/**
 * The data classes of the addendum (001 §6), plus `public` for what carries nobody's data.
 * Every table, route, IPC channel, job and file class names the classes it carries; what names none is refused (GV-01).
 */
export const DATA_CLASSES = [
  'public',
  'account',
  'client-business',
  'end-customer',
  'marketplace-buyer-pii',
  'logistics',
  'payment-metadata',
  'files-content',
  'credentials',
  'security-telemetry',
  'ai-data',
] as const;
export type DataClass = (typeof DATA_CLASSES)[number];

/** Classes that may never be written to a client's disk, even encrypted (LC-05, D5). */
export const NEVER_ON_DEVICE: readonly DataClass[] = ['marketplace-buyer-pii', 'credentials', 'payment-metadata'];
