import { fail } from '../../../kernel/errors.ts';
import { newId } from '../../../kernel/ids.ts';
import { type Actor, type SystemTx, txNow } from '../../../platform/db/index.ts';
import { later } from '../sign-in/lock-out.ts';
import { lockedMember, setRole } from './change.ts';
import '../tables.ts';

const OFFER_SECONDS = 72 * 3600;

export type Offer = {
  readonly offeredBy: string;
  readonly offeredTo: string;
  readonly stepsDown: boolean;
  readonly validUntil: Date;
};

/** The offer that is open in an agency; null without one. */
export async function openOffer(tx: SystemTx, agencyId: string): Promise<Offer | null> {
  const row = await tx
    .selectFrom('ownership_offers')
    .selectAll()
    .where('agency_id', '=', agencyId)
    .where('valid_until', '>', txNow(tx))
    .executeTakeFirst();
  if (!row) return null;
  const { offered_by: offeredBy, offered_to: offeredTo, steps_down: stepsDown, valid_until: validUntil } = row;
  return { offeredBy, offeredTo, stepsDown, validUntil };
}

/** Offers the ownership to an active member of the agency's staff, in place of an earlier offer. Nothing changes before it is accepted. */
export async function offerOwnership(tx: SystemTx, actor: Actor, personId: string, stepsDown: boolean): Promise<Offer> {
  const member = await lockedMember(tx, actor.agencyId, personId);
  if (!member.isActive) fail('not_found');
  if (member.role === 'owner') fail('invalid_request', { detail: 'This person is an owner already.' });
  if (member.role === 'client') fail('role_refused', { detail: 'The staff of a client cannot own the agency.' });
  const now = txNow(tx);
  const values = {
    id: newId(now),
    offered_by: actor.personId,
    offered_to: personId,
    steps_down: stepsDown,
    created_at: now,
    valid_until: later(now, OFFER_SECONDS),
  };
  await tx
    .insertInto('ownership_offers')
    .values({ agency_id: actor.agencyId, ...values })
    .onConflict(conflict => conflict.column('agency_id').doUpdateSet(values))
    .execute();
  return { offeredBy: actor.personId, offeredTo: personId, stepsDown, validUntil: values.valid_until };
}

/** Accepts the offer that was made to the actor: two people have agreed then. */
export async function acceptOwnership(tx: SystemTx, actor: Actor): Promise<Offer> {
  const member = await lockedMember(tx, actor.agencyId, actor.personId);
  const offer = await openOffer(tx, actor.agencyId);
  if (!offer || offer.offeredTo !== actor.personId || !member.isActive) return fail('proposal_ended');
  // Whoever has lost the ownership since cannot give it away.
  const by = await lockedMember(tx, actor.agencyId, offer.offeredBy);
  if (by.role !== 'owner' || !by.isActive) fail('proposal_ended');
  await setRole(tx, actor.agencyId, actor.personId, 'owner');
  if (offer.stepsDown) await setRole(tx, actor.agencyId, offer.offeredBy, 'admin');
  await withdrawOffer(tx, actor.agencyId);
  return offer;
}

/** Takes back or declines. False when there was none. */
export async function withdrawOffer(tx: SystemTx, agencyId: string): Promise<boolean> {
  const gone = await tx.deleteFrom('ownership_offers').where('agency_id', '=', agencyId).returning('id').execute();
  return gone.length > 0;
}
