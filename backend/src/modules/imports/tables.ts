import type { Generated } from 'kysely';

declare module '../../platform/db/schema.ts' {
  interface Schema {
    import_cursors: {
      agency_id: string;
      connection_id: string;
      capability: string;
      client_id: string | null;
      provider: string;
      read_until: Date | null;
      reread_at: Date | null;
      run_kind: 'history' | 'changes' | 'again' | null;
      run_since: Date | null;
      run_until: Date | null;
      cursor: string | null;
      pages: Generated<number>;
      changed_at: Date | null;
      due_at: Date;
      claim: string | null;
      claimed_until: Date | null;
      failures: Generated<number>;
    };
    import_odd_rows: {
      agency_id: string;
      connection_id: string;
      capability: string;
      key: string;
      client_id: string | null;
      reason: string;
      times: number;
      first_at: Date;
      last_at: Date;
    };
  }
}
