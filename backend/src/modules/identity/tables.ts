import type { Role } from '@astrix/contract';

export type EndReason = 'signed-out' | 'revoked' | 'reuse' | 'disabled';

declare module '../../platform/db/schema.ts' {
  interface Schema {
    agencies: { agency_id: string; name: string; created_at: Date };
    people: {
      id: string;
      email: string;
      name: string;
      initials: string;
      password_hash: string;
      totp_sealed: string | null;
      totp_last_step: number;
      disabled_at: Date | null;
      created_at: Date;
    };
    memberships: {
      agency_id: string;
      person_id: string;
      role: Role;
      name: string;
      initials: string;
      disabled_at: Date | null;
      created_at: Date;
    };
    client_access: { agency_id: string; client_id: string; person_id: string; created_at: Date };
    sessions: {
      agency_id: string;
      id: string;
      person_id: string;
      generation: number;
      salt: Buffer;
      device_key_hash: Buffer;
      device_name: string;
      platform: string;
      network_hash: Buffer | null;
      created_at: Date;
      rotated_at: Date;
      last_seen_at: Date;
      idle_until: Date;
      ends_at: Date;
      ended_at: Date | null;
      end_reason: EndReason | null;
    };
    access_tokens: { hash: Buffer; session_id: string; expires_at: Date };
    sign_in_challenges: { hash: Buffer; person_id: string; device: unknown; tries: number; expires_at: Date };
    sign_in_failures: { key: Buffer; failures: number; locked_until: Date | null; expires_at: Date };
  }
}
