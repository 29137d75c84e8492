import type { ClientProfileRow, ClientRow } from '@astrix/contract';

declare module '../../platform/db/schema.ts' {
  interface Schema {
    clients: {
      agency_id: string;
      id: string;
      name: string;
      initials: string;
      hue: ClientRow['hue'];
      shade: ClientRow['shade'];
      shape: ClientRow['shape'];
      reply_as: string;
      status: 'active' | 'paused';
      logo: string | null;
      features_off: string[];
      retention: ClientRow['retention'];
      /** Since when rows wait for their new end; null when none does. */
      redate_from: Date | null;
      archived_at: Date | null;
      delete_at: Date | null;
      created_at: Date;
    };
    client_profiles: {
      agency_id: string;
      /** The id of the client. */
      id: string;
      client_id: string;
      contacts: unknown;
      hours: unknown;
      holidays: unknown;
      languages: ClientProfileRow['languages'];
      version: number;
      updated_at: Date;
    };
  }
}
