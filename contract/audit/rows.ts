import { z } from 'zod';
import { Id, Instant } from '../fields.ts';

/** What the page of the audit log filters by. */
export const AUDIT_GROUPS = ['sign-in', 'people', 'clients', 'connections', 'settings', 'work', 'exports'] as const;
export type AuditGroup = (typeof AUDIT_GROUPS)[number];

const Named = z.strictObject({ id: Id, name: z.string().max(120) });

/** One entry of the audit log, in words. It names people of the agency and clients, and nobody who writes to a client. */
export const AuditRow = z.strictObject({
  id: Id,
  at: Instant,
  event: z.string().max(80),
  group: z.enum(AUDIT_GROUPS),
  /** What happened, in one sentence without the time. */
  sentence: z.string().max(600),
  /** Who did it; null for the system and for somebody who was not signed in. */
  actor: Named.nullable(),
  client: Named.nullable(),
});
export type AuditRow = z.infer<typeof AuditRow>;

/** Which entries. `from` is inclusive and `to` exclusive. */
export const AuditFilter = z.strictObject({
  /** Who did it, or to whom it was done. */
  personId: Id.optional(),
  group: z.enum(AUDIT_GROUPS).optional(),
  clientId: Id.optional(),
  from: Instant.optional(),
  to: Instant.optional(),
});
export type AuditFilter = z.infer<typeof AuditFilter>;
