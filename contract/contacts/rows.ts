import { z } from 'zod';
import { Id, Instant } from '../fields.ts';

export const ContactRow = z.strictObject({
  id: Id,
  clientId: Id,
  name: z.string().max(200).nullable(),
  /** Last four digits only, such as `+91 ••••• •4321`; null for a customer known by BSUID alone. */
  phoneMasked: z.string().max(32).nullable(),
  hasPhone: z.boolean(),
  /** Provider handle where the customer hides the phone. */
  handle: z.string().max(140).nullable(),
  optedOutAt: Instant.nullable(),
  /** Since when the customer wants no promotions; everything else may be sent. Absent from a server of 0.1.0. */
  marketingOptedOutAt: Instant.nullable().optional(),
  firstSeenAt: Instant,
  lastSeenAt: Instant,
  expiresAt: Instant,
});
export type ContactRow = z.infer<typeof ContactRow>;
