import { ROLES_WITH_ALL_CLIENTS, type Role } from '@astrix/contract';
import type { Actor, SystemTx, TenantTx } from '../../../platform/db/index.ts';
import { txNow } from '../../../platform/db/index.ts';
import '../tables.ts';

export type Member = {
  readonly personId: string;
  readonly role: Role;
  readonly name: string;
  readonly initials: string;
};

/** Members of the tenant's agency, by name. Those who left are included and inactive: what they wrote still names them. */
export async function readMembers(
  tx: TenantTx,
  ids: readonly string[] | null,
): Promise<(Member & { readonly active: boolean })[]> {
  let query = tx
    .selectFrom('memberships')
    .select(['person_id', 'name', 'initials', 'role', 'disabled_at'])
    .orderBy('name')
    .orderBy('person_id');
  if (ids !== null) query = query.where('person_id', 'in', ids);
  const rows = await query.execute();
  return rows.map(row => ({
    personId: row.person_id,
    name: row.name,
    initials: row.initials,
    role: row.role,
    active: row.disabled_at === null,
  }));
}

async function findMember(tx: TenantTx, personId: string): Promise<(Member & { readonly active: boolean }) | null> {
  return (await readMembers(tx, [personId]))[0] ?? null;
}

/** Whether the person has ever been a member of the tenant's agency. */
export const wasMember = async (tx: TenantTx, personId: string): Promise<boolean> =>
  (await findMember(tx, personId)) !== null;

export const isMember = async (tx: TenantTx, personId: string): Promise<boolean> =>
  (await findMember(tx, personId))?.active === true;

/** The role in which an active member works on a client, by a role with all clients or by access to this one; null without either. */
export async function roleOn(tx: TenantTx, personId: string, clientId: string): Promise<Role | null> {
  const member = await findMember(tx, personId);
  if (!member?.active) return null;
  if (ROLES_WITH_ALL_CLIENTS.includes(member.role)) return member.role;
  const access = await tx
    .selectFrom('client_access')
    .select('person_id')
    .where('person_id', '=', personId)
    .where('client_id', '=', clientId)
    .executeTakeFirst();
  return access === undefined ? null : member.role;
}

/** The clients that an active member may see now: none for whoever has left. */
export async function reachOf(tx: SystemTx, { agencyId, personId }: Actor): Promise<Actor['clientIds']> {
  const member = await tx
    .selectFrom('memberships')
    .select('role')
    .where('agency_id', '=', agencyId)
    .where('person_id', '=', personId)
    .where('disabled_at', 'is', null)
    .executeTakeFirst();
  if (!member) return [];
  if (ROLES_WITH_ALL_CLIENTS.includes(member.role)) return 'all';
  const access = await tx
    .selectFrom('client_access')
    .select('client_id')
    .where('agency_id', '=', agencyId)
    .where('person_id', '=', personId)
    .execute();
  return access.map(row => row.client_id);
}

export async function grantAccess(
  tx: SystemTx | TenantTx,
  agencyId: string,
  clientId: string,
  personId: string,
): Promise<void> {
  await tx
    .insertInto('client_access')
    .values({ agency_id: agencyId, client_id: clientId, person_id: personId, created_at: txNow(tx) })
    .onConflict(conflict => conflict.doNothing())
    .execute();
}

/** False when the person had no access. */
export async function revokeAccess(
  tx: TenantTx,
  agencyId: string,
  clientId: string,
  personId: string,
): Promise<boolean> {
  const removed = await tx
    .deleteFrom('client_access')
    .where('agency_id', '=', agencyId)
    .where('client_id', '=', clientId)
    .where('person_id', '=', personId)
    .returning('person_id')
    .executeTakeFirst();
  return removed !== undefined;
}
