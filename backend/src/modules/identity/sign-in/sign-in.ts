import type { SignedIn } from '@astrix/contract';
import type { Services } from '../../../composition/index.ts';
import { fail } from '../../../kernel/errors.ts';
import type { Secret } from '../../../kernel/secret.ts';
import { randomToken } from '../../../platform/crypto/index.ts';
import { type SystemTx, txNow, withSystem } from '../../../platform/db/index.ts';
import { networkOf } from '../../../platform/http/index.ts';
import type { Given } from '../factors/suffices.ts';
import type { Tell } from '../mails.ts';
import type { Beginning } from '../sessions/begin-session.ts';
import { type Device, refreshSession } from '../sessions/sessions.ts';
import { hashToken, readRefreshToken } from '../sessions/tokens.ts';
import { forgetFailures, later, networkLimit } from './lock-out.ts';
import type { Proofs } from './proofs.ts';

const CHALLENGE_SECONDS = 5 * 60;
const CHALLENGE_TRIES = 5;

export type SignInDeps = Pick<Services, 'db' | 'audit' | 'ports'> & {
  readonly refreshKey: Secret<Buffer>;
  readonly proofs: Proofs;
  readonly tell: Tell;
  readonly beginSession: (tx: SystemTx, beginning: Beginning) => Promise<SignedIn>;
};

/** Between the password and the second factor. */
type Opened = {
  readonly personId: string;
  readonly agencyId: string;
  readonly email: string /** The network of the address: nothing longer is kept. */;
  readonly ip: string;
  readonly device: Device;
};

export type SignIn = ReturnType<typeof createSignIn>;

/** The sign-in of the console's own window: password, second factor, refresh. */
export function createSignIn(deps: SignInDeps) {
  const { db, proofs, beginSession } = deps;

  /** Uses up the challenge and begins the session; null when another request was faster. */
  const finish = (challenge: string, opened: Opened, given: readonly Given[]) => async (tx: SystemTx) => {
    const used = await tx
      .deleteFrom('sign_in_challenges')
      .where('hash', '=', hashToken(challenge))
      .returning('hash')
      .executeTakeFirst();
    return used ? beginSession(tx, { ...opened, given }) : null;
  };

  const openedBy = async (challenge: string): Promise<Opened> =>
    (await withSystem(db, 'sign-in', tx => openChallenge(tx, hashToken(challenge)))) ?? fail('challenge_expired');

  return {
    async signIn(email: string, password: string, device: Device, ip: string) {
      const { personId, agencyId, factors } = await proofs.password(email, password, ip);
      if (factors.totp === 0 && factors.passkeys > 0) fail('passkey_needed');
      return withSystem(db, 'sign-in', async tx => {
        if (factors.totp === 0) {
          const answer = await beginSession(tx, { personId, agencyId, device, ip, given: ['password'] });
          await forgetFailures(tx, networkLimit(email, networkOf(ip)));
          return answer;
        }
        const challenge = randomToken(32);
        const opened: Opened = { personId, agencyId, email, ip: networkOf(ip), device };
        await tx
          .insertInto('sign_in_challenges')
          .values({
            hash: hashToken(challenge),
            person_id: personId,
            device: JSON.stringify(opened),
            tries: 0,
            expires_at: later(txNow(tx), CHALLENGE_SECONDS),
          })
          .execute();
        return { step: 'totp' as const, challenge, expiresIn: CHALLENGE_SECONDS };
      });
    },

    async verifyTotp(challenge: string, code: string): Promise<SignedIn> {
      const opened = await openedBy(challenge);
      return proofs.totp(opened, code, opened.ip, finish(challenge, opened, ['password', 'totp']));
    },

    async useRecoveryCode(challenge: string, code: string): Promise<SignedIn> {
      const opened = await openedBy(challenge);
      return proofs.recoveryCode(opened, code, opened.ip, finish(challenge, opened, ['password', 'recovery']));
    },

    async refresh(token: string, deviceKey: string): Promise<SignedIn> {
      const claim = readRefreshToken(token);
      if (!claim) fail('session_ended');
      const outcome = await withSystem(db, 'sign-in', async tx => {
        const limits = async (agencyId: string) => (await deps.ports.agencySettings(tx, agencyId)).session;
        const result = await refreshSession(tx, deps.refreshKey.reveal(), claim, deviceKey, limits);
        if (result.kind === 'reuse') {
          await deps.audit.write(tx, {
            event: 'session.reuse',
            agencyId: result.agencyId,
            actorId: result.personId,
            sessionId: result.sessionId,
            subjectType: 'session',
            subjectId: result.sessionId,
          });
          await deps.tell(tx, result.agencyId, [result.personId], { kind: 'stolen-token' }, txNow(tx));
        }
        return result;
      });
      if (outcome.kind === 'signed-in') return outcome.answer;
      return fail(outcome.kind === 'expired' ? 'session_expired' : 'session_ended');
    },
  };
}

async function openChallenge(tx: SystemTx, hash: Buffer): Promise<Opened | null> {
  const row = await tx
    .updateTable('sign_in_challenges')
    .set(update => ({ tries: update('tries', '+', 1) }))
    .where('hash', '=', hash)
    .where('expires_at', '>', txNow(tx))
    .where('tries', '<', CHALLENGE_TRIES)
    .returning('device')
    .executeTakeFirst();
  return row ? (row.device as Opened) : null;
}
