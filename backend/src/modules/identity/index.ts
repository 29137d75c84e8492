import { defineModule } from '../../composition/index.ts';
import { secret } from '../../kernel/secret.ts';
import { withSystem } from '../../platform/db/index.ts';
import { reachOf } from './access.ts';
import { demoPeople, identitySeed } from './demo.ts';
import { hasAgencies } from './people.ts';
import { identityHandlers } from './routes.ts';
import { createSessionWatch } from './session-watch.ts';
import { findActor, SESSIONS_CHANNEL } from './sessions.ts';
import { createSignIn } from './sign-in.ts';
import './tables.ts';

export { grantAccess, isMember, readMembers, revokeAccess, roleOn, wasMember } from './access.ts';
export { addMember, createAgency, createPerson, disableMember, type NewPerson } from './people.ts';
export { currentCode } from './totp.ts';

/** Sign-in, sessions and devices. */
export const identity = defineModule({
  name: 'identity',
  create({ db, clock, vault, keyring, audit, log, passwords, demo }) {
    const refreshKey = secret(vault.namedKey('refresh-token/v1'));
    const signIn = createSignIn({ db, keyring, refreshKey, audit, log, passwords });
    const sessions = createSessionWatch(db);
    return {
      handlers: identityHandlers(signIn, demo && (() => demoPeople(demo, clock.now()))),
      listens: [{ channel: SESSIONS_CHANNEL, in: 'api', heard: sessions.heard }],
      provides: {
        authenticate: token => withSystem(db, 'authenticate', tx => findActor(tx, token)),
        watchSession: sessions.watch,
        reachOf: actor => withSystem(db, 'authenticate', tx => reachOf(tx, actor)),
        hasAgencies,
      },
      seed: identitySeed({ keyring, passwords }),
    };
  },
});
