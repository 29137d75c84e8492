import { mayManage, type Role } from '@astrix/contract';
import { fail } from '../../../kernel/errors.ts';
import { newId } from '../../../kernel/ids.ts';
import { type Actor, type SystemTx, txNow } from '../../../platform/db/index.ts';
import { removeAllFactors } from '../factors/factors.ts';
import { type Given, suffices } from '../factors/suffices.ts';
import { newRecoveryToken } from '../invitations/links.ts';
import { isElsewhere, lockedMember } from '../members/change.ts';
import { endSessionsOf } from '../sessions/sessions.ts';
import { hashToken } from '../sessions/tokens.ts';
import { later } from '../sign-in/lock-out.ts';
import '../tables.ts';

/** For how long the link works, counted from when it begins to. */
const LINK_SECONDS = 72 * 3600;

export type StartedRecovery = {
  readonly id: string;
  readonly token: string;
  readonly readyAt: Date;
  readonly person: { readonly id: string; readonly name: string; readonly email: string };
};

/**
 * Starts the reset of a person's proofs (A7). It waits `delayHours`, in which everybody who is told can stop it. Somebody who works for another
 * agency as well is refused: their account is not one agency's to reset.
 */
export async function startRecovery(
  tx: SystemTx,
  actor: Actor,
  personId: string,
  delayHours: number,
): Promise<StartedRecovery> {
  const member = await lockedMember(tx, actor.agencyId, personId);
  if (!member.isActive) fail('not_found');
  if (actor.personId === personId || !mayManage(actor.role, member.role)) fail('role_refused');
  if (await isElsewhere(tx, actor.agencyId, personId))
    fail('role_refused', {
      detail: 'This person works for another agency as well. They get back in by one of their recovery codes.',
    });
  await cancelOpen(tx, actor, personId);
  const now = txNow(tx);
  const id = newId(now);
  const token = newRecoveryToken();
  const readyAt = later(now, delayHours * 3600);
  await tx
    .insertInto('recoveries')
    .values({
      agency_id: actor.agencyId,
      id,
      person_id: personId,
      started_by: actor.personId,
      token_hash: hashToken(token),
      started_at: now,
      ready_at: readyAt,
      valid_until: later(readyAt, LINK_SECONDS),
    })
    .execute();
  return { id, token, readyAt, person: { id: personId, name: member.name, email: member.email } };
}

/** Stops what is open for a person. False when nothing was. */
export async function cancelOpen(tx: SystemTx, actor: Actor, personId: string): Promise<boolean> {
  const cancelled = await tx
    .updateTable('recoveries')
    .set({ cancelled_at: txNow(tx), cancelled_by: actor.personId })
    .where('agency_id', '=', actor.agencyId)
    .where('person_id', '=', personId)
    .where('completed_at', 'is', null)
    .where('cancelled_at', 'is', null)
    .returning('id')
    .execute();
  for (const { id } of cancelled) await tx.deleteFrom('enrolments').where('subject_id', '=', id).execute();
  return cancelled.length > 0;
}

export type RecoveryPage = {
  readonly agencyId: string;
  readonly agencyName: string;
  readonly id: string;
  readonly personId: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly readyAt: Date;
  /** `ended` when it was completed, cancelled, or is too old. */
  readonly state: 'waiting' | 'ready' | 'ended';
};

/** What the page of a recovery shows; null for a token that never was. Reading uses nothing up. */
export async function readRecovery(tx: SystemTx, token: string): Promise<RecoveryPage | null> {
  const row = await tx
    .selectFrom('recoveries as r')
    .innerJoin('people as p', 'p.id', 'r.person_id')
    .innerJoin('agencies as a', 'a.agency_id', 'r.agency_id')
    .innerJoin('memberships as m', join =>
      join.onRef('m.agency_id', '=', 'r.agency_id').onRef('m.person_id', '=', 'r.person_id'),
    )
    .select([
      'r.agency_id',
      'a.name as agency_name',
      'r.id',
      'r.person_id',
      'p.name',
      'p.email',
      'm.role',
      'm.disabled_at',
      'r.ready_at',
      'r.valid_until',
      'r.completed_at',
      'r.cancelled_at',
    ])
    .where('r.token_hash', '=', hashToken(token))
    .executeTakeFirst();
  if (!row) return null;
  const now = txNow(tx);
  const isOver =
    row.completed_at !== null || row.cancelled_at !== null || row.valid_until <= now || row.disabled_at !== null;
  return {
    agencyId: row.agency_id,
    agencyName: row.agency_name,
    id: row.id,
    personId: row.person_id,
    name: row.name,
    email: row.email,
    role: row.role,
    readyAt: row.ready_at,
    state: isOver ? 'ended' : row.ready_at > now ? 'waiting' : 'ready',
  };
}

/**
 * Ends a recovery with the new password: every earlier proof and session of the person is gone. The caller adds the new factor in the same
 * transaction. Two tabs race for the row; the second hears `recovery_invalid`.
 */
export async function completeRecovery(
  tx: SystemTx,
  row: {
    readonly agency_id: string;
    readonly subject_id: string;
    readonly person_id: string;
    readonly password_hash: string | null;
  },
  given: readonly Given[],
): Promise<string> {
  const member = await lockedMember(tx, row.agency_id, row.person_id);
  if (!member.isActive) fail('recovery_invalid');
  if (!suffices(member.role, given)) fail('factor_needed');
  const done = await tx
    .updateTable('recoveries')
    .set({ completed_at: txNow(tx) })
    .where('agency_id', '=', row.agency_id)
    .where('id', '=', row.subject_id)
    .where('completed_at', 'is', null)
    .where('cancelled_at', 'is', null)
    .where('ready_at', '<=', txNow(tx))
    .where('valid_until', '>', txNow(tx))
    .returning('id')
    .executeTakeFirst();
  if (!done) fail('recovery_invalid');
  await removeAllFactors(tx, row.person_id);
  await tx.updateTable('people').set({ password_hash: row.password_hash }).where('id', '=', row.person_id).execute();
  await endSessionsOf(tx, row.person_id, 'factor');
  await tx.deleteFrom('enrolments').where('subject_id', '=', row.subject_id).execute();
  return member.email;
}
