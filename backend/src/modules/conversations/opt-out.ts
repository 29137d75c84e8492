import type { AnyTx } from '../../platform/db/index.ts';
import type { Hears } from '../../platform/events/index.ts';
import type { ContactOptOut } from '../contacts/index.ts';

/** Conversations repeat the contact's choice, so that a list and a reply need not read the contact. */
export async function markOptedOut(tx: AnyTx, { agencyId, contactId, optedOut }: ContactOptOut): Promise<void> {
  await tx
    .updateTable('conversations')
    .set(row => ({ opted_out: optedOut, version: row('version', '+', 1) }))
    .where('agency_id', '=', agencyId)
    .where('contact_id', '=', contactId)
    .where('opted_out', '!=', optedOut)
    .execute();
}

export const optOutHears: Hears = { 'contact.opt-out': markOptedOut };
