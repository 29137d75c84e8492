export { type AuditEntry, type AuditTrail, createAuditTrail, readAudit } from './audit.ts';
export { auditedAbout } from './audited-about.ts';
export { type AuditFound, countAudited, findAudited } from './read.ts';
