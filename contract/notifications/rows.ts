import { z } from 'zod';
import { Id } from '../fields.ts';

export const NotificationPreferenceRow = z.strictObject({
  id: Id,
  clientId: Id,
  muted: z.boolean(),
  /** Minutes after midnight IST; both null for no quiet hours. */
  quietFrom: z.int().min(0).max(1439).nullable(),
  quietTo: z.int().min(0).max(1439).nullable(),
});
export type NotificationPreferenceRow = z.infer<typeof NotificationPreferenceRow>;
