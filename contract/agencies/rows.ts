import { z } from 'zod';
import { Id } from '../fields.ts';
import { Role } from '../roles.ts';

export const PersonRow = z.strictObject({
  id: Id,
  name: z.string().max(120),
  initials: z.string().max(4),
  role: Role,
  active: z.boolean(),
});
export type PersonRow = z.infer<typeof PersonRow>;
