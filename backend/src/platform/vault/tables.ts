declare module '../db/schema.ts' {
  interface Schema {
    vault_keks: {
      fingerprint: string;
      canary: string | null;
      state: 'next' | 'current' | 'old' | 'retired';
      development: boolean;
      created_at: Date;
      retired_at: Date | null;
    };
    vault_kept_keys: { purpose: string; wrapped: string; kek_fingerprint: string; created_at: Date };
    vault_agency_keys: {
      agency_id: string;
      version: number;
      wrapped: string | null;
      kek_fingerprint: string;
      state: 'current' | 'old' | 'destroyed';
      created_at: Date;
    };
    vault_data_keys: {
      agency_id: string;
      client_id: string | null;
      connection_id: string;
      version: number;
      wrapped: string | null;
      agency_key_version: number;
      seals: number;
      worn: boolean;
      created_at: Date;
      destroyed_at: Date | null;
    };
    vault_secrets: {
      agency_id: string;
      client_id: string | null;
      connection_id: string;
      name: string;
      envelope: string;
      version: number;
      key_version: number;
      fingerprint: string;
      last4: string | null;
      created_at: Date;
      rotated_at: Date;
    };
  }
}

export {};
