import type { SignedIn } from '@astrix/contract';
import type { Services } from '../../composition/index.ts';
import { secret } from '../../kernel/secret.ts';
import { type SystemTx, withSystem } from '../../platform/db/index.ts';
import { createOwnSecurity } from './factors/own-security.ts';
import { createEnrolments } from './invitations/enrolments.ts';
import { tellBy } from './mails.ts';
import { type Beginning, beginSession } from './sessions/begin-session.ts';
import { createStepUp } from './sessions/step-up.ts';
import { createProofs, type Proved } from './sign-in/proofs.ts';
import { createSignIn } from './sign-in/sign-in.ts';

export type AccountServices = Pick<
  Services,
  'db' | 'vault' | 'keyring' | 'audit' | 'log' | 'passwords' | 'ports' | 'emit' | 'mail'
>;

export type Accounts = ReturnType<typeof createAccounts>;

/**
 * Everything that proves people, from the services that it needs. It keeps nothing, so that a module that serves another way in makes its
 * own; whatever the way, a session comes from `beginSession` alone (AU-10).
 */
export function createAccounts(services: AccountServices) {
  const { db, audit, ports } = services;
  const refreshKey = secret(services.vault.namedKey('refresh-token/v1'));
  const tell = tellBy(services);
  const proofs = createProofs({ ...services, refreshKey });
  const begin = (tx: SystemTx, beginning: Beginning): Promise<SignedIn> =>
    beginSession({ audit, ports, refreshKey, digestOf: proofs.digestOf, tell }, tx, beginning);

  return {
    signIn: createSignIn({ db, audit, ports, refreshKey, proofs, beginSession: begin, tell }),
    enrolments: createEnrolments({ ...services, tell }),
    ownSecurity: createOwnSecurity({ ...services, tell }),
    stepUp: createStepUp({ db, proofs, passwords: services.passwords }),

    /** Who has the address and the password. Counts, and refuses everybody else alike (AU-14). */
    checkPassword: (email: string, password: string, ip: string): Promise<Proved> =>
      proofs.password(email, password, ip),

    /** Uses up a code of the person's authenticator, or fails with `totp_refused`. */
    checkTotp: (person: Person, code: string, ip: string): Promise<true> => proofs.totp(person, code, ip, yes),

    /** Uses up a recovery code of the person, or fails with `recovery_code_refused`. */
    checkRecoveryCode: (person: Person, code: string, ip: string): Promise<true> =>
      proofs.recoveryCode(person, code, ip, yes),

    /** The one way to a session, in the caller's transaction. */
    beginSession: begin,

    /** The same in a transaction of its own. */
    signInWith: (beginning: Beginning): Promise<SignedIn> => withSystem(db, 'sign-in', tx => begin(tx, beginning)),
  };
}

type Person = Pick<Proved, 'personId' | 'agencyId' | 'email'>;
const yes = async (): Promise<true> => true;
