import { z } from 'zod';
import { defineFeature } from '../feature.ts';
import { Email, Id } from '../fields.ts';
import { Role } from '../roles.ts';
import { agencyChange, agencyRead } from '../route.ts';
import { InvitationRow, SentInvitation } from './rows.ts';

const invitationParams = z.strictObject({ invitationId: Id });
const Ids = z.array(Id).max(500);

/** Who belongs to the agency, in which role, on which clients. */
export const people = defineFeature('people', {
  permissions: {
    /** A manager invites the staff of their own clients only (A11). */
    'people.invite': ['owner', 'admin', 'manager'],
  },
  routes: {
    'list-invitations': agencyRead({
      window: true,
      reaches: 'vault',
      path: '/v1/invitations',
      summary: 'Invitations of the last 30 days with their state; a manager sees those that they sent',
      permission: 'people.invite',
      dataClasses: ['account'],
      reply: z.strictObject({ invitations: z.array(InvitationRow) }),
    }),
    invite: agencyChange({
      window: true,
      stepUp: true,
      reaches: 'vault',
      method: 'POST',
      path: '/v1/invitations',
      summary: 'Invite somebody to a role and clients; the link works once, for 72 hours (AU-15)',
      permission: 'people.invite',
      dataClasses: ['account', 'credentials'],
      ratePerMinute: 60,
      bodyLimit: 65_536,
      audit: 'invitation.send',
      body: z.strictObject({ email: Email, role: Role.exclude(['owner']), clientIds: Ids, teamIds: Ids }),
      reply: SentInvitation,
      replyStatus: 201,
      errors: ['already_member', 'already_invited', 'role_refused', 'not_found', 'rate_limited'],
    }),
    'resend-invitation': agencyChange({
      window: true,
      stepUp: true,
      reaches: 'vault',
      method: 'POST',
      path: '/v1/invitations/:invitationId/resend',
      summary: 'Send an invitation again; the link of before is dead from now on',
      permission: 'people.invite',
      dataClasses: ['account', 'credentials'],
      audit: 'invitation.resend',
      params: invitationParams,
      reply: SentInvitation,
      errors: ['not_found', 'invitation_used', 'invitation_revoked', 'rate_limited'],
    }),
    'revoke-invitation': agencyChange({
      window: true,
      // Taking access away is not made harder than giving it.
      stepUp: false,
      reaches: 'vault',
      method: 'DELETE',
      path: '/v1/invitations/:invitationId',
      summary: 'Withdraw an invitation; its link is dead from now on',
      permission: 'people.invite',
      dataClasses: ['account'],
      audit: 'invitation.revoke',
      params: invitationParams,
      reply: z.null(),
      replyStatus: 204,
      errors: ['not_found', 'invitation_used'],
    }),
  },
});
