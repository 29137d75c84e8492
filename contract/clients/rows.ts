import { z } from 'zod';
import { Id, Instant } from '../fields.ts';
import { CLIENT_HUES, CLIENT_SHADES, CLIENT_SHAPES } from './marks.ts';

export const ClientRow = z.strictObject({
  id: Id,
  name: z.string().max(120),
  /** Two or three letters for the rail. */
  initials: z.string().max(4),
  hue: z.enum(CLIENT_HUES),
  /** The defaults are for a row of a version that knew only hues. */
  shade: z.enum(CLIENT_SHADES).default('middle'),
  shape: z.enum(CLIENT_SHAPES).default('square'),
  /** What the customer sees as the sender. */
  replyAs: z.string().max(120),
  status: z.enum(['active', 'paused']),
  createdAt: Instant,
});
export type ClientRow = z.infer<typeof ClientRow>;
