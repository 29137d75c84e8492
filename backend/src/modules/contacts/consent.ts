import type { AnyTx, SystemTx } from '../../platform/db/index.ts';

/** Whole messages that mean "stop", in the languages customers write (ME-04). Compared after folding case, spaces and marks. */
const STOP = new Set([
  'stop',
  'unsubscribe',
  'stop all',
  'opt out',
  'optout',
  'cancel messages',
  'band karo',
  'bandh karo',
  'band kar do',
  'message mat karo',
  'msg mat karo',
  'mat bhejo',
  'रोकें',
  'रोको',
  'बंद करो',
  'बंद करें',
  'बंद कर दो',
  'मैसेज मत करो',
  'संदेश मत भेजो',
]);
const START = new Set([
  'start',
  'subscribe',
  'opt in',
  'optin',
  'shuru karo',
  'chalu karo',
  'शुरू करो',
  'शुरू करें',
  'चालू करो',
]);

const folded = (text: string) =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[.!,।?'"*]/g, '')
    .replace(/\s+/g, ' ')
    .trim();

/** What a message says about consent: only when that is all it says. */
export function consentIn(text: string): 'stop' | 'start' | null {
  if (text.length > 40) return null;
  const said = folded(text);
  if (STOP.has(said)) return 'stop';
  return START.has(said) ? 'start' : null;
}

/**
 * Records the choice made at `at`; from this transaction on nothing is sent to a customer who opted out. What was said later stands, in
 * whatever order it arrives; of two in the same second, stop does. False when it changes nothing (ME-04).
 */
export async function setOptOut(
  tx: AnyTx,
  agencyId: string,
  contactId: string,
  { optedOut, source, at }: { optedOut: boolean; source: string; at: Date },
): Promise<boolean> {
  const before = await tx
    .selectFrom('contacts')
    .select(['opted_out_at', 'consent_at'])
    .where('agency_id', '=', agencyId)
    .where('id', '=', contactId)
    .forUpdate()
    .executeTakeFirst();
  if (!before || (before.consent_at !== null && before.consent_at > at)) return false;
  const isOut = before.opted_out_at !== null;
  if (before.consent_at?.getTime() === at.getTime() && (isOut || !optedOut)) return false;
  await tx
    .updateTable('contacts')
    .set({ opted_out_at: optedOut ? at : null, opt_out_source: source, consent_at: at })
    .where('agency_id', '=', agencyId)
    .where('id', '=', contactId)
    .execute();
  return isOut !== optedOut;
}

/** Records the choice about marketing made at `at`. A later choice stands in any order of arrival; of two in the same second, stop does. */
export async function setMarketingOptOut(
  tx: SystemTx,
  agencyId: string,
  contactId: string,
  { optedOut, at }: { optedOut: boolean; at: Date },
): Promise<boolean> {
  const changed = await tx
    .updateTable('contacts')
    .set({ marketing_opt_out_at: optedOut ? at : null, marketing_at: at })
    .where('agency_id', '=', agencyId)
    .where('id', '=', contactId)
    .where(where =>
      where.or([
        where('marketing_at', 'is', null),
        where('marketing_at', '<', at),
        ...(optedOut ? [where.and([where('marketing_at', '=', at), where('marketing_opt_out_at', 'is', null)])] : []),
      ]),
    )
    .returning('id')
    .executeTakeFirst();
  return changed !== undefined;
}
