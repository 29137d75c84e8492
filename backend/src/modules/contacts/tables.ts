import type { ConsentScope, ProviderId } from '@astrix/contract';

declare module '../../platform/db/schema.ts' {
  interface Schema {
    contacts: {
      agency_id: string;
      id: string;
      client_id: string;
      name: string | null;
      phone_masked: string | null;
      has_phone: boolean;
      handle: string | null;
      opted_out_at: Date | null;
      opt_out_source: string | null;
      marketing_opt_out_at: Date | null;
      consent_at: Date | null;
      marketing_at: Date | null;
      stop_hint: ConsentScope | null;
      stop_hint_at: Date | null;
      first_seen_at: Date;
      last_seen_at: Date;
      expires_at: Date;
    };
    contact_identities: {
      agency_id: string;
      client_id: string;
      kind: 'phone' | ProviderId;
      value: string;
      contact_id: string;
      since: Date;
      expires_at: Date;
    };
  }
}

/** `kind` is `phone`, or the provider whose own id the value is. */
export type ContactIdentity = { readonly kind: 'phone' | ProviderId; readonly value: string };
