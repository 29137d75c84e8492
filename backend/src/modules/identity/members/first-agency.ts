import { fail } from '../../../kernel/errors.ts';
import { newId } from '../../../kernel/ids.ts';
import { type SystemTx, txNow } from '../../../platform/db/index.ts';
import { invite, type Sent } from '../invitations/invitations.ts';
import { endMembership } from './change.ts';
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

/** Stops a person in every agency of the installation at once. Answers how many sessions ended; fails with `not_found` for nobody. */
export async function suspendPerson(
  tx: SystemTx,
  email: string,
): Promise<{
  readonly sessions: number;
  readonly memberships: readonly { readonly agencyId: string; readonly personId: string }[];
}> {
  const memberships = await tx
    .selectFrom('memberships as m')
    .innerJoin('people as p', 'p.id', 'm.person_id')
    .select(['m.agency_id', 'm.person_id'])
    .where('p.email', '=', email)
    .where('m.disabled_at', 'is', null)
    .execute();
  if (memberships.length === 0) fail('not_found');
  let sessions = 0;
  for (const { agency_id, person_id } of memberships)
    sessions += (await endMembership(tx, agency_id, person_id, false)).sessions;
  return {
    sessions,
    memberships: memberships.map(({ agency_id: agencyId, person_id: personId }) => ({ agencyId, personId })),
  };
}
