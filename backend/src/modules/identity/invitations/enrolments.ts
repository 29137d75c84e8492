import type { Services } from '../../../composition/index.ts';
import { fail } from '../../../kernel/errors.ts';
import { newId } from '../../../kernel/ids.ts';
import { hashPassword, open, randomToken, seal } from '../../../platform/crypto/index.ts';
import { type SystemTx, txNow, withSystem } from '../../../platform/db/index.ts';
import { networkOf } from '../../../platform/http/index.ts';
import { addFactor, factorsOf, useTotp } from '../factors/factors.ts';
import { newRecoveryCodes } from '../factors/recovery-codes.ts';
import { type Given, suffices } from '../factors/suffices.ts';
import { acceptedStep, newTotpSecret, otpauthUrl } from '../factors/totp.ts';
import type { Tell } from '../mails.ts';
import { type Known, passwordFault } from '../passwords/password-rules.ts';
import { completeRecovery, readRecovery } from '../recovery/recovery.ts';
import { hashToken } from '../sessions/tokens.ts';
import { codeLimit, forgetFailures, giveBackAttempt, later, networkLimit, takeAttempt } from '../sign-in/lock-out.ts';
import { activeAccount, demandOpen, invitationOf } from './invitations.ts';
import { joinAgency, unusedAccount } from './join.ts';
import '../tables.ts';

/** From the choice of a password to a confirmed factor. */
const ENROLMENT_SECONDS = 30 * 60;
const ENROLMENT_TRIES = 20;
const DEFAULT_LABEL = 'Authenticator app';

export type EnrolmentDeps = Pick<Services, 'db' | 'keyring' | 'audit' | 'passwords' | 'emit'> & { readonly tell: Tell };

export type Accepting = {
  readonly name: string;
  /** Of an account in use: its own. Null for somebody who signs in by the agency's identity provider. */
  readonly password: string | null;
  /** What was shown instead of a password. */
  readonly given?: readonly Given[];
  readonly ip: string;
};

export type Enrolment = {
  /** Proves the enrolment for 30 minutes. It opens no session. */
  readonly ticket: string;
  readonly personId: string;
  readonly agencyId: string;
  readonly email: string;
  readonly name: string;
  /**
   * What is still missing: `factor` a new authenticator or passkey · `code` a code of the account that is in use elsewhere · `nothing`: a
   * second factor may be added, and `finish` is enough.
   */
  readonly needs: 'factor' | 'code' | 'nothing';
};

export type Joined = {
  readonly personId: string;
  readonly agencyId: string;
  readonly email: string;
  /** Shown this once; null where the person keeps those that they have. */
  readonly recoveryCodes: readonly string[] | null;
};

export type Enrolments = ReturnType<typeof createEnrolments>;

/**
 * From an invitation to a membership. What a person chooses is kept beside their account and counts only when the factor is confirmed: then
 * account, factor, recovery codes and membership are written in one transaction, which holds the row of the invitation. Of two tabs or two
 * devices one is first, and the other hears `invitation_used`.
 */
