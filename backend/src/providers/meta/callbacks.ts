import { z } from 'zod';
import type { OwnerCallbacks } from '../provider.ts';

const Payload = z.object({
  /** The person's id, scoped to the app; `/me` answers the same one. */
  user_id: z.union([z.string().regex(/^\d{1,40}$/), z.int().min(1).transform(String)]),
  issued_at: z.int(),
  app_id: z.union([z.string(), z.int().transform(String)]).optional(),
});

/**
 * What Meta posts to an app when a person removes it or wants their data deleted: the form field `signed_request`. Meta repeats it for less
 * than an hour; an older one is a replay.
 */
export const metaCallbacks: OwnerCallbacks = {
  scheme: { kind: 'signed-request', field: 'signed_request', maxAgeSeconds: 3600, toleranceSeconds: 300 },
  read(content, appId) {
    const payload = Payload.safeParse(JSON.parse(content.toString('utf8')));
    if (!payload.success) return null;
    const { user_id, issued_at, app_id } = payload.data;
    // Another app, should two share a secret.
    if (app_id !== undefined && appId !== null && app_id !== appId) return null;
    return { userId: user_id, issuedAt: new Date(issued_at * 1000) };
  },
};
