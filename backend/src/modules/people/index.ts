import { defineModule } from '../../composition/index.ts';
import { invitationHandlers } from './invitations.routes.ts';
import { memberHandlers } from './members.routes.ts';

/** Who belongs to the agency, in which role, on which clients. */
export const people = defineModule({
  name: 'people',
  create: services => ({ handlers: { ...invitationHandlers(services), ...memberHandlers(services) } }),
});
