import type { DataClass } from './data-classes.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * The retention schedule (001 §22). One table drives expiry on read, the sweepers, the cache, the privacy page and the
 * tests; a table or file class that is not attached to an entry stops the boot (RT-00).
 *
 * `seconds` counts from the moment named in `from`; `null` means that an event, not a clock, ends the life.
 */
export type RetentionEntry = {
  readonly control: string;
  readonly what: string;
  readonly seconds: number | null;
  readonly from: string;
  readonly ends: string;
  readonly classes: readonly DataClass[];
};

export const RETENTION = {
  account: {
    control: 'RT-01',
    what: 'Account, organisation and access records',
    seconds: null,
    from: 'account closure',
    ends: 'account life and the recorded legal period',
    classes: ['account', 'client-business'],
  },
  credential: {
    control: 'RT-02',
    what: 'Credentials and tokens',
    seconds: null,
    from: 'issue',
    ends: 'disconnected, revoked, expired, rotated or unneeded',
    classes: ['credentials'],
  },
  'order-facts': {
    control: 'RT-03',
    what: 'Core order facts',
    seconds: null,
    from: 'first stored',
    ends: 'deleted with the record or the account',
    classes: ['client-business', 'logistics'],
  },
  'buyer-pii': {
    control: 'RT-04',
    what: 'Marketplace buyer personal data',
    seconds: 30 * DAY,
    from: 'first stored, never later than 30 days after delivery',
    ends: 'redacted',
    classes: ['marketplace-buyer-pii'],
  },
  conversation: {
    control: 'RT-05',
    what: 'WhatsApp and web chat records, with attachments, titles and summaries derived from them',
    seconds: 30 * DAY,
    from: 'message time',
    ends: 'deleted',
    classes: ['end-customer'],
  },
  'report-cache': {
    control: 'RT-06',
    what: 'Generated reports and cached report records',
    seconds: DAY,
    from: 'generated',
    ends: 'deleted',
    classes: ['client-business'],
  },
  'report-summary': {
    control: 'RT-07',
    what: 'Temporary report summaries',
    seconds: 2 * HOUR,
    from: 'generated',
    ends: 'deleted',
    classes: ['client-business', 'ai-data'],
  },
  'webhook-marker': {
    control: 'RT-08',
    what: 'Webhook idempotency markers',
    seconds: 5 * MINUTE,
    from: 'first seen',
    ends: 'deleted',
    classes: ['security-telemetry'],
  },
  'temporary-file': {
    control: 'RT-09',
    what: 'Temporary chat attachments, labels and generated files',
    seconds: 14 * DAY,
    from: 'stored',
    ends: 'deleted',
    classes: ['files-content', 'end-customer', 'logistics'],
  },
  'operational-log': {
    control: 'RT-10',
    what: 'Operational logs',
    seconds: 180 * DAY,
    from: 'written',
    ends: 'deleted',
    classes: ['security-telemetry'],
  },
  'security-audit': {
    control: 'RT-11',
    what: 'Reveal, security and access audit',
    seconds: 366 * DAY,
    from: 'written',
    ends: 'deleted; never earlier than 12 calendar months',
    classes: ['security-telemetry', 'account'],
  },
  backup: {
    control: 'RT-12',
    what: 'Point-in-time backups',
    seconds: 35 * DAY,
    from: 'taken',
    ends: 'deleted',
    classes: ['account', 'client-business', 'end-customer'],
  },
  diagnostics: {
    control: 'RT-13',
    what: 'Analytics, monitoring and diagnostics',
    seconds: 90 * DAY,
    from: 'written',
    ends: 'deleted',
    classes: ['security-telemetry'],
  },
} as const satisfies Record<string, RetentionEntry>;

export type RetentionClass = keyof typeof RETENTION;

/** Classes whose records end after a period. The others end by an event: they have no `expires_at`. */
export type TimedRetentionClass = {
  [R in RetentionClass]: (typeof RETENTION)[R]['seconds'] extends number ? R : never;
}[RetentionClass];

/** For how long what the customers of a client write is kept: as the schedule says, or for as long as an owner or admin has chosen (O2). */
export const CLIENT_RETENTION = {
  'days-30': RETENTION.conversation.seconds,
  'months-24': 730 * DAY,
} as const;
export type ClientRetention = keyof typeof CLIENT_RETENTION;

/** When a record of this class that began at `from` may no longer be read. */
export const expiresAt = (retention: TimedRetentionClass, from: Date): Date =>
  new Date(from.getTime() + RETENTION[retention].seconds * 1000);
