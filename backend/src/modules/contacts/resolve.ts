import { expiresAt } from '@astrix/contract';
import { sql } from 'kysely';
import { newId } from '../../kernel/ids.ts';
import { type SystemTx, txNow } from '../../platform/db/index.ts';
import type { ContactIdentity } from './tables.ts';

export type Place = { readonly agencyId: string; readonly clientId: string };
export type Sender = { readonly phone: string | null; readonly bsuid: string | null; readonly name: string | null };
export type ResolvedContact = { readonly id: string; readonly name: string; readonly optedOut: boolean };

/** The last four digits are enough to tell two customers apart; the rest never leaves the backend. */
export const maskPhone = (phone: string): string =>
  `${phone.startsWith('91') && phone.length === 12 ? '+91 ' : ''}••••• •${phone.slice(-4)}`;

const identitiesOf = (sender: Pick<Sender, 'phone' | 'bsuid'>): ContactIdentity[] => [
  ...(sender.bsuid ? [{ kind: 'bsuid' as const, value: sender.bsuid }] : []),
  ...(sender.phone ? [{ kind: 'phone' as const, value: sender.phone }] : []),
];

/** Within one client only: the same phone at another client is another person to us (ME-01). The stable id wins over the phone. */
export async function findContactId(
  tx: SystemTx,
  place: Place,
  sender: Pick<Sender, 'phone' | 'bsuid'>,
): Promise<string | null> {
  for (const identity of identitiesOf(sender)) {
    const row = await tx
      .selectFrom('contact_identities')
      .select('contact_id')
      .where('agency_id', '=', place.agencyId)
      .where('client_id', '=', place.clientId)
      .where('kind', '=', identity.kind)
      .where('value', '=', identity.value)
      .executeTakeFirst();
    if (row) return row.contact_id;
  }
  return null;
}

/** Finds or makes the customer behind a sender, learns what is new about them, and extends their life to `seenAt` + 30 days. */
export async function resolveContact(
  tx: SystemTx,
  place: Place,
  sender: Sender,
  seenAt: Date,
): Promise<ResolvedContact> {
  const lives = expiresAt('conversation', seenAt);
  const known = await findContactId(tx, place, sender);
  const id = known ?? newId(txNow(tx));
  if (!known) {
    await tx
      .insertInto('contacts')
      .values({
        agency_id: place.agencyId,
        id,
        client_id: place.clientId,
        name: sender.name,
        phone_masked: sender.phone ? maskPhone(sender.phone) : null,
        has_phone: sender.phone !== null,
        handle: sender.phone ? null : sender.bsuid,
        opted_out_at: null,
        opt_out_source: null,
        marketing_opt_out_at: null,
        first_seen_at: seenAt,
        last_seen_at: seenAt,
        expires_at: lives,
      })
      .execute();
  }
  for (const identity of identitiesOf(sender)) await learnIdentity(tx, place, id, identity, seenAt, lives);
  const contact = await tx
    .selectFrom('contacts')
    .selectAll()
    .where('agency_id', '=', place.agencyId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const learned = {
    ...(sender.name && sender.name !== contact.name && (contact.name === null || seenAt >= contact.last_seen_at)
      ? { name: sender.name }
      : {}),
    ...(seenAt < contact.first_seen_at ? { first_seen_at: seenAt } : {}),
    ...(sender.phone && !contact.has_phone
      ? { has_phone: true, phone_masked: maskPhone(sender.phone), handle: null }
      : {}),
    ...(seenAt > contact.last_seen_at ? { last_seen_at: seenAt } : {}),
    ...(lives > contact.expires_at ? { expires_at: lives } : {}),
  };
  if (Object.keys(learned).length > 0) {
    await tx
      .updateTable('contacts')
      .set(learned)
      .where('agency_id', '=', place.agencyId)
      .where('id', '=', id)
      .execute();
  }
  return { id, name: shownName({ ...contact, ...learned }), optedOut: contact.opted_out_at !== null };
}

export const shownName = (contact: { name: string | null; phone_masked: string | null }): string =>
  contact.name ?? contact.phone_masked ?? 'WhatsApp customer';

/** Never takes an identity away from somebody else: an id that two people claim stays with the first. */
async function learnIdentity(
  tx: SystemTx,
  place: Place,
  contactId: string,
  identity: ContactIdentity,
  since: Date,
  lives: Date,
): Promise<void> {
  await tx
    .insertInto('contact_identities')
    .values({
      agency_id: place.agencyId,
      client_id: place.clientId,
      ...identity,
      contact_id: contactId,
      since,
      expires_at: lives,
    })
    .onConflict(conflict =>
      conflict
        .columns(['agency_id', 'client_id', 'kind', 'value'])
        .doUpdateSet({
          since: sql`greatest(contact_identities.since, excluded.since)`,
          expires_at: sql`greatest(contact_identities.expires_at, excluded.expires_at)`,
        })
        .where('contact_identities.contact_id', '=', contactId),
    )
    .execute();
}

/**
 * The same customer, known by `was` until now and by `is` from `at` on: what is new leads to the same person. False when nobody is
 * known by `was`.
 */
export async function changeIdentity(
  tx: SystemTx,
  place: Place,
  change: { was: Pick<Sender, 'phone' | 'bsuid'>; is: Pick<Sender, 'phone' | 'bsuid'>; at: Date },
): Promise<boolean> {
  const contactId = await findContactId(tx, place, change.was);
  if (!contactId) return false;
  const contact = await tx
    .selectFrom('contacts')
    .select('expires_at')
    .where('agency_id', '=', place.agencyId)
    .where('id', '=', contactId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  for (const identity of identitiesOf(change.is))
    await learnIdentity(tx, place, contactId, identity, change.at, contact.expires_at);
  const newest = await addressOf(tx, place.agencyId, contactId);
  if (newest === null) return true;
  await tx
    .updateTable('contacts')
    .set(
      'phone' in newest
        ? { has_phone: true, phone_masked: maskPhone(newest.phone), handle: null }
        : { handle: newest.bsuid },
    )
    .where('agency_id', '=', place.agencyId)
    .where('id', '=', contactId)
    .execute();
  return true;
}

/** Where to send: the phone last seen to be theirs if they show one, else their business-scoped id; null when neither is left. */
export async function addressOf(
  tx: SystemTx,
  agencyId: string,
  contactId: string,
): Promise<{ phone: string } | { bsuid: string } | null> {
  const rows = await tx
    .selectFrom('contact_identities')
    .select(['kind', 'value'])
    .where('agency_id', '=', agencyId)
    .where('contact_id', '=', contactId)
    .orderBy('since', 'desc')
    .orderBy('value')
    .execute();
  const phone = rows.find(row => row.kind === 'phone');
  if (phone) return { phone: phone.value };
  const bsuid = rows.find(row => row.kind === 'bsuid');
  return bsuid ? { bsuid: bsuid.value } : null;
}
