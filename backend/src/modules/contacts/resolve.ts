import type { ProviderId } from '@astrix/contract';
import { sql } from 'kysely';
import { newId } from '../../kernel/ids.ts';
import type { TenantRef } from '../../kernel/tenant.ts';
import { type SystemTx, txNow } from '../../platform/db/index.ts';
import type { Customer, CustomerId } from '../../providers/messaging.ts';
import { PROVIDERS } from '../../providers/registry.ts';
import { keptUntil } from '../clients/index.ts';
import { type ContactConsent, consentFrom } from './consent.ts';
import type { ContactIdentity } from './tables.ts';

/** Whose customer it is, and through which provider they write: an id of the provider's own means nothing at another one. */
export type CustomerOf = TenantRef & { readonly provider: ProviderId };
export type ResolvedContact = { readonly id: string; readonly name: string; readonly consent: ContactConsent };

/** The last four digits are enough to tell two customers apart; the rest never leaves the backend. */
export const maskPhone = (phone: string): string =>
  `${phone.startsWith('91') && phone.length === 12 ? '+91 ' : ''}••••• •${phone.slice(-4)}`;

/** The stable id comes first: it wins over a phone, which can be passed on to somebody else. */
const identitiesOf = (provider: ProviderId, { phone, userId }: CustomerId): ContactIdentity[] => [
  ...(userId ? [{ kind: provider, value: userId }] : []),
  ...(phone ? [{ kind: 'phone' as const, value: phone }] : []),
];

/** Within one client only: the same phone at another client is another person to us (ME-01). Null when nobody is known by either id. */
export async function findContactId(tx: SystemTx, of: CustomerOf, customer: CustomerId): Promise<string | null> {
  for (const identity of identitiesOf(of.provider, customer)) {
    const row = await tx
      .selectFrom('contact_identities')
      .select('contact_id')
      .where('agency_id', '=', of.agencyId)
      .where('client_id', '=', of.clientId)
      .where('kind', '=', identity.kind)
      .where('value', '=', identity.value)
      .executeTakeFirst();
    if (row) return row.contact_id;
  }
  return null;
}

