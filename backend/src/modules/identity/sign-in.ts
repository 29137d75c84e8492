import { ROLES_WITH_MFA, type Role, type SignedIn } from '@astrix/contract';
import type { Services } from '../../composition/index.ts';
import { fail } from '../../kernel/errors.ts';
import type { Secret } from '../../kernel/secret.ts';
import type { AuditTrail } from '../../platform/audit/index.ts';
import { hasCost, hashPassword, hmacSha256, type Keyring, open, randomToken } from '../../platform/crypto/index.ts';
import { type Db, type SystemTx, txNow, withSystem } from '../../platform/db/index.ts';
import { networkOf } from '../../platform/http/index.ts';
import { nameOf } from '../../platform/telemetry/index.ts';
import {
  accountLimit,
  codeLimit,
  forgetFailures,
  giveBackAttempt,
  later,
  networkLimit,
  takeAttempt,
} from './lock-out.ts';
import { type Device, refreshSession, signedInFrom, startSession } from './sessions.ts';
import { hashToken, readRefreshToken } from './tokens.ts';
import { acceptedStep } from './totp.ts';

const CHALLENGE_SECONDS = 5 * 60;
const CHALLENGE_TRIES = 5;

export type SignInDeps = {
  readonly db: Db;
  readonly keyring: Keyring;
  readonly refreshKey: Secret<Buffer>;
  readonly audit: AuditTrail;
  readonly log: Services['log'];
  readonly passwords: Services['passwords'];
};

export type SignIn = ReturnType<typeof createSignIn>;