export function createEnrolments({ db, keyring, audit, passwords, emit, tell }: EnrolmentDeps) {
  const contextOf = (personId: string) => ({ table: 'enrolments', field: 'totp', person: personId });
  const system = <T>(work: (tx: SystemTx) => Promise<T>) => withSystem(db, 'people', work);

  function demandPassword(password: string, known: Known): void {
    const detail = passwordFault(password, known);
    if (detail !== null) fail('password_refused', { detail });
  }

  async function begin(
    purpose: 'invitation' | 'recovery',
    row: {
      readonly agencyId: string;
      readonly subjectId: string;
      readonly personId: string;
      readonly name: string;
      readonly passwordHash: string | null;
      readonly given: readonly Given[];
    },
  ): Promise<string> {
    const ticket = `astrix-enrol-${randomToken(32)}`;
    await system(tx =>
      tx
        .insertInto('enrolments')
        .values({
          hash: hashToken(ticket),
          purpose,
          agency_id: row.agencyId,
          subject_id: row.subjectId,
          person_id: row.personId,
          name: row.name,
          password_hash: row.passwordHash,
          given: [...row.given],
          totp_sealed: null,
          tries: 0,
          expires_at: later(txNow(tx), ENROLMENT_SECONDS),
        })
        .execute(),
    );
    return ticket;
  }

  /** The enrolment behind a ticket, locked, with a try taken. */
  async function openTicket(tx: SystemTx, ticket: string) {
    const row = await tx
      .updateTable('enrolments')
      .set(eb => ({ tries: eb('tries', '+', 1) }))
      .where('hash', '=', hashToken(ticket))
      .where('expires_at', '>', txNow(tx))
      .where('tries', '<', ENROLMENT_TRIES)
      .returningAll()
      .executeTakeFirst();
    return row ?? fail('enrolment_expired');
  }
  type Row = Awaited<ReturnType<typeof openTicket>>;

  /**
   * Writes everything at once. `shown` is the factor that has just been confirmed; `add` keeps it where it is new. An account that is in use
   * with a factor of its own gets no other one on the way: whoever has only its password would come in by that (AU-10).
   */
  async function complete(
    tx: SystemTx,
    row: Row,
    shown: Given | null,
    add: (() => Promise<unknown>) | null,
  ): Promise<Joined> {
    const given = shown === null ? row.given : [...row.given, shown];
    const isOwnShown = shown !== null && add === null;
    const email =
      row.purpose === 'invitation'
        ? await joinAgency({ audit, emit }, tx, row, given, isOwnShown)
        : await recover(tx, row, given);
    await add?.();
    const recoveryCodes = add === null ? null : await newRecoveryCodes(tx, row.person_id);
    return { personId: row.person_id, agencyId: row.agency_id, email, recoveryCodes };
  }

  /** Everybody who was told of the beginning is told of the end. */
  async function recover(tx: SystemTx, row: Row, given: readonly Given[]): Promise<string> {
    const email = await completeRecovery(tx, row, given);
    await audit.write(tx, {
      event: 'recovery.complete',
      agencyId: row.agency_id,
      actorId: row.person_id,
      sessionId: null,
      subjectType: 'person',
      subjectId: row.person_id,
      detail: { given: given.join('+') },
    });
    await tell(tx, row.agency_id, [row.person_id], { kind: 'account-recovered' }, txNow(tx));
    return email;
  }

  return {
    /** Takes the new password of somebody who holds the link of a recovery that has waited long enough. */
    async recover(token: string, password: string): Promise<Enrolment> {
      const page = (await system(tx => readRecovery(tx, token))) ?? fail('recovery_invalid');
      if (page.state === 'ended') fail('recovery_invalid');
      if (page.state === 'waiting') fail('recovery_waiting');
      demandPassword(password, { email: page.email, name: page.name, agency: page.agencyName });
      const ticket = await begin('recovery', {
        agencyId: page.agencyId,
        subjectId: page.id,
        personId: page.personId,
        name: page.name,
        passwordHash: await hashPassword(password, passwords.cost),
        given: ['password'],
      });
      const { agencyId, personId, email, name } = page;
      return {
        ticket,
        personId,
        agencyId,
        email,
        name,
        needs: suffices(page.role, ['password']) ? 'nothing' : 'factor',
      };
    },

    /** Takes the choice of somebody who holds the link. Uses nothing up: the link works until a factor is confirmed. */
    async accept(token: string, { name, password, given = [], ip }: Accepting): Promise<Enrolment> {
      const invitation = (await system(tx => invitationOf(tx, token))) ?? fail('invitation_invalid');
      const { account, factors } = await system(async tx => {
        demandOpen(invitation, txNow(tx));
        const found = await activeAccount(tx, invitation.email);
        return { account: found, factors: found ? await factorsOf(tx, found.id) : null };
      });
      const shown: Given[] = [...(password === null ? [] : (['password'] as const)), ...given];
      if (shown.length === 0) fail('password_refused', { detail: 'A password is needed.' });
      let passwordHash = account?.password_hash ?? null;
      if (password !== null && account === null) {
        demandPassword(password, { email: invitation.email, name, agency: invitation.agency_name });
        passwordHash = await hashPassword(password, passwords.cost);
      } else if (password !== null) {
        const limit = networkLimit(invitation.email, networkOf(ip));
        await takeAttempt(db, limit);
        if (passwordHash === null || !(await passwords.verify(passwordHash, password))) fail('sign_in_refused');
        await system(tx => giveBackAttempt(tx, limit));
      }
      const hasFactor = factors !== null && factors.totp + factors.passkeys > 0;
      const personId = account?.id ?? (await system(tx => unusedAccount(tx, invitation.email))) ?? newId();
      const ticket = await begin('invitation', {
        agencyId: invitation.agency_id,
        subjectId: invitation.id,
        personId,
        name: account?.name ?? name,
        passwordHash,
        given: shown,
      });
      const isEnough = suffices(invitation.role, shown);
      return {
        ticket,
        personId,
        agencyId: invitation.agency_id,
        email: invitation.email,
        name: account?.name ?? name,
        needs: hasFactor ? 'code' : isEnough ? 'nothing' : 'factor',
      };
    },

    /** A new secret for an authenticator app. Asking again gives another one, and the last one counts. */
    beginTotp: (ticket: string): Promise<{ readonly secret: string; readonly otpauthUrl: string }> =>
      system(async tx => {
        const row = await openTicket(tx, ticket);
        const secret = newTotpSecret();
        await tx
          .updateTable('enrolments')
          .set({ totp_sealed: seal(keyring, secret, contextOf(row.person_id)) })
          .where('hash', '=', row.hash)
          .execute();
        const agency = await tx
          .selectFrom('agencies')
          .select('name')
          .where('agency_id', '=', row.agency_id)
          .executeTakeFirstOrThrow();
        return { secret, otpauthUrl: otpauthUrl(secret, agency.name, await emailOf(tx, row)) };
      }),

    /** The first right code of the new authenticator: from here on the person is a member. */
    async confirmTotp(ticket: string, code: string): Promise<Joined> {
      const joined = await system(async tx => {
        const row = await openTicket(tx, ticket);
        if (row.totp_sealed === null) return null;
        const secret = open(keyring, row.totp_sealed, contextOf(row.person_id));
        const lastStep = await acceptedStep(secret, code, txNow(tx));
        if (lastStep === null) return null;
        const factor = {
          personId: row.person_id,
          kind: 'totp',
          label: DEFAULT_LABEL,
          secret,
          keyring,
          lastStep,
        } as const;
        return complete(tx, row, 'totp', () => addFactor(tx, factor));
      });
      return joined ?? fail('totp_refused');
    },

    /** A code of the account that the person has: the membership is added to it. */
    async confirmExisting(ticket: string, code: string, ip: string): Promise<Joined> {
      const row = await system(tx => openTicket(tx, ticket));
      const email = await system(tx => emailOf(tx, row));
      const limits = [networkLimit(email, networkOf(ip)), codeLimit(row.person_id)];
      for (const limit of limits) await takeAttempt(db, limit);
      const joined = await system(async tx => {
        if (!(await useTotp(tx, keyring, row.person_id, code))) return null;
        for (const limit of limits) await forgetFailures(tx, limit);
        return complete(tx, row, 'totp', null);
      });
      return joined ?? fail('totp_refused');
    },

    /** Joins by a passkey that has just been registered. The caller keeps its key under the factor's id in the same transaction. */
    async finishWithPasskey(
      tx: SystemTx,
      ticket: string,
      label: string,
    ): Promise<Joined & { readonly factorId: string }> {
      const row = await openTicket(tx, ticket);
      let factorId = '';
      const joined = await complete(tx, row, 'passkey', async () => {
        factorId = await addFactor(tx, { personId: row.person_id, kind: 'passkey', label });
      });
      return { ...joined, factorId };
    },

    /** The same by a passkey that the account has and the caller has just verified. */
    finishByOwnPasskey: async (tx: SystemTx, ticket: string): Promise<Joined> =>
      complete(tx, await openTicket(tx, ticket), 'passkey', null),

    /** Joins without a second factor, where the role needs none. */
    finish: (ticket: string): Promise<Joined> =>
      system(async tx => complete(tx, await openTicket(tx, ticket), null, null)),
  };
}

/** The address of somebody who is not there yet stands in the invitation alone. */
async function emailOf(
  tx: SystemTx,
  row: { readonly agency_id: string; readonly subject_id: string; readonly person_id: string },
): Promise<string> {
  const invitation = await tx
    .selectFrom('invitations')
    .select('email')
    .where('agency_id', '=', row.agency_id)
    .where('id', '=', row.subject_id)
    .executeTakeFirst();
  const person =
    invitation ?? (await tx.selectFrom('people').select('email').where('id', '=', row.person_id).executeTakeFirst());
  return person?.email ?? fail('enrolment_expired');
}
