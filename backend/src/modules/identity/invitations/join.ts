import { ROLES_WITH_ALL_CLIENTS } from '@astrix/contract';
import type { Services } from '../../../composition/index.ts';
import { fail } from '../../../kernel/errors.ts';
import { type SystemTx, txNow } from '../../../platform/db/index.ts';
import '../events.ts';
import { factorsOf, removeAllFactors } from '../factors/factors.ts';
import { type Given, suffices } from '../factors/suffices.ts';
import { grantAccess } from '../members/access.ts';
import { initialsOf } from '../members/people.ts';
import { activeAccount, demandOpen } from './invitations.ts';

type Enrolled = {
  readonly agency_id: string;
  readonly subject_id: string;
  readonly person_id: string;
  readonly name: string | null;
  readonly password_hash: string | null;
};

/** The account of an address that is a member nowhere now. It is set up anew, and nothing of its old proofs counts. */
export async function unusedAccount(tx: SystemTx, email: string): Promise<string | null> {
  const person = await tx
    .selectFrom('people')
    .select(['id', 'disabled_at'])
    .where('email', '=', email)
    .executeTakeFirst();
  if (person && person.disabled_at !== null)
    fail('invitation_invalid', { detail: 'This account has been closed by the operator.' });
  return person?.id ?? null;
}

/**
 * Makes the membership of an invitation, and the account where there is none. Holds the row of the invitation: whoever comes second hears
 * that it was used (AU-15). `given` must suffice for the role as it stands in the invitation (AU-10). Answers the address.
 */
export async function joinAgency(
  { audit, emit }: Pick<Services, 'audit' | 'emit'>,
  tx: SystemTx,
  row: Enrolled,
  given: readonly Given[],
  isOwnFactorShown: boolean,
): Promise<string> {
  const now = txNow(tx);
  const invitation = await tx
    .selectFrom('invitations')
    .selectAll()
    .where('agency_id', '=', row.agency_id)
    .where('id', '=', row.subject_id)
    .forUpdate()
    .executeTakeFirstOrThrow();
  demandOpen(invitation, now);
  const { email, role } = invitation;
  if (!suffices(role, given))
    fail('factor_needed', { detail: 'This role needs a second factor. Set up an authenticator or a passkey.' });
  const personId = row.person_id;
  const account = await activeAccount(tx, email);
  if (account === null) await writeAccount(tx, row, email);
  else {
    const { totp, passkeys } = await factorsOf(tx, account.id);
    if (account.id !== personId || (totp + passkeys > 0 && !isOwnFactorShown)) fail('enrolment_expired');
  }
  await writeMembership(tx, row.agency_id, personId, role);
  if (!ROLES_WITH_ALL_CLIENTS.includes(role))
    for (const clientId of invitation.client_ids) await grantAccess(tx, row.agency_id, clientId, personId);
  await tx
    .updateTable('invitations')
    .set({ accepted_at: now, accepted_by: personId })
    .where('agency_id', '=', row.agency_id)
    .where('id', '=', row.subject_id)
    .execute();
  await tx.deleteFrom('enrolments').where('subject_id', '=', row.subject_id).execute();
  await emit(tx, 'person.joined', { agencyId: row.agency_id, personId, role, teamIds: invitation.team_ids });
  await audit.write(tx, {
    event: 'invitation.accept',
    agencyId: row.agency_id,
    actorId: personId,
    sessionId: null,
    subjectType: 'invitation',
    subjectId: row.subject_id,
    detail: { role, given: given.join('+') },
  });
  return email;
}

async function writeAccount(tx: SystemTx, row: Enrolled, email: string): Promise<void> {
  const name = row.name ?? email;
  const values = { name, initials: initialsOf(name), password_hash: row.password_hash };
  const known = await unusedAccount(tx, email);
  if (known === null) {
    await tx
      .insertInto('people')
      .values({ id: row.person_id, email, ...values, disabled_at: null, created_at: txNow(tx) })
      .execute();
    return;
  }
  if (known !== row.person_id) fail('enrolment_expired');
  await tx.updateTable('people').set(values).where('id', '=', known).execute();
  await removeAllFactors(tx, known);
}

/** A membership that ended before is taken up again, in the role of now and without the clients of then. */
async function writeMembership(
  tx: SystemTx,
  agencyId: string,
  personId: string,
  role: (typeof ROLES_WITH_ALL_CLIENTS)[number],
) {
  const person = await tx
    .selectFrom('people')
    .select(['name', 'initials'])
    .where('id', '=', personId)
    .executeTakeFirstOrThrow();
  const values = { role, ...person, disabled_at: null };
  await tx.deleteFrom('client_access').where('agency_id', '=', agencyId).where('person_id', '=', personId).execute();
  await tx
    .insertInto('memberships')
    .values({ agency_id: agencyId, person_id: personId, created_at: txNow(tx), ...values })
    .onConflict(conflict => conflict.columns(['agency_id', 'person_id']).doUpdateSet(values))
    .execute();
}
