import { type DirectoryPerson, ROLES_WITH_ALL_CLIENTS } from '@astrix/contract';
import type { SystemTx } from '../../../platform/db/index.ts';
import '../tables.ts';

/** Everybody who is or was a member, by name, with what those who manage people need to know. `personId` narrows it to one. */
export async function readDirectory(tx: SystemTx, agencyId: string, personId?: string): Promise<DirectoryPerson[]> {
  let members = tx
    .selectFrom('memberships as m')
    .innerJoin('people as p', 'p.id', 'm.person_id')
    .select(['p.id', 'p.email', 'm.name', 'm.initials', 'm.role', 'm.disabled_at', 'm.left_at', 'm.created_at'])
    .where('m.agency_id', '=', agencyId)
    .orderBy('m.name')
    .orderBy('p.id');
  if (personId !== undefined) members = members.where('m.person_id', '=', personId);
  const rows = await members.execute();
  const ids = rows.map(({ id }) => id);
  if (ids.length === 0) return [];
  const access = await tx
    .selectFrom('client_access')
    .select(['person_id', 'client_id'])
    .where('agency_id', '=', agencyId)
    .where('person_id', 'in', ids)
    .execute();
  const factors = await tx.selectFrom('factors').select(['person_id', 'kind']).where('person_id', 'in', ids).execute();
  const seen = await tx
    .selectFrom('sessions')
    .select(eb => ['person_id', eb.fn.max('last_seen_at').as('at')])
    .where('agency_id', '=', agencyId)
    .where('person_id', 'in', ids)
    .groupBy('person_id')
    .execute();
  const recovering = await tx
    .selectFrom('recoveries')
    .select(['person_id', 'id', 'ready_at'])
    .where('agency_id', '=', agencyId)
    .where('completed_at', 'is', null)
    .where('cancelled_at', 'is', null)
    .execute();
  return rows.map(row => {
    const kinds = factors.filter(factor => factor.person_id === row.id).map(({ kind }) => kind);
    const recovery = recovering.find(one => one.person_id === row.id);
    return {
      id: row.id,
      email: row.email,
      name: row.name,
      initials: row.initials,
      role: row.role,
      status: row.disabled_at === null ? 'active' : row.left_at === null ? 'suspended' : 'left',
      clientIds: ROLES_WITH_ALL_CLIENTS.includes(row.role)
        ? null
        : access.filter(one => one.person_id === row.id).map(one => one.client_id),
      factors: {
        totp: kinds.filter(kind => kind === 'totp').length,
        passkeys: kinds.filter(kind => kind === 'passkey').length,
      },
      lastSeenAt: seen.find(one => one.person_id === row.id)?.at?.toISOString() ?? null,
      joinedAt: row.created_at.toISOString(),
      recovery: recovery ? { id: recovery.id, readyAt: recovery.ready_at.toISOString() } : null,
    };
  });
}
