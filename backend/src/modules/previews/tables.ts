import type { Generated } from 'kysely';

declare module '../../platform/db/schema.ts' {
  interface Schema {
    previews: {
      agency_id: string;
      connection_id: string;
      capability: string;
      rows: unknown;
      complete: Generated<boolean>;
      gaps: Generated<unknown>;
      fetched_at: Date;
      outdated: Generated<boolean>;
      expires_at: Date;
    };
  }
}
