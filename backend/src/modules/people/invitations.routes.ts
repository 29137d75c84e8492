import { type InvitationRow, mayManage, type Role } from '@astrix/contract';
import type { HandlersOf, Services } from '../../composition/index.ts';
import { fail } from '../../kernel/errors.ts';
import type { Actor, SystemTx, TenantTx } from '../../platform/db/index.ts';
import {
  findInvitation,
  invite,
  joinUrl,
  listInvitations,
  resend,
  revokeInvitation,
  sendInvitation,
} from '../identity/index.ts';
import { readTeams } from './teams.ts';

type Names = 'people.list-invitations' | 'people.invite' | 'people.resend-invitation' | 'people.revoke-invitation';

/** A manager sees and changes what they sent themselves; an invitation of others answers like one that does not exist. */
const isTheirs = (actor: Actor, { invitedBy }: InvitationRow) =>
  actor.role !== 'manager' || invitedBy === actor.personId;

export function invitationHandlers({
  ports,
  installation,
  mail,
}: Pick<Services, 'ports' | 'installation' | 'mail'>): Pick<HandlersOf<'people'>, Names> {
  /** Clients that the actor sees; staff of a client need at least one, and an id of elsewhere answers like an unknown one. */
  async function demandClients(tx: TenantTx, role: Role, clientIds: readonly string[]): Promise<void> {
    if (role === 'client' && clientIds.length === 0)
      fail('invalid_request', { detail: 'Choose the client that this person belongs to.' });
    for (const clientId of clientIds) if (!(await ports.findClient(tx, clientId))) fail('not_found');
  }

  async function demandTeams(tx: SystemTx, actor: Actor, role: Role, teamIds: readonly string[]): Promise<void> {
    if (teamIds.length === 0) return;
    if (role === 'client') fail('invalid_request', { detail: 'The staff of a client cannot be in a team.' });
    const known = (await readTeams(tx, actor.agencyId)).map(({ id }) => id);
    if (teamIds.some(id => !known.includes(id))) fail('not_found');
  }

  async function own(tx: SystemTx, actor: Actor, id: string): Promise<InvitationRow> {
    const found = await findInvitation(tx, actor.agencyId, id);
    if (!found || !isTheirs(actor, found)) return fail('not_found');
    if (!mayManage(actor.role, found.role)) fail('role_refused');
    return found;
  }

  const perDay = async (tx: SystemTx, { agencyId }: Actor) =>
    (await ports.agencySettings(tx, agencyId)).invitationsPerDay;

  /** Mails the link, or answers it for copying where the installation sends no mail: to whoever invites, this once, and noted in the audit. */
  const pass = (tx: SystemTx, actor: Actor, invitation: InvitationRow, token: string) =>
    sendInvitation(mail, tx, actor, invitation, joinUrl(installation.publicUrl(), token));

  return {
    'people.list-invitations': ({ actor, across }) =>
      across('people', async tx => ({
        invitations: (await listInvitations(tx, actor.agencyId)).filter(row => isTheirs(actor, row)),
      })),

    async 'people.invite'({ actor, body, within, across }) {
      if (!mayManage(actor.role, body.role)) fail('role_refused');
      await within(tx => demandClients(tx, body.role, body.clientIds));
      return across('people', async (tx, audit) => {
        await demandTeams(tx, actor, body.role, body.teamIds);
        const { row, token, warnings } = await invite(
          tx,
          actor.agencyId,
          actor.personId,
          body,
          await perDay(tx, actor),
        );
        const link = await pass(tx, actor, row, token);
        await audit({
          subjectType: 'invitation',
          subjectId: row.id,
          detail: { role: row.role, clients: row.clientIds.length, link: link === null ? 'mailed' : 'shown' },
        });
        return { invitation: row, link, warnings: [...warnings] };
      });
    },

    'people.resend-invitation': ({ actor, params, across }) =>
      across('people', async (tx, audit) => {
        await own(tx, actor, params.invitationId);
        const { row, token } = await resend(tx, actor.agencyId, params.invitationId, await perDay(tx, actor));
        const link = await pass(tx, actor, row, token);
        await audit({
          subjectType: 'invitation',
          subjectId: row.id,
          detail: { link: link === null ? 'mailed' : 'shown' },
        });
        return { invitation: row, link, warnings: [] };
      }),

    'people.revoke-invitation': ({ actor, params, across }) =>
      across('people', async (tx, audit) => {
        await own(tx, actor, params.invitationId);
        await revokeInvitation(tx, actor.agencyId, params.invitationId, actor.personId);
        await audit({ subjectType: 'invitation', subjectId: params.invitationId });
        return null;
      }),
  };
}
