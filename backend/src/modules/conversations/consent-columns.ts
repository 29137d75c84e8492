import type { AnyTx } from '../../platform/db/index.ts';
import type { Hears } from '../../platform/events/index.ts';
import type { ContactConsent, ContactConsentChanged } from '../contacts/index.ts';

/** The columns in which a conversation repeats the consent of its contact, so that a list and a reply need not read the contact. */
export const consentColumns = ({ optedOut, marketingOptedOut, stopHint }: ContactConsent) => ({
  opted_out: optedOut,
  marketing_opted_out: marketingOptedOut,
  stop_hint: stopHint?.scope ?? null,
  stop_hint_at: stopHint?.at ?? null,
});

/** Repeats the consent of a contact in each of its conversations. */
export async function markConsent(tx: AnyTx, { agencyId, contactId, consent }: ContactConsentChanged): Promise<void> {
  const columns = consentColumns(consent);
  await tx
    .updateTable('conversations')
    .set(row => ({ ...columns, version: row('version', '+', 1) }))
    .where('agency_id', '=', agencyId)
    .where('contact_id', '=', contactId)
    .where(where =>
      where.or([
        where('opted_out', '!=', columns.opted_out),
        where('marketing_opted_out', '!=', columns.marketing_opted_out),
        where('stop_hint', 'is distinct from', columns.stop_hint),
        where('stop_hint_at', 'is distinct from', columns.stop_hint_at),
      ]),
    )
    .execute();
}

export const consentHears: Hears = { 'contact.consent': markConsent };
