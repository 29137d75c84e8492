export { type AuditEntry, type AuditTrail, createAuditTrail, readAudit } from './audit.ts';
