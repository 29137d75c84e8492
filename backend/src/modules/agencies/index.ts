import type { PersonRow } from '@astrix/contract';
import { type AgencySettings, defineModule } from '../../composition/index.ts';
import type { TenantTx } from '../../platform/db/index.ts';
import { readMembers } from '../identity/index.ts';

/** Colleagues, for assigning and for names beside what they wrote. */
async function readPeople(tx: TenantTx, ids: readonly string[] | null): Promise<PersonRow[]> {
  const members = await readMembers(tx, ids);
  return members.map(({ personId, ...member }) => ({ id: personId, ...member }));
}

/** What holds for an agency that has chosen nothing. */
const DEFAULT_SETTINGS: AgencySettings = {
  recoveryDelayHours: 24,
  session: { idleSeconds: 8 * 3600, lifeSeconds: 30 * 86_400, privilegedLifeSeconds: 12 * 3600 },
  trustsProviderFactor: false,
  invitationsPerDay: 200,
};

/** The agency as its own people see it. */
export const agencies = defineModule({
  name: 'agencies',
  create: () => ({
    provides: { agencySettings: async () => DEFAULT_SETTINGS },
    readers: { people: readPeople },
    handlers: { 'agencies.list-people': async ({ tx }) => ({ people: await readPeople(tx, null) }) },
  }),
});
