declare module '../db/schema.ts' {
  interface Schema {
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
    deployment: { singleton: boolean; epoch: string; demo: boolean };
  }
}

export type {};
