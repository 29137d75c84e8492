import { DEFAULT_AGENCY_SETTINGS } from '@astrix/contract';
import type { ModuleSamples } from '../../../test/kit/samples.ts';
import { txNow } from '../../platform/db/index.ts';

/** What the suites that cut across all routes send to this module. */
export const samples: ModuleSamples = {
  bodies: { 'agencies.save-settings': () => ({ ...DEFAULT_AGENCY_SETTINGS, version: 1 }) },
  async plant(tx, { agencyId, personId }) {
    const fields = DEFAULT_AGENCY_SETTINGS;
    await tx
      .insertInto('agency_settings')
      .values({
        agency_id: agencyId,
        id: agencyId,
        session_idle_hours: fields.sessionIdleHours,
        session_life_days: fields.sessionLifeDays,
        privileged_life_hours: fields.privilegedLifeHours,
        offline_lease_days: fields.offlineLeaseDays,
        devices_per_person: fields.devicesPerPerson,
        platforms: fields.platforms,
        export_roles: fields.exportRoles,
        recovery_delay_hours: fields.recoveryDelayHours,
        invitations_per_day: fields.invitationsPerDay,
        version: 1,
        updated_at: txNow(tx),
        updated_by: personId,
      })
      .onConflict(conflict => conflict.doNothing())
      .execute();
    return {};
  },
};
