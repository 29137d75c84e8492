import type { PersonRow } from '@astrix/contract';
import { defineModule } from '../../composition/index.ts';
import type { TenantTx } from '../../platform/db/index.ts';
import '../identity/index.ts';

/** Colleagues, for assigning and for names beside what they wrote. Those who left stay, marked, because their notes do. */
async function readPeople(tx: TenantTx, ids: readonly string[] | null): Promise<PersonRow[]> {
  let query = tx
    .selectFrom('memberships')
    .select(['person_id', 'name', 'initials', 'role', 'disabled_at'])
    .orderBy('name');
  if (ids !== null) query = query.where('person_id', 'in', ids);
  const rows = await query.execute();
  return rows.map(row => ({
    id: row.person_id,
    name: row.name,
    initials: row.initials,
    role: row.role,
    active: row.disabled_at === null,
  }));
}

/** The agency as its own people see it. */
export const agencies = defineModule({
  name: 'agencies',
  create: () => ({
    readers: { people: readPeople },
    handlers: { 'agencies.list-people': async ({ tx }) => ({ people: await readPeople(tx, null) }) },
  }),
});
