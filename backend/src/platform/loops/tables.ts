declare module '../db/schema.ts' {
  interface Schema {
    leases: { name: string; owner: string; generation: number; until: Date };
  }
}

export type {};
