import type { Insertable } from 'kysely';
import type { Schema, SystemTx } from '../../platform/db/index.ts';
import './tables.ts';

/** A customer who is known by one identity. */
export type NewContact = {
  readonly contact: Insertable<Schema['contacts']>;
  readonly identity: Pick<Insertable<Schema['contact_identities']>, 'kind' | 'value' | 'since'>;
};

/** Customers whose conversations the caller writes. */
export async function addContacts(tx: SystemTx, contacts: readonly NewContact[]): Promise<void> {
  await tx
    .insertInto('contacts')
    .values(contacts.map(({ contact }) => contact))
    .execute();
  await tx
    .insertInto('contact_identities')
    .values(
      contacts.map(({ contact, identity }) => ({
        ...identity,
        agency_id: contact.agency_id,
        client_id: contact.client_id,
        contact_id: contact.id,
        expires_at: contact.expires_at,
      })),
    )
    .execute();
}
