/** Tables by name. Each folder that owns a table adds it by interface merging; only the owner touches it (tools/boundary-tables.ts). */
// biome-ignore lint/suspicious/noEmptyInterface: owners add their tables by interface merging
export interface Schema {}
