import { z } from 'zod';
import { Id, Instant } from '../fields.ts';

/** Ten hues a client can own. The colour marks identity and nothing else. */
export const CLIENT_HUES = [
  'indigo',
  'teal',
  'amber',
  'rose',
  'violet',
  'green',
  'cyan',
  'orange',
  'blue',
  'magenta',
] as const;

export const ClientRow = z.strictObject({
  id: Id,
  name: z.string().max(120),
  /** Two or three letters for the rail. */
  initials: z.string().max(4),
  hue: z.enum(CLIENT_HUES),
  /** What the customer sees as the sender. */
  replyAs: z.string().max(120),
  status: z.enum(['active', 'paused']),
  createdAt: Instant,
});
export type ClientRow = z.infer<typeof ClientRow>;
