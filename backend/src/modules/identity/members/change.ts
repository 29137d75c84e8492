import { mayManage, ROLES_WITH_ALL_CLIENTS, type Role, roleChangeFault } from '@astrix/contract';
import { sql } from 'kysely';
import { fail } from '../../../kernel/errors.ts';
import { type Actor, type SystemTx, txNow } from '../../../platform/db/index.ts';
import { revokeInvitationsOf } from '../invitations/invitations.ts';
import { endSessionsOf } from '../sessions/sessions.ts';
import { grantAccess, revokeAccess } from './access.ts';
import '../tables.ts';

/** Changes of memberships of an agency follow one another, so that two of them cannot both leave it without an owner. */
const lockMembers = (tx: SystemTx, agencyId: string) =>
  sql`select pg_advisory_xact_lock(hashtextextended(${`members/${agencyId}`}, 0))`.execute(tx);

export type MemberRow = {
  readonly personId: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly isActive: boolean;
  readonly hasLeft: boolean;
};

/** The membership, after the lock of the agency's memberships. Somebody of another agency answers like nobody. */
export async function lockedMember(tx: SystemTx, agencyId: string, personId: string): Promise<MemberRow> {
  await lockMembers(tx, agencyId);
  const row = await tx
    .selectFrom('memberships as m')
    .innerJoin('people as p', 'p.id', 'm.person_id')
    .select(['p.email', 'm.name', 'm.role', 'm.disabled_at', 'm.left_at'])
    .where('m.agency_id', '=', agencyId)
    .where('m.person_id', '=', personId)
    .executeTakeFirst();
  if (!row) return fail('not_found');
  return {
    personId,
    email: row.email,
    name: row.name,
    role: row.role,
    isActive: row.disabled_at === null,
    hasLeft: row.left_at !== null,
  };
}

/** Active owners of an agency. */
export async function ownersOf(tx: SystemTx, agencyId: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('memberships')
    .select('person_id')
    .where('agency_id', '=', agencyId)
    .where('role', '=', 'owner')
    .where('disabled_at', 'is', null)
    .orderBy('person_id')
    .execute();
  return rows.map(row => row.person_id);
}

async function demandAnotherOwner(tx: SystemTx, agencyId: string, member: MemberRow): Promise<void> {
  if (member.role !== 'owner' || !member.isActive) return;
  if ((await ownersOf(tx, agencyId)).every(id => id === member.personId)) fail('last_owner');
}

function demandManages(actor: Actor, member: MemberRow): void {
  if (!mayManage(actor.role, member.role)) fail('role_refused');
}

/** Gives a person another role; it holds on their next request (AU-08). Answers the role of before. */
export async function changeRole(tx: SystemTx, actor: Actor, personId: string, role: Role): Promise<Role> {
  const member = await lockedMember(tx, actor.agencyId, personId);
  if (!member.isActive) fail('not_found');
  const fault = roleChangeFault(actor.role, actor.personId === personId, member.role, role);
  if (fault !== null) fail('role_refused', { detail: fault });
  await demandAnotherOwner(tx, actor.agencyId, member);
  await setRole(tx, actor.agencyId, personId, role);
  return member.role;
}

export async function setRole(tx: SystemTx, agencyId: string, personId: string, role: Role): Promise<void> {
  await tx
    .updateTable('memberships')
    .set({ role })
    .where('agency_id', '=', agencyId)
    .where('person_id', '=', personId)
    .execute();
}

/** The clients that a person works on are these from now on, beside those of their teams. */
export async function setClients(
  tx: SystemTx,
  actor: Actor,
  personId: string,
  clientIds: readonly string[],
): Promise<{ readonly added: number; readonly removed: number }> {
  const member = await lockedMember(tx, actor.agencyId, personId);
  if (!member.isActive) fail('not_found');
  demandManages(actor, member);
  if (ROLES_WITH_ALL_CLIENTS.includes(member.role))
    fail('invalid_request', { detail: 'Owners and admins work on all clients.' });
  if (member.role === 'client' && clientIds.length === 0)
    fail('invalid_request', { detail: 'Staff of a client belong to one. Off-board this person instead.' });
  const before = await tx
    .selectFrom('client_access')
    .select('client_id')
    .where('agency_id', '=', actor.agencyId)
    .where('person_id', '=', personId)
    .where('by_name', '=', true)
    .execute();
  const had = new Set(before.map(row => row.client_id));
  const wanted = new Set(clientIds);
  const added = [...wanted].filter(id => !had.has(id));
  const removed = [...had].filter(id => !wanted.has(id));
  for (const clientId of added) await grantAccess(tx, actor.agencyId, clientId, personId);
  for (const clientId of removed) await revokeAccess(tx, actor.agencyId, clientId, personId);
  return { added: added.length, removed: removed.length };
}

