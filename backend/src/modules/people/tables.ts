declare module '../../platform/db/schema.ts' {
  interface Schema {
    teams: { agency_id: string; id: string; name: string; created_at: Date };
    team_people: { agency_id: string; team_id: string; person_id: string };
    team_clients: { agency_id: string; team_id: string; client_id: string };
  }
}

export {};