/** Password, second factor, refresh. Every refusal of the first step looks the same from outside (AU-14). */
export function createSignIn(deps: SignInDeps) {
  const { db, keyring, audit } = deps;
  const { verify, cost } = deps.passwords;
  /** Compared against when there is no such person, so that the answer takes the same work. */
  const nobody = hashPassword(randomToken(24), cost);

  const digestOf = (network: string) => hmacSha256(deps.refreshKey.reveal(), `network\n${network}`);

  async function startFor(tx: SystemTx, member: Member, device: Device, network: string): Promise<SignedIn> {
    const answer = await startSession(tx, deps.refreshKey.reveal(), member, device, digestOf(network));
    await audit.write(tx, {
      event: 'session.start',
      agencyId: member.agencyId,
      actorId: member.personId,
      sessionId: answer.sessionId,
      subjectType: 'session',
      subjectId: answer.sessionId,
    });
    return answer;
  }

  /** Who was refused is known, and who tried is not. */
  const writeRefusal = (tx: SystemTx, { agencyId, personId }: Member, reason: 'password' | 'code') =>
    audit.write(tx, {
      ...{ event: 'session.refused', agencyId, actorId: null, sessionId: null },
      ...{ subjectType: 'person', subjectId: personId, detail: { reason } },
    });

  /** Beside the answer: its time must not tell whether there is somebody whose refusal is written down (AU-14). */
  function noteRefusal(member: Member): void {
    withSystem(db, 'sign-in', tx => writeRefusal(tx, member, 'password')).catch(error =>
      deps.log.error('a refused sign-in is not in the audit', { error: nameOf(error) }),
    );
  }

  return {
    async signIn(email: string, password: string, device: Device, ip: string) {
      const network = networkOf(ip);
      const limits = [networkLimit(email, network)];
      await takeAttempt(db, limits[0]!);
      const { person, known } = await withSystem(db, 'sign-in', async tx => ({
        person: await findPerson(tx, email),
        known: await signedInFrom(tx, email, digestOf(network)),
      }));
      if (!known) {
        limits.push(accountLimit(email));
        await takeAttempt(db, accountLimit(email));
      }
      const giveBack = async (tx: SystemTx) => {
        for (const limit of limits) await giveBackAttempt(tx, limit);
      };
      const holds = await verify(person?.password_hash ?? (await nobody), password);
      const member = person?.member ? { ...person.member, personId: person.id } : null;
      if (!person || !holds || person.disabled_at !== null || !member) {
        if (member) noteRefusal(member);
        return fail('sign_in_refused');
      }
      if (person.totp_sealed === null && ROLES_WITH_MFA.includes(member.role)) {
        await withSystem(db, 'sign-in', giveBack);
        fail('forbidden', {
          detail: 'Your role needs an authenticator, and none is set up. Ask an owner or admin of your agency.',
        });
      }
      const rehashed = hasCost(person.password_hash, cost) ? null : await hashPassword(password, cost);
      return withSystem(db, 'sign-in', async tx => {
        if (rehashed !== null)
          await tx.updateTable('people').set({ password_hash: rehashed }).where('id', '=', person.id).execute();
        await giveBack(tx);
        if (person.totp_sealed === null) {
          await forgetFailures(tx, networkLimit(email, network));
          return startFor(tx, member, device, network);
        }
        const challenge = randomToken(32);
        const expires_at = later(txNow(tx), CHALLENGE_SECONDS);
        const kept = JSON.stringify({ ...device, email, network });
        await tx
          .insertInto('sign_in_challenges')
          .values({ hash: hashToken(challenge), person_id: person.id, device: kept, tries: 0, expires_at })
          .execute();
        return { step: 'totp' as const, challenge, expiresIn: CHALLENGE_SECONDS };
      });
    },

    async verifyTotp(challenge: string, code: string): Promise<SignedIn> {
      const opened = await withSystem(db, 'sign-in', tx => openChallenge(tx, hashToken(challenge)));
      if (!opened) fail('challenge_expired');
      const { email, network, ...device } = opened.device;
      const limits = [networkLimit(email, network), codeLimit(opened.personId)];
      for (const limit of limits) await takeAttempt(db, limit);
      const answer = await withSystem(db, 'sign-in', async tx => {
        const person = await findPerson(tx, email, true);
        if (!person?.totp_sealed || !person.member || person.disabled_at !== null) return null;
        const member = { ...person.member, personId: person.id };
        const step = await acceptedStep(open(keyring, person.totp_sealed, totpContext(person.id)), code, txNow(tx));
        if (step === null || step <= person.totp_last_step) {
          await writeRefusal(tx, member, 'code');
          return null;
        }
        await tx.updateTable('people').set({ totp_last_step: step }).where('id', '=', person.id).execute();
        const used = await tx
          .deleteFrom('sign_in_challenges')
          .where('hash', '=', hashToken(challenge))
          .returning('hash')
          .executeTakeFirst();
        if (!used) return null;
        for (const limit of limits) await forgetFailures(tx, limit);
        return startFor(tx, member, device, network);
      });
      return answer ?? fail('totp_refused');
    },

    async refresh(token: string, deviceKey: string): Promise<SignedIn> {
      const claim = readRefreshToken(token);
      if (!claim) fail('session_ended');
      const outcome = await withSystem(db, 'sign-in', async tx => {
        const result = await refreshSession(tx, deps.refreshKey.reveal(), claim, deviceKey);
        if (result.kind === 'reuse') {
          await audit.write(tx, {
            event: 'session.reuse',
            agencyId: result.agencyId,
            actorId: result.personId,
            sessionId: result.sessionId,
            subjectType: 'session',
            subjectId: result.sessionId,
          });
        }
        return result;
      });
      if (outcome.kind === 'signed-in') return outcome.answer;
      return fail(outcome.kind === 'expired' ? 'session_expired' : 'session_ended');
    },
  };
}

/** Where a sealed TOTP secret lives; moved to another person it does not open (VT-02). */
export const totpContext = (personId: string) => ({ table: 'people', field: 'totp', person: personId });

type Member = { readonly agencyId: string; readonly personId: string; readonly role: Role };

/** With the oldest membership that is alive: that is the agency a sign-in enters. */
async function findPerson(tx: SystemTx, email: string, lock = false) {
  let query = tx
    .selectFrom('people')
    .select(['id', 'password_hash', 'totp_sealed', 'totp_last_step', 'disabled_at'])
    .where('email', '=', email);
  if (lock) query = query.forUpdate();
  const person = await query.executeTakeFirst();
  if (!person) return null;
  const member = await tx
    .selectFrom('memberships')
    .select(['agency_id as agencyId', 'role'])
    .where('person_id', '=', person.id)
    .where('disabled_at', 'is', null)
    .orderBy('created_at')
    .orderBy('agency_id')
    .executeTakeFirst();
  return { ...person, member: member ?? null };
}

async function openChallenge(tx: SystemTx, hash: Buffer) {
  const row = await tx
    .updateTable('sign_in_challenges')
    .set(update => ({ tries: update('tries', '+', 1) }))
    .where('hash', '=', hash)
    .where('expires_at', '>', txNow(tx))
    .where('tries', '<', CHALLENGE_TRIES)
    .returning(['person_id', 'device'])
    .executeTakeFirst();
  return row ? { personId: row.person_id, device: row.device as Device & { email: string; network: string } } : null;
}
