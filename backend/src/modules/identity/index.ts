import { defineModule } from '../../composition/index.ts';
import { withSystem } from '../../platform/db/index.ts';
import { createAccounts } from './accounts.ts';
import { reachOf } from './members/access.ts';
import { hasAgencies } from './members/people.ts';
import { identityHandlers } from './routes.ts';
import { createSessionWatch } from './sessions/session-watch.ts';
import { findActor, SESSIONS_CHANNEL } from './sessions/sessions.ts';
import './tables.ts';

export { type Accounts, createAccounts } from './accounts.ts';
export { type Factors, factorsOf } from './factors/factors.ts';
export { type Given, suffices } from './factors/suffices.ts';
export { currentCode } from './factors/totp.ts';
export type { Joined } from './invitations/enrolments.ts';
export {
  findInvitation,
  type Invited,
  invite,
  listInvitations,
  readInvitation,
  resend,
  revokeInvitation,
} from './invitations/invitations.ts';
export { joinUrl, recoverUrl } from './invitations/links.ts';
export { sendInvitation, sendRecovery, tellBy } from './mails.ts';
export {
  grantAccess,
  isMember,
  readMembers,
  revokeAccess,
  roleOn,
  setTeamAccess,
  wasMember,
} from './members/access.ts';
export { changeRole, offBoard, ownersOf, restore, setClients, suspend } from './members/change.ts';
export { readDirectory } from './members/directory.ts';
export { createOwnerInvitation, initAgency, type Place, placesOf, suspendPerson } from './members/first-agency.ts';
export { acceptOwnership, type Offer, offerOwnership, openOffer, withdrawOffer } from './members/ownership.ts';
export {
  addMember,
  createAgency,
  createPerson,
  disableMember,
  listAgencies,
  type NewPerson,
} from './members/people.ts';
export { cancelOpen, readRecovery, startRecovery } from './recovery/recovery.ts';
export { findAccount } from './sign-in/find-account.ts';

/** Sign-in, sessions and devices, and how people prove themselves. */
export const identity = defineModule({
  name: 'identity',
  create(services) {
    const { db, clock, demo } = services;
    const accounts = createAccounts(services);
    const sessions = createSessionWatch(db);
    return {
      handlers: identityHandlers(
        accounts,
        demo && (async () => (await import('./demo.ts')).demoPeople(demo, clock.now())),
      ),
      listens: [{ channel: SESSIONS_CHANNEL, in: 'api', heard: sessions.heard }],
      provides: {
        authenticate: token => withSystem(db, 'authenticate', tx => findActor(tx, token)),
        watchSession: sessions.watch,
        reachOf: actor => withSystem(db, 'authenticate', tx => reachOf(tx, actor)),
        hasAgencies,
      },
      seed: { after: [], run: async (tx, cast) => (await import('./demo.ts')).seedPeople(services, tx, cast) },
    };
  },
});
