import { z } from 'zod';

/** RFC 9457 body. `fields` names what is wrong, `reference` is the request id that a person can quote; never a stack, SQL or path. */
export const Problem = z.object({
  type: z.literal('about:blank'),
  status: z.int(),
  /** One of `ERROR_CODES`; a newer server may send one that this version does not know, and it is shown by its title. */
  code: z
    .string()
    .max(60)
    .regex(/^[a-z_]+$/),
  title: z.string(),
  detail: z.string(),
  reference: z.string(),
  retryAfterSeconds: z.int().optional(),
  fields: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  /** For `conversation_changed`: what is newer than the sender had seen. */
  newer: z.array(z.unknown()).optional(),
});
export type Problem = z.infer<typeof Problem>;
