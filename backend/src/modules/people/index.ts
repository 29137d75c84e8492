import { defineModule } from '../../composition/index.ts';
import { invitationHandlers } from './invitations.routes.ts';
import { memberHandlers } from './members.routes.ts';
import { teamHandlers } from './teams.routes.ts';
import { joinTeams } from './teams.ts';

/** Who belongs to the agency, in which role, on which clients, in which team. */
export const people = defineModule({
  name: 'people',
  create: services => ({
    handlers: { ...invitationHandlers(services), ...memberHandlers(services), ...teamHandlers(services) },
    hears: {
      'person.joined': (tx, { agencyId, personId, teamIds }) => joinTeams(tx, agencyId, personId, teamIds),
    },
  }),
});
