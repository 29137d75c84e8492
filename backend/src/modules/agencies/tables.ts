import type { AgencySettingsFields } from '@astrix/contract';

declare module '../../platform/db/schema.ts' {
  interface Schema {
    agency_settings: {
      agency_id: string;
      /** The id of the agency. */
      id: string;
      session_idle_hours: number;
      session_life_days: number;
      privileged_life_hours: number;
      offline_lease_days: number;
      devices_per_person: number | null;
      platforms: AgencySettingsFields['platforms'];
      export_roles: AgencySettingsFields['exportRoles'];
      recovery_delay_hours: AgencySettingsFields['recoveryDelayHours'];
      invitations_per_day: number;
      version: number;
      updated_at: Date;
      updated_by: string;
    };
  }
}
