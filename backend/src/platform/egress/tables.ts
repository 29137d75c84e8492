import type { OutcomeKind } from './outcome.ts';

declare module '../db/schema.ts' {
  interface Schema {
    provider_calls: {
      agency_id: string;
      id: string;
      client_id: string | null;
      connection_id: string;
      actor_id: string | null;
      provider: string;
      capability: string;
      method: string;
      path: string;
      attempt: number;
      status: number | null;
      outcome: OutcomeKind;
      reason: string | null;
      duration_ms: number;
      bytes_out: number;
      bytes_in: number;
      at: Date;
      expires_at: Date;
    };
  }
}
