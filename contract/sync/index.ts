import { z } from 'zod';
import { defineFeature } from '../feature.ts';
import { Cursor } from '../fields.ts';
import { ROLES } from '../roles.ts';
import { agencyRead } from '../route.ts';
import { LiveEvent, SyncLine } from './lines.ts';

/** A name that the server does not know is ignored: a console may be newer than its server. */
const Names = z
  .string()
  .max(4000)
  .regex(/^[A-Za-z0-9,-]*$/);

/** Keeps consoles level with the server: one pull of what changed, one stream that says when. */
export const sync = defineFeature('sync', {
  permissions: { 'sync.read': ROLES },
  routes: {
    pull: agencyRead({
      path: '/v1/sync',
      summary: 'Changed rows since a cursor, as NDJSON, already masked; without a cursor everything the person may see',
      permission: 'sync.read',
      dataClasses: ['account', 'client-business', 'end-customer'],
      ratePerMinute: 600,
      query: z.strictObject({
        since: Cursor.optional(),
        /** Comma-separated client ids that are new to this console and must be sent whole. */
        backfill: z
          .string()
          .max(8000)
          .regex(/^[0-9a-f,-]*$/)
          .optional(),
        /** Comma-separated names of the collections that this console keeps; without it, those of the first version. */
        collections: Names.optional(),
        /** Those of them that are new to this console and must be sent whole. */
        backfillCollections: Names.optional(),
      }),
      reply: SyncLine,
      replyKind: 'ndjson',
      errors: ['invalid_request'],
    }),
    live: agencyRead({
      path: '/v1/live',
      summary: 'Server-sent events that say when to pull',
      permission: 'sync.read',
      dataClasses: ['public'],
      reply: LiveEvent,
      replyKind: 'events',
    }),
  },
});
