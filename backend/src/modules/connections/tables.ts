import type { AccountView, Fault } from '@astrix/contract';
import type { Generated } from 'kysely';
import type { Account } from '../../providers/provider.ts';

export type ConnectionStatus = 'active' | 'broken' | 'disconnecting' | 'disconnected';

declare module '../../platform/db/schema.ts' {
  interface Schema {
    connections: {
      agency_id: string;
      id: string;
      client_id: string | null;
      provider: string;
      status: ConnectionStatus;
      account_id: string;
      account_name: string;
      account_detail: string | null;
      settings: unknown;
      vault_id: string;
      owner_id: string | null;
      granted: unknown;
      token_ends_at: Date | null;
      access_ends_at: Date | null;
      connected_by: string | null;
      connected_at: Date;
      checked_at: Date | null;
      fault: unknown;
      refresh_owner: string | null;
      refresh_generation: Generated<number>;
      refresh_until: Date | null;
      refresh_failures: Generated<number>;
      refresh_after: Date | null;
    };
    connection_health: {
      agency_id: string;
      connection_id: string;
      capability: string;
      kind: string;
      ok_at: Date | null;
      failed_at: Date | null;
      fault: unknown;
      left_aside: Generated<number>;
    };
    connect_attempts: {
      agency_id: string;
      id: string;
      client_id: string;
      shared: boolean;
      provider: string;
      connection_id: string | null;
      person_id: string;
      session_id: string;
      state_hash: Buffer;
      redirect_uri: string;
      loopback_port: number;
      scopes: unknown;
      stage: 'started' | 'exchanging' | 'ready' | 'confirmed' | 'ended';
      receipt_hash: Buffer | null;
      accounts: unknown;
      granted: unknown;
      owner_id: string | null;
      access_ends_at: Date | null;
      token_ends_at: Date | null;
      extras: unknown;
      replaced_vault_id: string | null;
      created_at: Date;
      ends_at: Date;
      expires_at: Date;
    };
    connection_acts: {
      agency_id: string;
      id: string;
      client_id: string;
      connection_id: string;
      act: string;
      key: string;
      input_hash: Buffer;
      state: 'started' | 'done' | 'refused' | 'unknown';
      attempted_at: Date;
      busy_until: Date | null;
      result: unknown;
      fault: unknown;
      may_repeat: Generated<boolean>;
      requested_by: string;
      created_at: Date;
      settled_at: Date | null;
      expires_at: Date;
    };
    connection_receipts: {
      agency_id: string;
      id: string;
      connection_id: string;
      client_id: string | null;
      provider: string;
      account_name: string;
      requested_by: string | null;
      local_ended_at: Date;
      revocation: 'pending' | 'revoked' | 'by-hand' | 'kept';
      revoked_at: Date | null;
      revoke_attempts: Generated<number>;
      next_at: Date | null;
      by_hand: string;
      vault_id: string;
      key_destroyed_at: Date | null;
      secrets: unknown;
      purged: Generated<number>;
      finished_at: Date | null;
      expires_at: Date;
    };
    webhook_endpoints: {
      agency_id: string;
      id: string;
      connection_id: string;
      hash: Buffer;
      created_at: Date;
      expires_at: Date | null;
      old_secret_until: Date | null;
    };
    switches: { agency_id: string; scope: string; subject: string; reason: string; by: string | null; at: Date };
    provider_denials: { agency_id: string; person_id: string; provider: string };
  }
}

/** Settings of a connection as they stand in its row: those of the account, of the form and of the callback. */
export type Settings = {
  readonly account: Readonly<Record<string, string>>;
  readonly form: Readonly<Record<string, string>>;
  readonly extras: Readonly<Record<string, string>>;
};

export const accountView = ({ id, name, detail }: Account): AccountView => ({ id, name, detail });
export type StoredFault = Fault | null;
