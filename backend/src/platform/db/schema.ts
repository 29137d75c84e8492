/** Tables by name. Each module adds its own by interface merging, so that no file lists them all. */
export interface Schema {
  changes: {
    agency_id: string;
    collection: string;
    row_id: string;
    client_id: string | null;
    person_id: string | null;
    op: 'put' | 'gone';
    xid: string;
    seq: number;
  };
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
  idempotency_keys: {
    agency_id: string;
    person_id: string;
    key: string;
    route: string;
    request_hash: Buffer;
    status: number;
    reply: unknown;
    created_at: Date;
    expires_at: Date;
  };
  leases: { name: string; owner: string; generation: number; until: Date };
  deployment: { singleton: boolean; epoch: string };
}
