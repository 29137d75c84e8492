import { type Role, shorten } from '@astrix/contract';
import { newId } from '../../../kernel/ids.ts';
import type { Secret } from '../../../kernel/secret.ts';
import type { Keyring } from '../../../platform/crypto/index.ts';
import { type SystemTx, txNow } from '../../../platform/db/index.ts';
import { addFactor } from '../factors/factors.ts';
import { endSessionsOf } from '../sessions/sessions.ts';

export type NewPerson = {
  readonly id?: string;
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string;
  readonly totp: Secret | null;
};

export const initialsOf = (name: string): string =>
  shorten(
    name
      .split(/\s+/)
      .filter(Boolean)
      .slice(0, 2)
      .map(part => [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(part)][0]?.segment ?? '')
      .join('')
      .toUpperCase(),
    4,
  );

export async function createAgency(
  tx: SystemTx,
  agency: { readonly id: string; readonly name: string },
): Promise<void> {
  await tx
    .insertInto('agencies')
    .values({ agency_id: agency.id, name: agency.name, created_at: txNow(tx) })
    .execute();
}

/** Every agency of the installation, the oldest first. */
export const listAgencies = (tx: SystemTx): Promise<{ id: string; name: string }[]> =>
  tx.selectFrom('agencies').select(['agency_id as id', 'name']).orderBy('created_at').execute();

export async function hasAgencies(tx: SystemTx): Promise<boolean> {
  const found = await tx.selectFrom('agencies').select('agency_id').limit(1).executeTakeFirst();
  return found !== undefined;
}

export async function createPerson(tx: SystemTx, keyring: Keyring, person: NewPerson): Promise<string> {
  const now = txNow(tx);
  const id = person.id ?? newId(now);
  await tx
    .insertInto('people')
    .values({
      id,
      email: person.email.toLowerCase(),
      name: person.name,
      initials: initialsOf(person.name),
      password_hash: person.passwordHash,
      disabled_at: null,
      created_at: now,
    })
    .execute();
  if (person.totp)
    await addFactor(tx, {
      personId: id,
      kind: 'totp',
      label: 'Authenticator app',
      secret: person.totp.reveal(),
      keyring,
      lastStep: 0,
    });
  return id;
}

export async function addMember(tx: SystemTx, agencyId: string, personId: string, role: Role): Promise<void> {
  const person = await tx
    .selectFrom('people')
    .select(['name', 'initials'])
    .where('id', '=', personId)
    .executeTakeFirstOrThrow();
  await tx
    .insertInto('memberships')
    .values({ agency_id: agencyId, person_id: personId, role, ...person, disabled_at: null, created_at: txNow(tx) })
    .execute();
}

/** Takes a person out of an agency: membership, sessions and their streams end with this transaction (AU-09). */
export async function disableMember(tx: SystemTx, agencyId: string, personId: string): Promise<void> {
  await tx
    .updateTable('memberships')
    .set({ disabled_at: txNow(tx) })
    .where('agency_id', '=', agencyId)
    .where('person_id', '=', personId)
    .execute();
  await endSessionsOf(tx, personId, 'disabled', { agencyId });
}