/** Nobody ends their own membership, and the last owner stays. */
async function demandMayEnd(tx: SystemTx, actor: Actor, personId: string): Promise<MemberRow> {
  const member = await lockedMember(tx, actor.agencyId, personId);
  if (member.hasLeft) fail('not_found');
  await demandAnotherOwner(tx, actor.agencyId, member);
  if (actor.personId === personId)
    fail('role_refused', { detail: 'Nobody ends their own access. Ask another owner or admin.' });
  demandManages(actor, member);
  return member;
}

/** Stops a person at once: sessions and streams end, a sign-in is refused, and what they own stays theirs. */
export async function suspend(tx: SystemTx, actor: Actor, personId: string): Promise<{ readonly sessions: number }> {
  await demandMayEnd(tx, actor, personId);
  return endMembership(tx, actor.agencyId, personId, false);
}

export async function endMembership(tx: SystemTx, agencyId: string, personId: string, isLeaving: boolean) {
  const now = txNow(tx);
  await tx
    .updateTable('memberships')
    .set({ disabled_at: now, ...(isLeaving ? { left_at: now } : {}) })
    .where('agency_id', '=', agencyId)
    .where('person_id', '=', personId)
    .execute();
  return endSessionsOf(tx, personId, 'disabled', { agencyId });
}

/** Lets a suspended person work again, in the role and on the clients of before. */
export async function restore(tx: SystemTx, actor: Actor, personId: string): Promise<void> {
  const member = await lockedMember(tx, actor.agencyId, personId);
  if (member.hasLeft || member.isActive) fail('not_found');
  demandManages(actor, member);
  await tx
    .updateTable('memberships')
    .set({ disabled_at: null })
    .where('agency_id', '=', actor.agencyId)
    .where('person_id', '=', personId)
    .execute();
}

export type Ended = {
  readonly sessions: number;
  readonly devices: number;
  readonly invitations: number;
  readonly clients: number;
  readonly factors: number;
};

/**
 * Ends everything by which a person reaches the agency, in one transaction (AU-09). Somebody who is a member nowhere else loses their proofs as
 * well: should they come back, they are invited and set up anew.
 */
export async function offBoard(tx: SystemTx, actor: Actor, personId: string): Promise<Ended> {
  const member = await demandMayEnd(tx, actor, personId);
  const ended = await endMembership(tx, actor.agencyId, personId, true);
  const invitations = await revokeInvitationsOf(
    tx,
    actor.agencyId,
    { id: personId, email: member.email },
    actor.personId,
  );
  const access = await tx
    .deleteFrom('client_access')
    .where('agency_id', '=', actor.agencyId)
    .where('person_id', '=', personId)
    .returning('client_id')
    .execute();
  await tx
    .updateTable('recoveries')
    .set({ cancelled_at: txNow(tx), cancelled_by: actor.personId })
    .where('agency_id', '=', actor.agencyId)
    .where(eb => eb.or([eb('person_id', '=', personId), eb('started_by', '=', personId)]))
    .where('completed_at', 'is', null)
    .where('cancelled_at', 'is', null)
    .execute();
  await tx
    .deleteFrom('ownership_offers')
    .where('agency_id', '=', actor.agencyId)
    .where(eb => eb.or([eb('offered_to', '=', personId), eb('offered_by', '=', personId)]))
    .execute();
  return {
    ...ended,
    invitations,
    clients: access.length,
    factors: (await isElsewhere(tx, actor.agencyId, personId)) ? 0 : await takeProofs(tx, personId),
  };
}

/** Whether the person is an active member of another agency. */
export async function isElsewhere(tx: SystemTx, agencyId: string, personId: string): Promise<boolean> {
  const other = await tx
    .selectFrom('memberships')
    .select('agency_id')
    .where('person_id', '=', personId)
    .where('agency_id', '!=', agencyId)
    .where('disabled_at', 'is', null)
    .executeTakeFirst();
  return other !== undefined;
}

async function takeProofs(tx: SystemTx, personId: string): Promise<number> {
  const factors = await tx.deleteFrom('factors').where('person_id', '=', personId).returning('id').execute();
  await tx.deleteFrom('recovery_codes').where('person_id', '=', personId).execute();
  await tx.updateTable('people').set({ password_hash: null }).where('id', '=', personId).execute();
  return factors.length;
}
