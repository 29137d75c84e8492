import { z } from 'zod';
import { Cursor, Id, Instant } from '../fields.ts';

/** Name of a collection. A reader skips the lines of a collection that it does not know (F-22). */
const CollectionKey = z.string().max(60);

/**
 * Lines of `GET /v1/sync` (NDJSON), in this order: one `hello`, any number of `rows`, `gone` and `cursor`, one `end`.
 * A stream that stops before `end` was cut; what came before the last `cursor` is safe to keep.
 */
export const SyncLine = z.discriminatedUnion('t', [
  /** `clients` is every client the person may see now: rows of others must be dropped at once (AU-08). */
  z.strictObject({
    t: z.literal('hello'),
    epoch: Id,
    personId: Id,
    agencyId: Id,
    clients: z.array(Id),
    serverTime: Instant,
    reset: z.boolean(),
  }),
  z.strictObject({
    t: z.literal('rows'),
    c: CollectionKey,
    rows: z.array(z.record(z.string(), z.unknown())).max(500),
  }),
  z.strictObject({ t: z.literal('gone'), c: CollectionKey, ids: z.array(Id).max(500) }),
  z.strictObject({ t: z.literal('cursor'), cursor: Cursor }),
  z.strictObject({ t: z.literal('end'), cursor: Cursor }),
]);
export type SyncLine = z.infer<typeof SyncLine>;

/** Events of `GET /v1/live` (server-sent). `cursor` only says that there is something to pull; `ended` closes the session. */
export const LiveEvent = z.discriminatedUnion('event', [
  z.strictObject({ event: z.literal('ready'), data: z.strictObject({ serverTime: Instant }) }),
  z.strictObject({ event: z.literal('moved'), data: z.strictObject({}) }),
  z.strictObject({ event: z.literal('ping'), data: z.strictObject({ serverTime: Instant }) }),
  z.strictObject({
    event: z.literal('ended'),
    data: z.strictObject({ reason: z.enum(['revoked', 'expired', 'signed-out']) }),
  }),
]);
export type LiveEvent = z.infer<typeof LiveEvent>;

/** What the first version kept. It names no collections in a pull and stops at a name that it does not know (F-22). */
export const FIRST_COLLECTIONS: readonly string[] = [
  'clients',
  'people',
  'contacts',
  'conversations',
  'messages',
  'notes',
  'notificationPreferences',
];
