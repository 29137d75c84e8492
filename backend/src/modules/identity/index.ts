import type { Secret } from '../../kernel/secret.ts';
import type { AuditTrail } from '../../platform/audit/index.ts';
import type { Authenticate } from '../../platform/authz/index.ts';
import { type Keyring, PASSWORD_COST, type PasswordCost, type verifyPassword } from '../../platform/crypto/index.ts';
import { type Db, withSystem } from '../../platform/db/index.ts';
import type { Module } from '../../platform/http/index.ts';
import { type DemoPeople, identityHandlers } from './routes.ts';
import { createSessionWatch, type SessionWatch } from './session-watch.ts';
import { findActor } from './sessions.ts';
import { createSignIn } from './sign-in.ts';
import './tables.ts';

export { addMember, createPerson, disableMember, initialsOf, type NewPerson } from './people.ts';
export type { DemoPeople } from './routes.ts';
export type { SessionWatch } from './session-watch.ts';
export { currentCode, newTotpSecret } from './totp.ts';

export type IdentityDeps = {
  readonly db: Db;
  readonly refreshKey: Secret<Buffer>;
  readonly keyring: Keyring;
  readonly audit: AuditTrail;
  readonly demoPeople: DemoPeople | null;
  readonly passwordCost?: PasswordCost;
  readonly verify?: typeof verifyPassword;
};

export type Identity = Module & { readonly authenticate: Authenticate; readonly sessions: SessionWatch };

/** Sign-in, sessions and devices. */
export function identityModule(deps: IdentityDeps): Identity {
  const signIn = createSignIn({
    db: deps.db,
    keyring: deps.keyring,
    refreshKey: deps.refreshKey,
    audit: deps.audit,
    passwordCost: deps.passwordCost ?? PASSWORD_COST,
    ...(deps.verify ? { verify: deps.verify } : {}),
  });
  const sessions = createSessionWatch(deps.db);
  return {
    name: 'identity',
    handlers: identityHandlers(signIn, deps.demoPeople),
    authenticate: token => withSystem(deps.db, 'authenticate', tx => findActor(tx, token)),
    sessions,
    startApi: () => sessions.start(),
    stop: () => sessions.stop(),
  };
}
