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

/** A person of the agency as those who manage people see them. */
export const DirectoryPerson = z.strictObject({
  id: Id,
  email: z.string().max(254),
  name: z.string().max(120),
  initials: z.string().max(4),
  role: Role,
  /** `left` has been off-boarded and comes back only by a new invitation. */
  status: z.enum(['active', 'suspended', 'left']),
  /** Null for all clients, by the role. */
  clientIds: z.array(Id).nullable(),
  factors: z.strictObject({ totp: z.int(), passkeys: z.int() }),
  lastSeenAt: Instant.nullable(),
  joinedAt: Instant,
  /** A recovery that was started and is neither done nor cancelled. */
  recovery: z.strictObject({ id: Id, readyAt: Instant }).nullable(),
});
export type DirectoryPerson = z.infer<typeof DirectoryPerson>;

/** An offer of the ownership that waits for the other person. */
export const OwnershipOffer = z.strictObject({
  offeredBy: Id,
  offeredTo: Id,
  stepsDown: z.boolean(),
  validUntil: Instant,
});

/** What an off-boarding ended and handed over, for the record of whoever did it (AU-09). */
export const OffBoardReport = z.strictObject({
  personId: Id,
  at: Instant,
  sessions: z.int(),
  devices: z.int(),
  /** Open invitations that the person had sent. */
  invitations: z.int(),
  /** Clients that the person does not reach any more. */
  clients: z.int(),
  /** Authenticators and passkeys; none where the person works for another agency as well. */
  factors: z.int(),
  conversations: z.strictObject({
    handedOver: z.int(),
    /** Those of clients on which the other person does not work, or of nobody's choice: they are assigned to nobody. */
    unassigned: z.int(),
  }),
});
export type OffBoardReport = z.infer<typeof OffBoardReport>;

/** A team, who is in it, and the clients on which all of them work. */
export const TeamRow = z.strictObject({
  id: Id,
  name: z.string().max(120),
  personIds: z.array(Id),
  clientIds: z.array(Id),
});
export type TeamRow = z.infer<typeof TeamRow>;
