import type { AuditFilter, Role } from '@astrix/contract';
import { AUDIT_EXPORT_ROWS, AUDIT_EXPORTS_PER_DAY } from '@astrix/contract/audit/index';
import { sql } from 'kysely';
import { defineModule } from '../../composition/index.ts';
import { fail } from '../../kernel/errors.ts';
import { type AuditFound, countAudited, findAudited } from '../../platform/audit/index.ts';
import { type TenantTx, txNow } from '../../platform/db/index.ts';
import { CSV_HEAD, csvOf } from './csv.ts';
import { eventsOf } from './sentences.ts';
import { tell } from './tell.ts';

const EXPORTED = 'export.audit';
const DAY_SECONDS = 86_400;
const ROWS_A_PART = 1000;

/** The number of an entry, as the caller got it. */
function readCursor(cursor: string | undefined): number | null {
  if (cursor === undefined) return null;
  const seq = Number(cursor);
  if (!/^\d{1,15}$/.test(cursor)) fail('invalid_request', { detail: 'Take the cursor from the page before.' });
  return seq;
}

type Page = { readonly found: readonly AuditFound[]; readonly next: string | null };

/** One row more than is shown tells whether there are more. */
async function pageOf(tx: TenantTx, filter: AuditFilter, before: number | null, limit: number): Promise<Page> {
  const { personId = null, group, clientId = null, from, to } = filter;
  const found = await findAudited(tx, {
    ...{ personId, clientId, before, limit: limit + 1 },
    events: group === undefined ? null : eventsOf(group),
    from: from === undefined ? null : new Date(from),
    to: to === undefined ? null : new Date(to),
  });
  const shown = found.slice(0, limit);
  return { found: shown, next: found.length > limit ? String(shown.at(-1)!.seq) : null };
}

/** Two exports at once would each be counted without the other. */
async function demandQuota(tx: TenantTx, agencyId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${EXPORTED}/${agencyId}`}, 0))`.execute(tx);
  const { count, oldest } = await countAudited(tx, EXPORTED, DAY_SECONDS);
  if (count < AUDIT_EXPORTS_PER_DAY) return;
  const age = oldest === null ? 0 : (txNow(tx).getTime() - oldest.getTime()) / 1000;
  fail('export_quota', { retryAfterSeconds: Math.max(1, Math.ceil(DAY_SECONDS - age)) });
}

/** What happened in the agency, for those who answer for it. */
export const audit = defineModule({
  name: 'audit',
  create: ({ ports }) => {
    async function demandExporter(tx: TenantTx, actor: { agencyId: string; role: Role }) {
      const { exportRoles } = await ports.agencySettings(tx, actor.agencyId);
      if (!exportRoles.includes(actor.role))
        fail('forbidden', { detail: 'Your agency lets only its owners export. Ask one of them.' });
    }

    /** In parts, so that no query holds more than a page of names. */
    async function exported(tx: TenantTx, filter: AuditFilter) {
      const parts = [CSV_HEAD];
      let rows = 0;
      let before: string | null | undefined;
      while (before !== null && rows < AUDIT_EXPORT_ROWS) {
        const { found, next } = await pageOf(tx, filter, readCursor(before), ROWS_A_PART);
        parts.push(csvOf(await tell(tx, found)));
        rows += found.length;
        before = next;
      }
      return { csv: parts.join(''), rows, complete: before === null };
    }

    return {
      handlers: {
        async 'audit.list'({ tx, query: { cursor, limit, ...filter } }) {
          const { found, next } = await pageOf(tx, filter, readCursor(cursor), limit);
          return { entries: await tell(tx, found), next };
        },
        async 'audit.export'({ tx, actor, body, audit: note }) {
          await demandExporter(tx, actor);
          await demandQuota(tx, actor.agencyId);
          // Read before the export itself is written down: a file does not tell of itself.
          const file = await exported(tx, body);
          await note({
            subjectType: 'agency',
            subjectId: actor.agencyId,
            detail: { ...Object.fromEntries(Object.entries(body)), rows: file.rows },
          });
          return file;
        },
      },
    };
  },
});
