import { createHash, randomBytes } from 'node:crypto';
import type { ModuleSamples } from '../../../test/kit/samples.ts';
import { newId } from '../../kernel/ids.ts';
import { txNow } from '../../platform/db/index.ts';

/** What the suites that cut across all routes send to this module. */
export const samples: ModuleSamples = {
  bodies: {
    'people.create-team': ({ clientId }) => ({
      name: `Team ${randomBytes(6).toString('hex')} of many`,
      personIds: [],
      clientIds: [clientId!],
    }),
    'people.change-team': () => ({
      name: `Team ${randomBytes(6).toString('hex')} of many`,
      personIds: [],
      clientIds: [],
    }),
    'people.change-role': () => ({ role: 'agent' }),
    'people.set-clients': ({ clientId }) => ({ clientIds: [clientId!] }),
    'people.off-board': () => ({ handTo: null }),
    'people.offer-ownership': () => ({ stepsDown: false }),
    'people.invite': ({ clientId }) => ({
      email: `${randomBytes(6).toString('hex')}@agency.example`,
      role: 'client',
      clientIds: [clientId!],
      teamIds: [],
    }),
  },
  planted: ['invitationId', 'teamId'],
  async plant(tx, { agencyId, clientId, personId, mark }) {
    const now = txNow(tx);
    const id = newId(now);
    await tx
      .insertInto('invitations')
      .values({
        agency_id: agencyId,
        id,
        email: `${mark}@agency.example`,
        role: 'agent',
        client_ids: [clientId],
        team_ids: [],
        token_hash: createHash('sha256').update(id).digest(),
        invited_by: null,
        created_at: now,
        sent_at: now,
        valid_until: new Date(now.getTime() + 3600_000),
      })
      .execute();
    await tx
      .insertInto('enrolments')
      .values({
        hash: createHash('sha256').update(`enrolment ${id}`).digest(),
        purpose: 'invitation',
        agency_id: agencyId,
        subject_id: id,
        person_id: newId(now),
        name: mark,
        password_hash: null,
        given: ['password'],
        totp_sealed: null,
        tries: 0,
        expires_at: new Date(now.getTime() + 86_400_000),
      })
      .execute();
    // Over, so that nothing waits for anybody.
    await tx
      .insertInto('recoveries')
      .values({
        agency_id: agencyId,
        id: newId(now),
        person_id: personId,
        started_by: personId,
        token_hash: createHash('sha256').update(`recovery ${id}`).digest(),
        started_at: now,
        ready_at: now,
        valid_until: now,
        completed_at: now,
      })
      .execute();
    const offer = { offered_by: personId, offered_to: personId, steps_down: false, created_at: now, valid_until: now };
    await tx
      .insertInto('ownership_offers')
      .values({ agency_id: agencyId, id: newId(now), ...offer })
      .onConflict(conflict => conflict.doNothing())
      .execute();
    // The mail of the invitation, sent.
    await tx
      .insertInto('mails')
      .values({
        id: newId(now),
        agency_id: agencyId,
        name: 'identity.invitation',
        dedupe: null,
        address_hash: createHash('sha256').update(mark).digest(),
        sealed: null,
        state: 'sent',
        next_at: now,
        reason: null,
        give_up_at: now,
        created_at: now,
        sent_at: now,
        expires_at: new Date(now.getTime() + 86_400_000),
      })
      .execute();
    await tx
      .insertInto('teams')
      .values({ agency_id: agencyId, id, name: `Team ${mark}`, created_at: now })
      .execute();
    // Its people are in another team: whom this one would let work on the client is said by nobody else.
    const ofPeople = newId(now);
    await tx
      .insertInto('teams')
      .values({ agency_id: agencyId, id: ofPeople, name: `People of ${mark}`, created_at: now })
      .execute();
    await tx
      .insertInto('team_people')
      .values({ agency_id: agencyId, team_id: ofPeople, person_id: personId })
      .execute();
    await tx.insertInto('team_clients').values({ agency_id: agencyId, team_id: id, client_id: clientId }).execute();
    return { invitationId: id, teamId: id };
  },
};
