import type { Role } from '@astrix/contract';
import type { ColumnType, Generated } from 'kysely';
import type { Given } from './factors/suffices.ts';

export type EndReason = 'signed-out' | 'revoked' | 'reuse' | 'disabled' | 'factor';
export type FactorKind = 'totp' | 'passkey';

/** Null when a row is made. */
type Nullable<T> = ColumnType<T | null, T | null | undefined, T | null>;

declare module '../../platform/db/schema.ts' {
  interface Schema {
    agencies: { agency_id: string; name: string; created_at: Date };
    people: {
      id: string;
      email: string;
      name: string;
      initials: string;
      password_hash: string | null;
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
      left_at: Nullable<Date>;
      created_at: Date;
    };
    client_access: {
      agency_id: string;
      client_id: string;
      person_id: string;
      created_at: Date;
      by_name: Generated<boolean>;
      by_team: Generated<boolean>;
    };
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
      given: Given[];
      authenticated_at: Date;
      network: string | null;
      created_at: Date;
      rotated_at: Date;
      last_seen_at: Date;
      idle_until: Date;
      ends_at: Date;
      ended_at: Date | null;
      end_reason: EndReason | null;
    };
    factors: {
      id: string;
      person_id: string;
      kind: FactorKind;
      label: string;
      secret_sealed: string | null;
      last_step: number;
      created_at: Date;
      last_used_at: Date | null;
    };
    recovery_codes: { hash: Buffer; person_id: string; created_at: Date; used_at: Date | null };
    invitations: {
      agency_id: string;
      id: string;
      email: string;
      role: Role;
      client_ids: string[];
      team_ids: string[];
      token_hash: Buffer;
      invited_by: string | null;
      created_at: Date;
      sent_at: Date;
      sent_times: Generated<number>;
      valid_until: Date;
      accepted_at: Nullable<Date>;
      accepted_by: Nullable<string>;
      revoked_at: Nullable<Date>;
      revoked_by: Nullable<string>;
    };
    ownership_offers: {
      agency_id: string;
      id: string;
      offered_by: string;
      offered_to: string;
      steps_down: boolean;
      created_at: Date;
      valid_until: Date;
    };
    recoveries: {
      agency_id: string;
      id: string;
      person_id: string;
      started_by: string;
      token_hash: Buffer;
      started_at: Date;
      ready_at: Date;
      valid_until: Date;
      completed_at: Nullable<Date>;
      cancelled_at: Nullable<Date>;
      cancelled_by: Nullable<string>;
    };
    enrolments: {
      hash: Buffer;
      purpose: 'invitation' | 'recovery';
      agency_id: string;
      subject_id: string;
      person_id: string;
      name: string | null;
      password_hash: string | null;
      given: Given[];
      totp_sealed: string | null;
      tries: number;
      expires_at: Date;
    };
    access_tokens: { hash: Buffer; session_id: string; expires_at: Date };
    sign_in_challenges: { hash: Buffer; person_id: string; device: unknown; tries: number; expires_at: Date };
    sign_in_failures: { key: Buffer; failures: number; locked_until: Date | null; expires_at: Date };
  }
}
