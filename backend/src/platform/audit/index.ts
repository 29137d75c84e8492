export { type AuditEntry, type AuditTrail, createAuditTrail } from './audit.ts';
