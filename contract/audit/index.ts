import { z } from 'zod';
import { defineFeature } from '../feature.ts';
import { Cursor } from '../fields.ts';
import { agencyChange, agencyRead } from '../route.ts';
import { AuditFilter, AuditRow } from './rows.ts';

/** Exports of one agency within 24 hours (AZ-10). */
export const AUDIT_EXPORTS_PER_DAY = 10;

/** Entries in one file; a filter with a shorter time finds the others. */
export const AUDIT_EXPORT_ROWS = 10_000;

/** What happened in the agency, for those who answer for it. */
export const audit = defineFeature('audit', {
  permissions: { 'audit.read': ['owner', 'admin'], 'audit.export': ['owner', 'admin'] },
  routes: {
    list: agencyRead({
      path: '/v1/audit',
      summary: 'The audit log in words, newest first',
      permission: 'audit.read',
      dataClasses: ['security-telemetry', 'account'],
      window: true,
      query: AuditFilter.extend({
        cursor: Cursor.optional(),
        limit: z.coerce.number().int().min(1).max(200).default(50),
      }),
      reply: z.strictObject({ entries: z.array(AuditRow), next: Cursor.nullable() }),
      errors: ['invalid_request'],
    }),
    export: agencyChange({
      method: 'POST',
      path: '/v1/audit/exports',
      summary: 'Export the audit log as CSV, newest first, at most 10,000 entries at a time',
      permission: 'audit.export',
      dataClasses: ['security-telemetry', 'account'],
      ratePerMinute: 10,
      audit: 'export.audit',
      stepUp: true,
      window: true,
      body: AuditFilter,
      reply: z.strictObject({
        csv: z.string(),
        rows: z.int(),
        /** False: older entries of the filter did not fit. */
        complete: z.boolean(),
      }),
      errors: ['forbidden', 'export_quota', 'invalid_request'],
    }),
  },
});
