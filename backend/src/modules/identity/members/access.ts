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

/** By name, beside what the person's teams give. */
export async function grantAccess(
  tx: SystemTx | TenantTx,
  agencyId: string,
  clientId: string,
  personId: string,
): Promise<void> {
  await tx
    .insertInto('client_access')
    .values({ agency_id: agencyId, client_id: clientId, person_id: personId, created_at: txNow(tx) })
    .onConflict(conflict => conflict.columns(['agency_id', 'client_id', 'person_id']).doUpdateSet({ by_name: true }))
    .execute();
}

/** What was given by name; what a team of the person gives stays. False when there was nothing by name. */
export async function revokeAccess(
  tx: SystemTx | TenantTx,
  agencyId: string,
  clientId: string,
  personId: string,
): Promise<boolean> {
  const removed = await tx
    .deleteFrom('client_access')
    .where('agency_id', '=', agencyId)
    .where('client_id', '=', clientId)
    .where('person_id', '=', personId)
    .where('by_team', '=', false)
    .returning('person_id')
    .executeTakeFirst();
  if (removed !== undefined) return true;
  const narrowed = await tx
    .updateTable('client_access')
    .set({ by_name: false })
    .where('agency_id', '=', agencyId)
    .where('client_id', '=', clientId)
    .where('person_id', '=', personId)
    .where('by_name', '=', true)
    .returning('person_id')
    .executeTakeFirst();
  return narrowed !== undefined;
}

/** Makes the access of a person by their teams exactly these clients (B5). What was given by name stays. */
export async function setTeamAccess(
  tx: SystemTx,
  agencyId: string,
  personId: string,
  clientIds: readonly string[],
): Promise<void> {
  for (const clientId of clientIds)
    await tx
      .insertInto('client_access')
      .values({
        agency_id: agencyId,
        client_id: clientId,
        person_id: personId,
        created_at: txNow(tx),
        by_name: false,
        by_team: true,
      })
      .onConflict(conflict => conflict.columns(['agency_id', 'client_id', 'person_id']).doUpdateSet({ by_team: true }))
      .execute();
  const others = <T extends { where: (column: 'client_id', operator: 'not in', ids: readonly string[]) => T }>(
    query: T,
  ): T => (clientIds.length === 0 ? query : query.where('client_id', 'not in', clientIds));
  await others(
    tx
      .deleteFrom('client_access')
      .where('agency_id', '=', agencyId)
      .where('person_id', '=', personId)
      .where('by_name', '=', false),
  ).execute();
  await others(
    tx
      .updateTable('client_access')
      .set({ by_team: false })
      .where('agency_id', '=', agencyId)
      .where('person_id', '=', personId)
      .where('by_team', '=', true),
  ).execute();
}
