import type { RefusedProof, Role } from '@astrix/contract';
import type { Services } from '../../../composition/index.ts';
import { fail } from '../../../kernel/errors.ts';
import type { Secret } from '../../../kernel/secret.ts';
import { hasCost, hashPassword, hmacSha256, randomToken } from '../../../platform/crypto/index.ts';
import { type SystemTx, withSystem } from '../../../platform/db/index.ts';
import { networkOf } from '../../../platform/http/index.ts';
import { nameOf } from '../../../platform/telemetry/index.ts';
import { type Factors, factorsOf, useTotp } from '../factors/factors.ts';
import { useRecoveryCode } from '../factors/recovery-codes.ts';
import { signedInFrom } from '../sessions/sessions.ts';
import {
  accountLimit,
  codeLimit,
  forgetFailures,
  giveBackAttempt,
  type Limit,
  networkLimit,
  takeAttempt,
} from './lock-out.ts';
import '../tables.ts';

export type ProofDeps = Pick<Services, 'db' | 'keyring' | 'audit' | 'log' | 'passwords'> & {
  readonly refreshKey: Secret<Buffer>;
};

/** A person whose password was right, in the agency that a sign-in enters. */
export type Proved = {
  readonly personId: string;
  readonly agencyId: string;
  readonly role: Role;
  readonly name: string;
  readonly email: string;
  readonly factors: Factors;
};

export type Proofs = ReturnType<typeof createProofs>;

/** What people show to sign in, counted so that nobody tries it out. Every refusal of a password looks the same from outside (AU-14). */
export function createProofs(deps: ProofDeps) {
  const { db, keyring, audit } = deps;
  const { verify, cost } = deps.passwords;
  /** Compared against when there is no such person, so that the answer takes the same work. */
  const nobody = hashPassword(randomToken(24), cost);

  /** From which network somebody came, as a keyed digest. */
  const digestOf = (network: string) => hmacSha256(deps.refreshKey.reveal(), `network\n${network}`);

  /** Who was refused is known, and who tried is not. */
  const writeRefusal = (
    tx: SystemTx,
    { agencyId, personId }: { readonly agencyId: string; readonly personId: string },
    reason: RefusedProof,
  ) =>
    audit.write(tx, {
      ...{ event: 'session.refused', agencyId, actorId: null, sessionId: null },
      ...{ subjectType: 'person', subjectId: personId, detail: { reason } },
    });

  /** Beside the answer: its time must not tell whether there is somebody whose refusal is written down (AU-14). */
  function noteRefusal(member: { readonly agencyId: string; readonly personId: string }): void {
    withSystem(db, 'sign-in', tx => writeRefusal(tx, member, 'password')).catch(error =>
      deps.log.error('a refused sign-in is not in the audit', { error: nameOf(error) }),
    );
  }

  /** Takes an attempt, and looks whether what was shown is right, in one transaction with what follows from it. */
  async function second<T>(
    person: { readonly personId: string; readonly agencyId: string; readonly email: string },
    ip: string,
    reason: Exclude<RefusedProof, 'password'>,
    holds: (tx: SystemTx) => Promise<boolean>,
    then: (tx: SystemTx) => Promise<T | null>,
  ): Promise<T> {
    const limits = [networkLimit(person.email, networkOf(ip)), codeLimit(person.personId)];
    for (const limit of limits) await takeAttempt(db, limit);
    const answer = await withSystem(db, 'sign-in', async tx => {
      if (!(await holds(tx))) {
        await writeRefusal(tx, person, reason);
        return null;
      }
      const done = await then(tx);
      if (done !== null) for (const limit of limits) await forgetFailures(tx, limit);
      return done;
    });
    return answer ?? fail(reason === 'code' ? 'totp_refused' : 'recovery_code_refused');
  }

  return {
    digestOf,

    /** Answers who has the address and the password; refuses everybody else alike. A right one is no failure. */
    async password(email: string, password: string, ip: string): Promise<Proved> {
      const network = networkOf(ip);
      const limits: Limit[] = [networkLimit(email, network)];
      await takeAttempt(db, limits[0]!);
      const { person, known } = await withSystem(db, 'sign-in', async tx => ({
        person: await findPerson(tx, email),
        known: await signedInFrom(tx, email, digestOf(network)),
      }));
      if (!known) {
        limits.push(accountLimit(email));
        await takeAttempt(db, accountLimit(email));
      }
      const stored = person?.password_hash ?? null;
      const holds = await verify(stored ?? (await nobody), password);
      const member = person?.member ? { ...person.member, personId: person.id } : null;
      if (!person || stored === null || !holds || person.disabled_at !== null || !member) {
        if (member) noteRefusal(member);
        return fail('sign_in_refused');
      }
      const rehashed = hasCost(stored, cost) ? null : await hashPassword(password, cost);
      return withSystem(db, 'sign-in', async tx => {
        if (rehashed !== null)
          await tx.updateTable('people').set({ password_hash: rehashed }).where('id', '=', person.id).execute();
        for (const limit of limits) await giveBackAttempt(tx, limit);
        return { ...member, name: person.name, email, factors: await factorsOf(tx, person.id) };
      });
    },

    /** Runs `then` in the transaction that uses up the code of an authenticator; null from it refuses like a wrong code. */
    totp: <T>(person: Counted, code: string, ip: string, then: (tx: SystemTx) => Promise<T | null>): Promise<T> =>
      second(person, ip, 'code', tx => useTotp(tx, keyring, person.personId, code), then),

    /** The same with a recovery code. */
    recoveryCode: <T>(
      person: Counted,
      code: string,
      ip: string,
      then: (tx: SystemTx) => Promise<T | null>,
    ): Promise<T> => second(person, ip, 'recovery-code', tx => useRecoveryCode(tx, person.personId, code), then),
  };
}

type Counted = { readonly personId: string; readonly agencyId: string; readonly email: string };

/** With the oldest membership that is alive: that is the agency a sign-in enters. */
export async function findPerson(tx: SystemTx, email: string) {
  const person = await tx
    .selectFrom('people')
    .select(['id', 'name', 'email', 'password_hash', 'disabled_at'])
    .where('email', '=', email)
    .executeTakeFirst();
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