/** Finds or adds the contact of a customer, records what is new about them, and extends their expiry as the client keeps them. */
export async function resolveContact(
  tx: SystemTx,
  of: CustomerOf,
  customer: Customer,
  seenAt: Date,
): Promise<ResolvedContact> {
  const expires = await keptUntil(tx, of.agencyId, of.clientId, seenAt);
  const known = await findContactId(tx, of, customer);
  const id = known ?? newId(txNow(tx));
  if (!known) {
    await tx
      .insertInto('contacts')
      .values({
        agency_id: of.agencyId,
        id,
        client_id: of.clientId,
        name: customer.name,
        phone_masked: customer.phone ? maskPhone(customer.phone) : null,
        has_phone: customer.phone !== null,
        handle: customer.phone ? null : customer.userId,
        opted_out_at: null,
        opt_out_source: null,
        marketing_opt_out_at: null,
        first_seen_at: seenAt,
        last_seen_at: seenAt,
        expires_at: expires,
      })
      .execute();
  }
  for (const identity of identitiesOf(of.provider, customer))
    await recordIdentity(tx, of, id, identity, { since: seenAt, expires });
  const contact = await tx
    .selectFrom('contacts')
    .selectAll()
    .where('agency_id', '=', of.agencyId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const learned = {
    ...(customer.name && customer.name !== contact.name && (contact.name === null || seenAt >= contact.last_seen_at)
      ? { name: customer.name }
      : {}),
    ...(seenAt < contact.first_seen_at ? { first_seen_at: seenAt } : {}),
    ...(customer.phone && !contact.has_phone
      ? { has_phone: true, phone_masked: maskPhone(customer.phone), handle: null }
      : {}),
    ...(seenAt > contact.last_seen_at ? { last_seen_at: seenAt } : {}),
    ...(expires > contact.expires_at ? { expires_at: expires } : {}),
  };
  if (Object.keys(learned).length > 0) {
    await tx.updateTable('contacts').set(learned).where('agency_id', '=', of.agencyId).where('id', '=', id).execute();
  }
  return { id, name: shownName({ ...contact, ...learned }, of.provider), consent: consentFrom(contact) };
}

const shownName = (contact: { name: string | null; phone_masked: string | null }, provider: ProviderId): string =>
  contact.name ?? contact.phone_masked ?? `${PROVIDERS[provider].manifest.name} customer`;

/** Never takes an identity away from another contact: an id that two people claim stays with the first. True when it was news. */
async function recordIdentity(
  tx: SystemTx,
  of: TenantRef,
  contactId: string,
  identity: ContactIdentity,
  { since, expires }: { readonly since: Date; readonly expires: Date },
): Promise<boolean> {
  const recorded = await tx
    .insertInto('contact_identities')
    .values({
      agency_id: of.agencyId,
      client_id: of.clientId,
      ...identity,
      contact_id: contactId,
      since,
      expires_at: expires,
    })
    .onConflict(conflict =>
      conflict
        .columns(['agency_id', 'client_id', 'kind', 'value'])
        .doUpdateSet({
          since: sql`greatest(contact_identities.since, excluded.since)`,
          expires_at: sql`greatest(contact_identities.expires_at, excluded.expires_at)`,
        })
        .where('contact_identities.contact_id', '=', contactId)
        .where(
          sql<boolean>`(contact_identities.since < excluded.since or contact_identities.expires_at < excluded.expires_at)`,
        ),
    )
    .returning('value')
    .executeTakeFirst();
  return recorded !== undefined;
}

/** The same customer, known by `was` until now and by `is` from `at` on: the new ids lead to the same contact. */
export async function changeIdentity(
  tx: SystemTx,
  of: CustomerOf,
  change: { readonly was: CustomerId; readonly is: CustomerId; readonly at: Date },
): Promise<'changed' | 'known' | 'unknown-customer'> {
  const contactId = await findContactId(tx, of, change.was);
  if (!contactId) return 'unknown-customer';
  const contact = await tx
    .selectFrom('contacts')
    .select('expires_at')
    .where('agency_id', '=', of.agencyId)
    .where('id', '=', contactId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  // The notice of the change is a message of the old id with the same time, which is in whole seconds. The new id must be the newer one.
  const since = new Date(change.at.getTime() + 1);
  const known = await tx
    .selectFrom('contact_identities')
    .select(['kind', 'value'])
    .where('agency_id', '=', of.agencyId)
    .where('contact_id', '=', contactId)
    .where('since', '>=', since)
    .execute();
  const isKnown = ({ kind, value }: ContactIdentity) => known.some(row => row.kind === kind && row.value === value);
  let changed = false;
  for (const identity of identitiesOf(of.provider, change.is).filter(one => !isKnown(one)))
    changed = (await recordIdentity(tx, of, contactId, identity, { since, expires: contact.expires_at })) || changed;
  if (!changed) return 'known';
  const address = await addressOf(tx, of, contactId);
  if (address === null) return 'changed';
  await tx
    .updateTable('contacts')
    .set(
      address.phone
        ? { has_phone: true, phone_masked: maskPhone(address.phone), handle: null }
        : { handle: address.userId },
    )
    .where('agency_id', '=', of.agencyId)
    .where('id', '=', contactId)
    .execute();
  return 'changed';
}

/** Where to send: the phone and the provider's own id that were last seen to be theirs; null when neither is left. */
export async function addressOf(
  tx: SystemTx,
  of: Pick<CustomerOf, 'agencyId' | 'provider'>,
  contactId: string,
): Promise<CustomerId | null> {
  const rows = await tx
    .selectFrom('contact_identities')
    .select(['kind', 'value'])
    .where('agency_id', '=', of.agencyId)
    .where('contact_id', '=', contactId)
    .where('kind', 'in', ['phone', of.provider])
    .orderBy('since', 'desc')
    .orderBy('value')
    .execute();
  const phone = rows.find(row => row.kind === 'phone')?.value ?? null;
  const userId = rows.find(row => row.kind === of.provider)?.value ?? null;
  return phone === null && userId === null ? null : { phone, userId };
}
