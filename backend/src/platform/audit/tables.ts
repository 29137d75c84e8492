declare module '../db/schema.ts' {
  interface Schema {
    audit_log: {
      agency_id: string;
      seq: number;
      id: string;
      at: Date;
      event: string;
      actor_id: string | null;
      session_id: string | null;
      client_id: string | null;
      subject_type: string;
      subject_id: string;
      detail: unknown;
      request_id: string | null;
      mac: Buffer;
      expires_at: Date;
    };
    audit_heads: { agency_id: string; seq: number; mac: Buffer };
  }
}

export type {};
