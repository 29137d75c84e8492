declare module '../db/schema.ts' {
  interface Schema {
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
  }
}

export type {};
