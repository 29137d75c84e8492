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

/** Classes that a console's disk never holds, even encrypted. A collection of such a class does not compile and does not boot (LC-05). */
export const NEVER_ON_DEVICE = [
  'marketplace-buyer-pii',
  'credentials',
  'payment-metadata',
] as const satisfies readonly DataClass[];
export type NeverOnDevice = (typeof NEVER_ON_DEVICE)[number];
