import type { Role } from '../roles.ts';

/** Roles that somebody in a role may give, take away or invite to. Ownership moves by an offer that the other person accepts. */
const GIVES: Readonly<Record<Role, readonly Role[]>> = {
  owner: ['admin', 'manager', 'agent', 'analyst', 'client'],
  admin: ['manager', 'agent', 'analyst', 'client'],
  manager: ['client'],
  agent: [],
  analyst: [],
  client: [],
};

export const rolesGivenBy = (role: Role): readonly Role[] => GIVES[role];

/** Whether somebody in the role may invite to, suspend in, or recover for a role: everything that is not above what they give. */
export const mayManage = (actor: Role, target: Role): boolean =>
  GIVES[actor].includes(target) || (actor === 'owner' && target === 'owner');

/**
 * Why a person may not change the role of another from one to the next; null when they may. Nobody changes their own, an admin touches neither
 * owners nor admins, and the staff of a client become no staff of the agency: they would take what they see there along.
 */
export function roleChangeFault(actor: Role, isSelf: boolean, from: Role, to: Role): string | null {
  if (isSelf) return 'Nobody changes their own role. Ask another owner or admin.';
  if (!mayManage(actor, from)) return 'Only an owner changes the role of owners and admins.';
  if (to === 'owner') return 'Ownership is handed over by an offer that the other person accepts.';
  if (!GIVES[actor].includes(to)) return 'Only an owner makes somebody an admin.';
  if ((from === 'client') !== (to === 'client'))
    return 'The staff of a client and of the agency do not change sides. Off-board this person and invite them anew.';
  return null;
}
