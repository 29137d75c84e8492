import type { HandlersOf, Services } from '../../composition/index.ts';
import { fail } from '../../kernel/errors.ts';
import type { TenantTx } from '../../platform/db/index.ts';
import { readTeams, removeTeam, writeTeam } from './teams.ts';

type Names = 'people.list-teams' | 'people.create-team' | 'people.change-team' | 'people.remove-team';

export function teamHandlers({ ports }: Pick<Services, 'ports'>): Pick<HandlersOf<'people'>, Names> {
  const demandClients = async (tx: TenantTx, clientIds: readonly string[]) => {
    for (const clientId of clientIds) if (!(await ports.findClient(tx, clientId))) fail('not_found');
  };

  return {
    'people.list-teams': ({ actor, across }) =>
      across('people', async tx => ({ teams: await readTeams(tx, actor.agencyId) })),

    async 'people.create-team'({ actor, body, within, across }) {
      await within(tx => demandClients(tx, body.clientIds));
      return across('people', async (tx, audit) => {
        const team = await writeTeam(tx, actor.agencyId, null, body);
        await audit({ subjectType: 'team', subjectId: team.id, detail: sizesOf(team) });
        return team;
      });
    },

    async 'people.change-team'({ actor, params, body, within, across }) {
      await within(tx => demandClients(tx, body.clientIds));
      return across('people', async (tx, audit) => {
        const team = await writeTeam(tx, actor.agencyId, params.teamId, body);
        await audit({ subjectType: 'team', subjectId: team.id, detail: sizesOf(team) });
        return team;
      });
    },

    'people.remove-team': ({ actor, params, across }) =>
      across('people', async (tx, audit) => {
        await removeTeam(tx, actor.agencyId, params.teamId);
        await audit({ subjectType: 'team', subjectId: params.teamId });
        return null;
      }),
  };
}

const sizesOf = (team: { readonly personIds: readonly string[]; readonly clientIds: readonly string[] }) => ({
  people: team.personIds.length,
  clients: team.clientIds.length,
});
