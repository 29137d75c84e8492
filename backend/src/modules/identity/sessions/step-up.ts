import type { Services } from '../../../composition/index.ts';
import { fail } from '../../../kernel/errors.ts';
import { type Actor, type SystemTx, txNow, withSystem } from '../../../platform/db/index.ts';
import { networkOf } from '../../../platform/http/index.ts';
import { factorsOf } from '../factors/factors.ts';
import { forgetFailures, networkLimit, takeAttempt } from '../sign-in/lock-out.ts';
import type { Proofs } from '../sign-in/proofs.ts';
import '../tables.ts';

export type StepUpDeps = Pick<Services, 'db' | 'passwords'> & { readonly proofs: Proofs };

/** What a person types to show that it is still them. */
export type StepUpProof = { readonly code: string } | { readonly recoveryCode: string } | { readonly password: string };

/** Proves the person of a session anew (AU-12). A password is enough only for somebody who has no other factor. */
export function createStepUp({ db, passwords, proofs }: StepUpDeps) {
  const personOf = (actor: Actor) =>
    withSystem(db, 'people', async tx => ({
      ...(await tx
        .selectFrom('people')
        .select(['email', 'password_hash'])
        .where('id', '=', actor.personId)
        .executeTakeFirstOrThrow()),
      factors: await factorsOf(tx, actor.personId),
    }));

  return {
    async prove(actor: Actor, proof: StepUpProof, ip: string): Promise<true> {
      const { email, password_hash, factors } = await personOf(actor);
      const person = { personId: actor.personId, agencyId: actor.agencyId, email };
      if ('code' in proof) return proofs.totp(person, proof.code, ip, tx => done(tx, actor));
      if ('recoveryCode' in proof) return proofs.recoveryCode(person, proof.recoveryCode, ip, tx => done(tx, actor));
      if (factors.totp + factors.passkeys > 0)
        fail('totp_refused', { detail: 'Type a code from your authenticator: your password is not enough here.' });
      const limit = networkLimit(email, networkOf(ip));
      await takeAttempt(db, limit);
      if (password_hash === null || !(await passwords.verify(password_hash, proof.password)))
        fail('sign_in_refused', { detail: 'The password is not right.' });
      return withSystem(db, 'people', async tx => {
        await forgetFailures(tx, limit);
        return done(tx, actor);
      });
    },

    /** For a proof that the caller has verified, such as a passkey. */
    proved: done,
  };
}

async function done(tx: SystemTx, actor: Actor): Promise<true> {
  await tx
    .updateTable('sessions')
    .set({ authenticated_at: txNow(tx) })
    .where('agency_id', '=', actor.agencyId)
    .where('id', '=', actor.sessionId)
    .where('ended_at', 'is', null)
    .execute();
  return true;
}
