import { type OwnSecurity, RefusedProof, ROLES_WITH_MFA } from '@astrix/contract';
import { z } from 'zod';
import type { Services } from '../../../composition/index.ts';
import { fail } from '../../../kernel/errors.ts';
import { auditedAbout } from '../../../platform/audit/index.ts';
import { hashPassword, open, seal } from '../../../platform/crypto/index.ts';
import { type Actor, type SystemTx, txNow, withSystem } from '../../../platform/db/index.ts';
import type { Notice, Tell } from '../mails.ts';
import { passwordFault } from '../passwords/password-rules.ts';
import { endSessionsOf } from '../sessions/sessions.ts';
import { addFactor, factorsOf, removeFactor } from './factors.ts';
import { newRecoveryCodes } from './recovery-codes.ts';
import { acceptedStep, newTotpSecret, otpauthUrl } from './totp.ts';
import '../tables.ts';

export type OwnSecurityDeps = Pick<Services, 'db' | 'keyring' | 'passwords'> & { readonly tell: Tell };

/** Whose proofs change, and in which session. */
type Oneself = Pick<Actor, 'agencyId' | 'personId' | 'sessionId'>;

/** How long a new authenticator may wait for its first code. */
const SETUP_SECONDS = 15 * 60;
const HISTORY = 50;
/** What the audit keeps of an attempt that was refused (proofs.ts). */
const Refusal = z.object({ reason: RefusedProof });

