import type { ContactRow } from '@astrix/contract';
import { defineModule } from '../../composition/index.ts';
import { fail } from '../../kernel/errors.ts';
import { type TenantTx, txNow } from '../../platform/db/index.ts';
import { closeStopHint, consentOf, setMarketingOptOut, setOptOut } from './consent.ts';
import './events.ts';
import './tables.ts';

export { addContacts, type NewContact } from './add-contacts.ts';
export { type ConsentSaid, consentIn } from './consent/classify.ts';
export { type ContactConsent, consentOf, setMarketingOptOut, setOptOut, setStopHint } from './consent.ts';
export type { ContactConsentChanged } from './events.ts';
export {
  addressOf,
  changeIdentity,
  findContactId,
  maskPhone,
  resolveContact,
} from './resolve.ts';

const iso = (at: Date | null) => at?.toISOString() ?? null;

async function readContacts(tx: TenantTx, ids: readonly string[]): Promise<ContactRow[]> {
  const rows = await tx.selectFrom('contacts').selectAll().where('id', 'in', ids).execute();
  return rows.map(row => ({
    id: row.id,
    clientId: row.client_id,
    name: row.name,
    phoneMasked: row.phone_masked,
    hasPhone: row.has_phone,
    handle: row.handle,
    optedOutAt: iso(row.opted_out_at),
    marketingOptedOutAt: iso(row.marketing_opt_out_at),
    firstSeenAt: row.first_seen_at.toISOString(),
    lastSeenAt: row.last_seen_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
  }));
}

async function contactOf(tx: TenantTx, clientId: string, contactId: string): Promise<ContactRow> {
  const [contact] = await readContacts(tx, [contactId]);
  return contact?.clientId === clientId ? contact : fail('not_found');
}

/** Customers of a client, with their identifiers masked, and whether they may be written to. */
export const contacts = defineModule({
  name: 'contacts',
  create: ({ emit }) => ({
    readers: { contacts: readContacts },
    handlers: {
      'contacts.get': ({ tx, params }) => contactOf(tx, params.clientId, params.contactId),
      async 'contacts.set-opt-out'({ tx, actor, params, body, audit }) {
        await contactOf(tx, params.clientId, params.contactId);
        const of = { agencyId: actor.agencyId, contactId: params.contactId };
        const changed = await setOptOut(tx, of, {
          optedOut: body.optedOut,
          source: `agent: ${body.reason}`,
          at: txNow(tx),
        });
        await emit(tx, 'contact.consent', { ...of, consent: await consentOf(tx, of) });
        await audit({
          subjectType: 'contact',
          subjectId: params.contactId,
          detail: { optedOut: body.optedOut, changed, at: txNow(tx).toISOString() },
        });
        return contactOf(tx, params.clientId, params.contactId);
      },
      async 'contacts.answer-stop-hint'({ tx, actor, params, body: { choice, hintAt }, audit }) {
        await contactOf(tx, params.clientId, params.contactId);
        const of = { agencyId: actor.agencyId, contactId: params.contactId };
        const at = txNow(tx);
        if (choice === 'all') await setOptOut(tx, of, { optedOut: true, source: 'agent: stop hint', at });
        if (choice === 'promotions') await setMarketingOptOut(tx, of, { optedOut: true, at });
        await closeStopHint(tx, of, ['all', 'promotions'], new Date(hintAt));
        await emit(tx, 'contact.consent', { ...of, consent: await consentOf(tx, of) });
        await audit({
          subjectType: 'contact',
          subjectId: params.contactId,
          detail: { stopHint: choice, hintAt, at: at.toISOString() },
        });
        return contactOf(tx, params.clientId, params.contactId);
      },
    },
  }),
});
