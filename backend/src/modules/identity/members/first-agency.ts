import { newId } from '../../../kernel/ids.ts';
import { type SystemTx, txNow } from '../../../platform/db/index.ts';
import { invite, type Sent } from '../invitations/invitations.ts';
import { endMembership, ownersOf } from './change.ts';
import { createAgency, hasAgencies } from './people.ts';

/** Makes the first agency of an installation. Null when there is one already: an agency is made once. */
export async function initAgency(tx: SystemTx, agency: { readonly name: string }): Promise<string | null> {
  if (await hasAgencies(tx)) return null;
  const id = newId(txNow(tx));
  await createAgency(tx, { id, name: agency.name });
  return id;
}

/** An owner invited by the operator of the installation; an open invitation of the address is replaced. */
export async function createOwnerInvitation(
  tx: SystemTx,
  { agencyId, email }: { readonly agencyId: string; readonly email: string },
): Promise<Pick<Sent, 'row' | 'token'>> {
  await tx
    .updateTable('invitations')
    .set({ revoked_at: txNow(tx) })
    .where('agency_id', '=', agencyId)
    .where('email', '=', email)
    .where('accepted_at', 'is', null)
    .where('revoked_at', 'is', null)
    .execute();
  return invite(tx, agencyId, null, { email, role: 'owner', clientIds: [], teamIds: [] }, Number.POSITIVE_INFINITY);
}

export type Place = { readonly agencyId: string; readonly agency: string; readonly personId: string };

/** The agencies in which the person with this address works at the moment. */
export const placesOf = (tx: SystemTx, email: string): Promise<Place[]> =>
  tx
    .selectFrom('memberships as m')
    .innerJoin('people as p', 'p.id', 'm.person_id')
    .innerJoin('agencies as a', 'a.agency_id', 'm.agency_id')
    .select(['m.agency_id as agencyId', 'a.name as agency', 'm.person_id as personId'])
    .where('p.email', '=', email)
    .where('m.disabled_at', 'is', null)
    .orderBy('m.agency_id')
    .execute();

/** Stops a person in one agency at once. Answers how many sessions ended, and whether the agency still has an owner. */
export async function suspendPerson(
  tx: SystemTx,
  { agencyId, personId }: Pick<Place, 'agencyId' | 'personId'>,
): Promise<{ readonly sessions: number; readonly hasOwner: boolean }> {
  const { sessions } = await endMembership(tx, agencyId, personId, false);
  return { sessions, hasOwner: (await ownersOf(tx, agencyId)).length > 0 };
}
