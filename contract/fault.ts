import { z } from 'zod';

const Words = z.string().max(400);

/** What failed, for a person to read: `code` is ours or the provider's, `reason` says what happened, `next` what to do about it. */
export const Fault = z.strictObject({ code: z.string().max(60), reason: Words, next: Words });
export type Fault = z.infer<typeof Fault>;
