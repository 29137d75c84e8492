export {
  type Actor,
  type AnyTx,
  actorOf,
  codeOf,
  type Db,
  isUnavailable,
  listen,
  notify,
  type OpenOptions,
  openDb,
  ping,
  runAsSystem,
  type SystemTx,
  type TenantTx,
  txActor,
  txNow,
  withSystem,
  withTenant,
} from './database.ts';
export { exclusively, migrate, pendingMigrations } from './migrate.ts';
export type { Schema } from './schema.ts';
export { DatabaseFault, demandServer, type ServerFacts } from './server.ts';
export { SYSTEM_REASONS, type SystemReason } from './system-reasons.ts';
export { declaredTables, type TableDeclaration } from './tables.ts';
