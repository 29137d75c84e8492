import { z } from 'zod';
import { Id, Instant } from '../fields.ts';
import { Role } from '../roles.ts';

/** An invitation as those who invite see it. The link is not part of it: only its digest is kept. */
export const InvitationRow = z.strictObject({
  id: Id,
  email: z.string().max(254),
  role: Role,
  clientIds: z.array(Id),
  teamIds: z.array(Id),
  /** Null when the operator of the installation invited. */
  invitedBy: Id.nullable(),
  createdAt: Instant,
  sentAt: Instant,
  validUntil: Instant,
  state: z.enum(['open', 'expired', 'accepted', 'revoked']),
  /** For more than 24 hours nobody has accepted it (AU-09). */
  isUnclaimed: z.boolean(),
});
export type InvitationRow = z.infer<typeof InvitationRow>;

/** An invitation that has just been sent. */
export const SentInvitation = z.strictObject({
  invitation: InvitationRow,
  /** To copy and to pass on by hand, where the installation sends no mail; null where the mail is on its way. Shown this once. */
  link: z.string().max(400).nullable(),
  /** Sentences that whoever invites should read, such as of an address that looks like another one. */
  warnings: z.array(z.string().max(400)),
});
export type SentInvitation = z.infer<typeof SentInvitation>;