/** What people change of their own proofs. Every change ends their other sessions (AU-11) and is told by mail (AU-04). */
export function createOwnSecurity({ db, keyring, passwords, tell }: OwnSecurityDeps) {
  const contextOf = (actor: Actor) => ({ table: 'sessions', field: 'totp-setup', session: actor.sessionId });

  async function changed(tx: SystemTx, actor: Oneself, notice: Notice): Promise<void> {
    await endSessionsOf(tx, actor.personId, 'factor', { keep: actor.sessionId });
    await tell(tx, actor.agencyId, [actor.personId], notice, txNow(tx));
  }

  const personOf = (tx: SystemTx, actor: Actor) =>
    tx
      .selectFrom('people as p')
      .innerJoin('agencies as a', join => join.on('a.agency_id', '=', actor.agencyId))
      .select(['p.email', 'p.name', 'p.password_hash', 'a.name as agency'])
      .where('p.id', '=', actor.personId)
      .executeTakeFirstOrThrow();

  return {
    /** Factors, recovery codes left, and the last sign-ins and refusals with place and device. */
    async read(tx: SystemTx, actor: Actor): Promise<OwnSecurity> {
      const { password_hash } = await personOf(tx, actor);
      const factors = await tx
        .selectFrom('factors')
        .select(['id', 'kind', 'label', 'created_at', 'last_used_at'])
        .where('person_id', '=', actor.personId)
        .orderBy('created_at')
        .orderBy('id')
        .execute();
      const sessions = await tx
        .selectFrom('sessions')
        .select(['id', 'device_name', 'platform', 'network', 'given', 'created_at', 'ended_at', 'end_reason'])
        .where('agency_id', '=', actor.agencyId)
        .where('person_id', '=', actor.personId)
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(HISTORY)
        .execute();
      const recovery = await tx
        .selectFrom('recoveries')
        .select(['id', 'ready_at', 'started_by'])
        .where('agency_id', '=', actor.agencyId)
        .where('person_id', '=', actor.personId)
        .where('completed_at', 'is', null)
        .where('cancelled_at', 'is', null)
        .executeTakeFirst();
      const refusals = await auditedAbout(tx, {
        agencyId: actor.agencyId,
        event: 'session.refused',
        subjectId: actor.personId,
        limit: HISTORY,
      });
      return {
        hasPassword: password_hash !== null,
        needsFactor: ROLES_WITH_MFA.includes(actor.role),
        factors: factors.map(row => ({
          id: row.id,
          kind: row.kind,
          label: row.label,
          createdAt: row.created_at.toISOString(),
          lastUsedAt: row.last_used_at?.toISOString() ?? null,
        })),
        recoveryCodes: (await factorsOf(tx, actor.personId)).recoveryCodes,
        signIns: sessions.map(row => ({
          sessionId: row.id,
          at: row.created_at.toISOString(),
          deviceName: row.device_name,
          platform: row.platform,
          network: row.network,
          given: row.given,
          endedAt: row.ended_at?.toISOString() ?? null,
          endReason: row.end_reason,
        })),
        refusals: refusals.map(({ at, detail }) => ({ at: at.toISOString(), reason: Refusal.parse(detail).reason })),
        recovery: recovery
          ? { id: recovery.id, readyAt: recovery.ready_at.toISOString(), startedBy: recovery.started_by }
          : null,
      };
    },

    /** Sets another password; the one of now is asked for, where there is one. */
    async changePassword(actor: Actor, current: string | null, next: string): Promise<void> {
      const person = await withSystem(db, 'people', tx => personOf(tx, actor));
      if (person.password_hash !== null && !(await passwords.verify(person.password_hash, current ?? '')))
        fail('sign_in_refused', { detail: 'Your current password is not right.' });
      const detail = passwordFault(next, person);
      if (detail !== null) fail('password_refused', { detail });
      if (current === next) fail('password_refused', { detail: 'This is the password that you have.' });
      const password_hash = await hashPassword(next, passwords.cost);
      await withSystem(db, 'people', async tx => {
        await tx.updateTable('people').set({ password_hash }).where('id', '=', actor.personId).execute();
        await changed(tx, actor, { kind: 'password-changed' });
      });
    },

    /**
     * A secret for another authenticator, and the sealed form of it, which the caller shows again with the first code: nothing is kept before
     * it is confirmed. The sealed form opens in this session alone, for 15 minutes.
     */
    async beginTotp(tx: SystemTx, actor: Actor): Promise<{ secret: string; otpauthUrl: string; setup: string }> {
      const { email, agency } = await personOf(tx, actor);
      const secret = newTotpSecret();
      const until = txNow(tx).getTime() + SETUP_SECONDS * 1000;
      return {
        secret,
        otpauthUrl: otpauthUrl(secret, agency, email),
        setup: seal(keyring, `${until} ${secret}`, contextOf(actor)),
      };
    },

    /** Keeps the authenticator after its first right code. The first factor of a person comes with recovery codes. */
    async confirmTotp(
      tx: SystemTx,
      actor: Actor,
      { setup, code, label }: { readonly setup: string; readonly code: string; readonly label: string },
    ): Promise<{ factorId: string; recoveryCodes: string[] | null }> {
      const [until = '0', secret = ''] = opened(setup, contextOf(actor)).split(' ');
      if (Number(until) <= txNow(tx).getTime()) fail('enrolment_expired');
      const lastStep = await acceptedStep(secret, code, txNow(tx));
      if (lastStep === null) fail('totp_refused');
      const had = await factorsOf(tx, actor.personId);
      const factorId = await addFactor(tx, {
        personId: actor.personId,
        kind: 'totp',
        label,
        secret,
        keyring,
        lastStep,
      });
      const recoveryCodes = had.recoveryCodes === 0 ? await newRecoveryCodes(tx, actor.personId) : null;
      await changed(tx, actor, { kind: 'factor-added', label });
      return { factorId, recoveryCodes };
    },

    /** Keeps a passkey that the caller has verified, and whose key it keeps under the id that is returned. */
    async addPasskey(
      tx: SystemTx,
      actor: Oneself,
      label: string,
    ): Promise<{ factorId: string; recoveryCodes: string[] | null }> {
      const had = await factorsOf(tx, actor.personId);
      const factorId = await addFactor(tx, { personId: actor.personId, kind: 'passkey', label });
      const recoveryCodes = had.recoveryCodes === 0 ? await newRecoveryCodes(tx, actor.personId) : null;
      await changed(tx, actor, { kind: 'factor-added', label });
      return { factorId, recoveryCodes };
    },

    /** Takes a factor away; the last one of somebody whose role needs one stays (AU-10). */
    async removeFactor(tx: SystemTx, actor: Actor, factorId: string): Promise<void> {
      const factor = await tx
        .selectFrom('factors')
        .select('label')
        .where('id', '=', factorId)
        .where('person_id', '=', actor.personId)
        .forUpdate()
        .executeTakeFirst();
      if (!factor) fail('not_found');
      const { totp, passkeys } = await factorsOf(tx, actor.personId);
      if (totp + passkeys === 1 && ROLES_WITH_MFA.includes(actor.role)) fail('factor_needed');
      await removeFactor(tx, actor.personId, factorId);
      await changed(tx, actor, { kind: 'factor-removed', label: factor.label });
    },

    /** Ten new recovery codes in place of those that are left. */
    async renewRecoveryCodes(tx: SystemTx, actor: Actor): Promise<string[]> {
      const { totp, passkeys } = await factorsOf(tx, actor.personId);
      if (totp + passkeys === 0) fail('factor_needed', { detail: 'Set up an authenticator or a passkey first.' });
      const codes = await newRecoveryCodes(tx, actor.personId);
      await changed(tx, actor, { kind: 'recovery-codes-renewed' });
      return codes;
    },
  };

  function opened(setup: string, context: ReturnType<typeof contextOf>): string {
    try {
      return open(keyring, setup, context);
    } catch {
      return fail('enrolment_expired');
    }
  }
}
