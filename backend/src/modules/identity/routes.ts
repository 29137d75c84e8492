import { permissionsOf, roleMay } from '@astrix/contract';
import type { HandlersOf } from '../../composition/index.ts';
import { fail } from '../../kernel/errors.ts';
import type { Accounts } from './accounts.ts';
import type { DemoPeople } from './demo.ts';
import { cancelOpen } from './recovery/recovery.ts';
import { endSession } from './sessions/sessions.ts';

export function identityHandlers(
  { signIn, stepUp, ownSecurity }: Accounts,
  demoPeople: (() => Promise<DemoPeople>) | null,
): HandlersOf<'identity'> {
  return {
    'identity.sign-in': ctx => signIn.signIn(ctx.body.email, ctx.body.password, ctx.body.device, ctx.ip),
    'identity.verify-totp': ctx => signIn.verifyTotp(ctx.body.challenge, ctx.body.code),
    'identity.use-recovery-code': ctx => signIn.useRecoveryCode(ctx.body.challenge, ctx.body.code),
    'identity.refresh': ctx => signIn.refresh(ctx.body.refreshToken, ctx.body.deviceKey),

    async 'identity.step-up'({ actor, body, ip, across }) {
      await stepUp.prove(actor, body, ip);
      await across('people', (_, audit) => audit({ subjectType: 'session', subjectId: actor.sessionId }));
      return null;
    },

    'identity.security': ({ actor, across }) => across('people', tx => ownSecurity.read(tx, actor)),

    async 'identity.change-password'({ actor, body, across }) {
      await ownSecurity.changePassword(actor, body.current, body.next);
      await across('people', (_, audit) => audit({ subjectType: 'person', subjectId: actor.personId }));
      return null;
    },

    'identity.begin-totp': ({ actor, across }) =>
      across('people', async (tx, audit) => {
        await audit({ subjectType: 'person', subjectId: actor.personId });
        return ownSecurity.beginTotp(tx, actor);
      }),

    'identity.confirm-totp': ({ actor, body, across }) =>
      across('people', async (tx, audit) => {
        const added = await ownSecurity.confirmTotp(tx, actor, body);
        await audit({ subjectType: 'factor', subjectId: added.factorId, detail: { kind: 'totp' } });
        return added;
      }),

    'identity.remove-factor': ({ actor, params, across }) =>
      across('people', async (tx, audit) => {
        await ownSecurity.removeFactor(tx, actor, params.factorId);
        await audit({ subjectType: 'factor', subjectId: params.factorId });
        return null;
      }),

    'identity.renew-recovery-codes': ({ actor, across }) =>
      across('people', async (tx, audit) => {
        await audit({ subjectType: 'person', subjectId: actor.personId });
        return { recoveryCodes: await ownSecurity.renewRecoveryCodes(tx, actor) };
      }),

    'identity.cancel-own-recovery': ({ actor, across }) =>
      across('people', async (tx, audit) => {
        if (!(await cancelOpen(tx, actor, actor.personId))) fail('not_found');
        await audit({ subjectType: 'person', subjectId: actor.personId });
        return null;
      }),

    async 'identity.sign-out'({ tx, actor, audit }) {
      await endSession(tx, actor.agencyId, actor.sessionId, 'signed-out');
      await audit({ subjectType: 'session', subjectId: actor.sessionId });
      return null;
    },

    async 'identity.me'({ tx, actor }) {
      const agency = await tx
        .selectFrom('agencies')
        .select(['agency_id', 'name'])
        .where('agency_id', '=', actor.agencyId)
        .executeTakeFirstOrThrow();
      const person = await tx
        .selectFrom('memberships')
        .select('name')
        .where('agency_id', '=', actor.agencyId)
        .where('person_id', '=', actor.personId)
        .executeTakeFirstOrThrow();
      return {
        person: { id: actor.personId, name: person.name, role: actor.role },
        agency: { id: agency.agency_id, name: agency.name },
        permissions: permissionsOf(actor.role),
        sessionId: actor.sessionId,
      };
    },

    async 'identity.list-sessions'({ tx, actor, clock, query }) {
      if (query.all && !roleMay(actor.role, 'session.any')) fail('forbidden');
      const now = clock.now();
      let live = tx
        .selectFrom('sessions as s')
        .innerJoin('memberships as m', join =>
          join.onRef('m.agency_id', '=', 's.agency_id').onRef('m.person_id', '=', 's.person_id'),
        )
        .select(['s.id', 's.person_id', 'm.name', 's.device_name', 's.platform', 's.created_at', 's.last_seen_at'])
        .where('s.agency_id', '=', actor.agencyId)
        .where('s.ended_at', 'is', null)
        .where('s.ends_at', '>', now)
        .where('s.idle_until', '>', now)
        .orderBy('s.last_seen_at', 'desc')
        .orderBy('s.id')
        .limit(500);
      if (!query.all) live = live.where('s.person_id', '=', actor.personId);
      const rows = await live.execute();
      return {
        sessions: rows.map(row => ({
          id: row.id,
          personId: row.person_id,
          personName: row.name,
          deviceName: row.device_name,
          platform: row.platform,
          createdAt: row.created_at.toISOString(),
          lastSeenAt: row.last_seen_at.toISOString(),
          current: row.id === actor.sessionId,
        })),
      };
    },

    async 'identity.end-session'({ tx, actor, params, audit }) {
      const session = await tx
        .selectFrom('sessions')
        .select('person_id')
        .where('agency_id', '=', actor.agencyId)
        .where('id', '=', params.sessionId)
        .executeTakeFirst();
      const allowed =
        session !== undefined && (session.person_id === actor.personId || roleMay(actor.role, 'session.any'));
      if (!allowed) fail('not_found');
      const ended = await endSession(tx, actor.agencyId, params.sessionId, 'revoked');
      await audit({ subjectType: 'session', subjectId: params.sessionId, detail: { ended } });
      return null;
    },

    'identity.demo-people': async () => ({ people: demoPeople ? await demoPeople() : fail('not_found') }),
  };
}
