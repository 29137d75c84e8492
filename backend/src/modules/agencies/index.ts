import type { PersonRow } from '@astrix/contract';
import { defineModule } from '../../composition/index.ts';
import type { TenantTx } from '../../platform/db/index.ts';
import { readMembers } from '../identity/index.ts';
import { agencySettings, readConsoleRules, readSettings, saveSettings } from './settings.ts';
import './tables.ts';

/** Colleagues, for assigning and for names beside what they wrote. */
async function readPeople(tx: TenantTx, ids: readonly string[] | null): Promise<PersonRow[]> {
  const members = await readMembers(tx, ids);
  return members.map(({ personId, ...member }) => ({ id: personId, ...member }));
}

/** The agency as its own people see it, and what it has chosen for them. */
export const agencies = defineModule({
  name: 'agencies',
  create({ installation }) {
    const view = async (tx: TenantTx, agencyId: string) => ({
      ...(await readSettings(tx, agencyId)),
      region: installation.region,
    });
    return {
      provides: { agencySettings },
      readers: { people: readPeople, 'console-rules': readConsoleRules },
      handlers: {
        'agencies.list-people': async ({ tx }) => ({ people: await readPeople(tx, null) }),
        'agencies.settings': ({ tx, actor }) => view(tx, actor.agencyId),
        async 'agencies.save-settings'({ tx, actor, body, audit }) {
          const changed = await saveSettings(tx, actor, body);
          await audit({
            ...{ subjectType: 'agency', subjectId: actor.agencyId },
            detail: { version: body.version + 1, fields: changed.join(', ') },
          });
          return view(tx, actor.agencyId);
        },
      },
    };
  },
});
