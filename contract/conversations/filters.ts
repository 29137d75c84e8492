import { z } from 'zod';

/** Filters of the inbox, in the order in which they are shown. */
export const INBOX_FILTERS = ['open', 'mine', 'unassigned', 'closing', 'failed', 'snoozed', 'closed'] as const;
export const InboxFilter = z.enum(INBOX_FILTERS);
export type InboxFilter = z.infer<typeof InboxFilter>;
/** A window counts as closing when it ends within these many seconds. */
export const CLOSING_SECONDS = 4 * 3600;
