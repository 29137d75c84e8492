import { ROLES_WITH_MFA, type Role } from '@astrix/contract';

/**
 * What a person can show: `link` the link of an e-mail, `oidc` the agency's identity provider, `provider` a second factor that this provider
 * asked for, `passkey` a passkey with user verification, `recovery` a recovery code.
 */
export const GIVEN = ['password', 'link', 'oidc', 'totp', 'recovery', 'passkey', 'provider'] as const;
export type Given = (typeof GIVEN)[number];

const FIRST: readonly Given[] = ['password', 'link', 'oidc', 'passkey'];
/** A passkey is both: the device, and the finger or PIN that unlocks it. */
const SECOND: readonly Given[] = ['totp', 'recovery', 'passkey', 'provider'];

/**
 * Whether what was shown is enough for a session in the role (AU-10). Every way in asks this function: sign-in, refresh, each request,
 * invitation, recovery. Whether a provider's own factor counts is decided before, by leaving `provider` out.
 */
export function suffices(role: Role, given: readonly Given[]): boolean {
  const has = (kinds: readonly Given[]) => given.some(one => kinds.includes(one));
  return has(FIRST) && (!ROLES_WITH_MFA.includes(role) || has(SECOND));
}

/** Whether a session that began with these is enough for the person as they are now: in the role of now, with a factor that is still theirs. */
export const stillSuffices = (role: Role, given: readonly Given[], hasFactor: boolean): boolean =>
  suffices(role, given) && (hasFactor || given.includes('provider') || !ROLES_WITH_MFA.includes(role));
