import { type SystemTx, txNow } from '../db/index.ts';
import './tables.ts';

/** What an agency's audit says about one subject and one kind of event, the newest first, without what has expired. */
export function auditedAbout(
  tx: SystemTx,
  { agencyId, event, subjectId, limit }: { agencyId: string; event: string; subjectId: string; limit: number },
): Promise<{ at: Date; detail: unknown }[]> {
  return tx
    .selectFrom('audit_log')
    .select(['at', 'detail'])
    .where('agency_id', '=', agencyId)
    .where('event', '=', event)
    .where('subject_id', '=', subjectId)
    .where('expires_at', '>', txNow(tx))
    .orderBy('seq', 'desc')
    .limit(limit)
    .execute();
}
