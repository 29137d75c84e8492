import type { PersonRow } from '@astrix/contract';
import { defineModule } from '../../composition/index.ts';
import type { TenantTx } from '../../platform/db/index.ts';
import { readMembers } from '../identity/index.ts';

/** Colleagues, for assigning and for names beside what they wrote. */
async function readPeople(tx: TenantTx, ids: readonly string[] | null): Promise<PersonRow[]> {
  const members = await readMembers(tx, ids);
  return members.map(({ personId, ...member }) => ({ id: personId, ...member }));
}

/** The agency as its own people see it. */
export const agencies = defineModule({
  name: 'agencies',
  create: () => ({
    readers: { people: readPeople },
    handlers: { 'agencies.list-people': async ({ tx }) => ({ people: await readPeople(tx, null) }) },
  }),
});
