import { type Role, shorten } from '@astrix/contract';
import { newId } from '../../kernel/ids.ts';
import type { Secret } from '../../kernel/secret.ts';
import { type Keyring, seal } from '../../platform/crypto/index.ts';
import { notify, type SystemTx, txNow } from '../../platform/db/index.ts';
import { SESSIONS_CHANNEL } from './sessions.ts';
import { totpContext } from './sign-in.ts';

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
      totp_sealed: person.totp ? seal(keyring, person.totp.reveal(), totpContext(id)) : null,
      totp_last_step: 0,
      disabled_at: null,
      created_at: now,
    })
    .execute();
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
  const now = txNow(tx);
  await tx
    .updateTable('memberships')
    .set({ disabled_at: now })
    .where('agency_id', '=', agencyId)
    .where('person_id', '=', personId)
    .execute();
  const ended = await tx
    .updateTable('sessions')
    .set({ ended_at: now, end_reason: 'disabled' })
    .where('agency_id', '=', agencyId)
    .where('person_id', '=', personId)
    .where('ended_at', 'is', null)
    .returning('id')
    .execute();
  for (const session of ended) await notify(tx, SESSIONS_CHANNEL, session.id);
}
