import type { Role, SignInWay } from '@astrix/contract';
import type { Given } from '../identity/index.ts';

declare module '../../platform/db/schema.ts' {
  interface Schema {
    page_flows: {
      id: string;
      browser_hash: Buffer;
      kind: 'sign-in' | 'join' | 'passkey';
      state_sealed: string;
      expires_at: Date;
    };
    sign_in_codes: {
      hash: Buffer;
      person_id: string;
      agency_id: string;
      given: Given[];
      challenge: string;
      port: number;
      device_key_hash: Buffer;
      expires_at: Date;
    };
    sign_in_links: {
      hash: Buffer;
      flow_id: string;
      email_hash: Buffer;
      person_id: string | null;
      created_at: Date;
      valid_until: Date;
      used_at: Date | null;
      code_hash: Buffer | null;
      tries: number;
      expires_at: Date;
    };
    sign_in_settings: { agency_id: string; ways: SignInWay[]; updated_at: Date; updated_by: string };
    oidc_providers: {
      agency_id: string;
      label: string;
      issuer: string;
      client_id: string;
      secret_sealed: string;
      domains: string[];
      factor_values: string[];
      role_claim: string | null;
      roles: { value: string; role: Exclude<Role, 'owner' | 'client'> }[] | string;
      updated_at: Date;
      updated_by: string;
    };
    oidc_identities: {
      agency_id: string;
      issuer: string;
      subject: string;
      person_id: string;
      created_at: Date;
      last_used_at: Date;
    };
    passkeys: {
      factor_id: string;
      person_id: string;
      credential_id: string;
      public_key: Buffer;
      counter: number;
      transports: string[];
    };
  }
}
