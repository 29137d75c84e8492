import type { Routes } from '@astrix/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { createKit, type Kit, type Person } from '../../../../test/kit/index.ts';
import { kitModule } from '../../../../test/kit/module.ts';
import { PASSWORD } from '../../../../test/world.ts';
import { withSystem } from '../../../platform/db/index.ts';
import { type Accounts, createAccounts } from '../accounts.ts';
import { currentCode } from '../factors/totp.ts';
import { readInvitation } from './invitations.ts';

let kit: Kit;
let owner: Person;
let accounts: Accounts;
beforeAll(async () => {
  const module = kitModule();
  kit = await createKit({}, { extra: module.extra });
  accounts = createAccounts(module.services());
});
beforeEach(async () => {
  // A day later the quota of the agency is free again.
  kit.world.clock.advance(86_401);
  owner = await kit.as('owner');
});
afterAll(() => kit.close());

type Body = z.input<Routes['people.invite']['body']>;
const HOUR = 3600;
const IP = '203.0.113.9';
const CHOSEN = 'mango tuesday lantern';
const clientId = (n: 0 | 1 | 2) => kit.world.agencies[0].clients[n].id;
let nth = 0;
const newEmail = () => `joiner-${++nth}@agency.example`;

const inviteTo = (by: Person, change: object = {}) =>
  by.call('people.invite', {
    body: { email: newEmail(), role: 'agent', clientIds: [clientId(0)], teamIds: [], ...change },
  });
const tokenOf = ({ link }: { link: string | null }) => link!.split('/').at(-1)!;
const accept = (token: string, name = 'Asha Rao', password = CHOSEN) =>
  accounts.enrolments.accept(token, { name, password, ip: IP });
const codeOf = async (secret: string) => (await currentCode(secret, kit.world.clock.now())).code;
/** From the link to a member, as the page of an invitation does it. */
async function join(token: string, name?: string) {
  const { ticket } = await accept(token, name);
  const { secret } = await accounts.enrolments.beginTotp(ticket);
  return { secret, ...(await accounts.enrolments.confirmTotp(ticket, await codeOf(secret))) };
}
const pageOf = (token: string) => withSystem(kit.world.db, 'people', tx => readInvitation(tx, token));
const membersNamed = (email: string) =>
  withSystem(kit.world.db, 'telemetry', tx =>
    tx
      .selectFrom('people as p')
      .leftJoin('memberships as m', 'm.person_id', 'p.id')
      .select(['p.id', 'p.name', 'm.role', 'm.agency_id'])
      .where('p.email', '=', email)
      .execute(),
  );
const signIn = (email: string, password: string) =>
  kit.world.inject({
    method: 'POST',
    url: '/v1/auth/sign-in',
    payload: { email, password, device: { name: 'x', platform: 'linux', key: 'A'.repeat(43) } },
  });
const refusal = async (work: Promise<unknown>) => {
  try {
    await work;
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'none';
};

describe('AU-15: an invitation', () => {
  test('leads to a member in its role, on its clients, who signs in with the new password and authenticator', async () => {
    const { invitation, link } = await inviteTo(owner);
    expect(invitation).toMatchObject({ role: 'agent', state: 'open', isUnclaimed: false, invitedBy: owner.id });
    const { secret, recoveryCodes, email } = await join(tokenOf({ link }));
    expect(email).toBe(invitation.email);
    expect(new Set(recoveryCodes)).toHaveLength(10);
    for (const code of recoveryCodes!) expect(code).toMatch(/^(?:[0-9a-hjkmnp-tv-z]{4}-){3}[0-9a-hjkmnp-tv-z]{4}$/);

    const first = (await signIn(email, CHOSEN)).json();
    expect(first.step).toBe('totp');
    kit.world.clock.advance(30);
    const code = await codeOf(secret);
    const session = await kit.world.inject({
      method: 'POST',
      url: '/v1/auth/totp',
      payload: { challenge: first.challenge, code },
    });
    const authorization = `Bearer ${session.json().accessToken}`;
    const me = (await kit.world.inject({ url: '/v1/me', headers: { authorization } })).json();
    expect(me).toMatchObject({ person: { name: 'Asha Rao', role: 'agent' }, agency: { name: 'Agency 1' } });
    const { clients } = (await kit.world.inject({ url: '/v1/clients', headers: { authorization } })).json();
    expect(clients.map(({ id }: { id: string }) => id)).toEqual([clientId(0)]);
    const { invitations } = await owner
      .call('people.list-invitations')
      .catch(async () => (await kit.as('owner')).call('people.list-invitations'));
    expect(invitations.find(({ id }) => id === invitation.id)).toMatchObject({ state: 'accepted' });
  });

  test('is kept as a digest, and its link holds 256 random bits', async () => {
    const token = tokenOf(await inviteTo(owner));
    expect(Buffer.from(token.replace('astrix-invite-', ''), 'base64url')).toHaveLength(32);
    const rows = await withSystem(kit.world.db, 'telemetry', tx => tx.selectFrom('invitations').selectAll().execute());
    expect(JSON.stringify(rows)).not.toContain(token.slice(-20));
  });

  test('makes nobody a member before the factor is confirmed, and a wrong code confirms nothing', async () => {
    const { invitation, link } = await inviteTo(owner);
    const { ticket } = await accept(tokenOf({ link }));
    expect(await membersNamed(invitation.email)).toEqual([]);
    expect(await refusal(accounts.enrolments.confirmTotp(ticket, '000000'))).toBe('totp_refused');
    const { secret, otpauthUrl } = await accounts.enrolments.beginTotp(ticket);
    expect(otpauthUrl).toContain(secret);
    expect(otpauthUrl).toContain(encodeURIComponent(invitation.email));
    const wrong = (await codeOf(secret)) === '000000' ? '111111' : '000000';
    expect(await refusal(accounts.enrolments.confirmTotp(ticket, wrong))).toBe('totp_refused');
    expect(await membersNamed(invitation.email)).toEqual([]);
    expect((await signIn(invitation.email, CHOSEN)).json().code).toBe('sign_in_refused');
    expect(await refusal(accounts.enrolments.finish(ticket))).toBe('factor_needed');
  });

  test('works once: whoever opens it again hears that it was used', async () => {
    const { link } = await inviteTo(owner);
    const token = tokenOf({ link });
    await join(token);
    expect(await refusal(accept(token))).toBe('invitation_used');
    expect((await pageOf(token))?.state).toBe('accepted');
  });

  test('in two tabs, or on two devices at once: one joins, the other hears that it was used, and there is one account', async () => {
    const { invitation, link } = await inviteTo(owner);
    const begun = await Promise.all(
      ['Asha Rao', 'Asha R.'].map(async name => {
        const { ticket } = await accept(tokenOf({ link }), name);
        const { secret } = await accounts.enrolments.beginTotp(ticket);
        return { ticket, code: await codeOf(secret) };
      }),
    );
    const outcomes = await Promise.all(
      begun.map(({ ticket, code }) => refusal(accounts.enrolments.confirmTotp(ticket, code))),
    );
    expect(outcomes.filter(outcome => outcome === 'none')).toHaveLength(1);
    expect(outcomes.filter(outcome => ['invitation_used', 'enrolment_expired'].includes(outcome))).toHaveLength(1);
    expect(await membersNamed(invitation.email)).toHaveLength(1);
  });

  test.each([
    [72 * HOUR - 60, 'none'],
    [72 * HOUR, 'invitation_expired'],
  ])('after %i seconds: %s', async (seconds, outcome) => {
    const { link } = await inviteTo(owner);
    kit.world.clock.advance(seconds);
    expect(await refusal(accept(tokenOf({ link })))).toBe(outcome);
  });

  test('expires for somebody who was half-way through as well', async () => {
    const { link } = await inviteTo(owner);
    kit.world.clock.advance(72 * HOUR - 60);
    const { ticket } = await accept(tokenOf({ link }));
    const { secret } = await accounts.enrolments.beginTotp(ticket);
    kit.world.clock.advance(60);
    expect(await refusal(accounts.enrolments.confirmTotp(ticket, await codeOf(secret)))).toBe('invitation_expired');
  });

  test('a changed link is an invitation that never was, whatever was changed', async () => {
    const token = tokenOf(await inviteTo(owner));
    const changed = [
      token.replace(/.$/, letter => (letter === 'A' ? 'B' : 'A')),
      `${token}?role=admin`,
      token.toUpperCase(),
      token.slice(0, -1),
      '',
      'astrix-invite-',
    ];
    for (const one of changed) {
      expect(await pageOf(one), one).toBeNull();
      expect(await refusal(accept(one)), one).toBe('invitation_invalid');
    }
  });

  test('role and address stand in the invitation: what a request says besides is refused or not looked at', async () => {
    const { invitation, link } = await inviteTo(owner);
    const choice = { name: 'Asha Rao', password: CHOSEN, ip: IP, role: 'owner', email: 'other@agency.example' };
    const { ticket } = await accounts.enrolments.accept(tokenOf({ link }), choice);
    const { secret } = await accounts.enrolments.beginTotp(ticket);
    await accounts.enrolments.confirmTotp(ticket, await codeOf(secret));
    expect(await membersNamed('other@agency.example')).toEqual([]);
    expect(await membersNamed(invitation.email)).toMatchObject([{ role: 'agent' }]);
    const forged = await owner.send('people.invite', {
      body: {
        email: newEmail(),
        role: 'agent',
        clientIds: [],
        teamIds: [],
        agencyId: kit.world.agencies[1].id,
      } as never,
    });
    expect(forged.statusCode).toBe(400);
  });

  test('asks for a safe password, and says what is wrong with another one', async () => {
    const { link } = await inviteTo(owner);
    for (const password of ['short', 'password1234', 'x'.repeat(257)])
      expect(await refusal(accept(tokenOf({ link }), 'Asha Rao', password))).toBe('password_refused');
    expect(await refusal(accept(tokenOf({ link }), 'Asha Rao', 'asha rao 12345'))).toBe('password_refused');
  });
});

describe('AU-15: whoever invites', () => {
  test('sends again: the old link is dead, the new one has 72 hours of its own', async () => {
    const first = await inviteTo(owner);
    kit.world.clock.advance(240);
    const again = await owner.call('people.resend-invitation', { params: { invitationId: first.invitation.id } });
    expect(again.link).not.toBe(first.link);
    expect(await refusal(accept(tokenOf(first)))).toBe('invitation_invalid');
    expect(await refusal(accept(tokenOf(again)))).toBe('none');
    expect(Date.parse(again.invitation.validUntil) - Date.parse(first.invitation.validUntil)).toBe(240_000);
  });

  test('revokes: the link is dead, also for somebody who was half-way through', async () => {
    const { invitation, link } = await inviteTo(owner);
    const { ticket } = await accept(tokenOf({ link }));
    const { secret } = await accounts.enrolments.beginTotp(ticket);
    await owner.call('people.revoke-invitation', { params: { invitationId: invitation.id } });
    expect(await refusal(accounts.enrolments.confirmTotp(ticket, await codeOf(secret)))).toBe('enrolment_expired');
    expect(await refusal(accept(tokenOf({ link })))).toBe('invitation_revoked');
    expect(await membersNamed(invitation.email)).toEqual([]);
    await owner.call('people.revoke-invitation', { params: { invitationId: invitation.id } });
    expect((await owner.refused('people.resend-invitation', { params: { invitationId: invitation.id } })).code).toBe(
      'invitation_revoked',
    );
  });

  test('is told of an open invitation, of a member, and of an address that looks like one', async () => {
    const { invitation } = await inviteTo(owner);
    const body = { email: invitation.email, role: 'agent', clientIds: [], teamIds: [] } satisfies Body;
    expect((await owner.refused('people.invite', { body })).code).toBe('already_invited');
    const member = { ...body, email: kit.world.agencies[0].people.agent.email.toUpperCase() };
    expect((await owner.refused('people.invite', { body: member })).code).toBe('already_member');
    const { warnings } = await owner.call('people.invite', { body: { ...body, email: 'agent@agencyl.example' } });
    expect(warnings).toEqual([expect.stringContaining('agent@agency1.example')]);
    expect((await owner.refused('people.invite', { body: { ...body, email: 'a\u202e@agency.example' } })).code).toBe(
      'invalid_request',
    );
  });

  test('may invite after the last one has expired', async () => {
    const { invitation } = await inviteTo(owner);
    kit.world.clock.advance(72 * HOUR);
    const again = await inviteTo(await kit.as('owner'), { email: invitation.email });
    expect(again.invitation.state).toBe('open');
  });

  test.each([
    ['owner', ['admin', 'manager', 'agent', 'analyst', 'client']],
    ['admin', ['manager', 'agent', 'analyst', 'client']],
    ['manager', ['client']],
    ['agent', []],
    ['analyst', []],
    ['client', []],
  ] as const)('AZ-04: %s invites to %j and to nothing above', async (role, allowed) => {
    const by = await kit.as(role);
    for (const to of ['admin', 'manager', 'agent', 'analyst', 'client'] as const) {
      const body = { email: newEmail(), role: to, clientIds: [clientId(0)], teamIds: [] };
      const may = allowed.some(one => one === to);
      expect((await by.send('people.invite', { body })).statusCode, to).toBe(may ? 201 : 403);
    }
    const body = { email: newEmail(), role: 'owner' as never, clientIds: [], teamIds: [] };
    expect((await by.send('people.invite', { body })).statusCode).toBe(allowed.length > 0 ? 400 : 403);
  });

  test('A11: a manager invites the staff of their own clients, and sees only what they sent', async () => {
    const manager = await kit.as('manager');
    const body = { email: newEmail(), role: 'client', clientIds: [clientId(0)], teamIds: [] } satisfies Body;
    const { invitation } = await manager.call('people.invite', { body });
    const { invitations } = await manager.call('people.list-invitations');
    expect(invitations.map(({ id }) => id)).toContain(invitation.id);
    expect(new Set(invitations.map(({ invitedBy }) => invitedBy))).toEqual(new Set([manager.id]));
    for (const clientIds of [[clientId(2)], [kit.world.agencies[1].clients[0].id]])
      expect((await manager.refused('people.invite', { body: { ...body, email: newEmail(), clientIds } })).code).toBe(
        'not_found',
      );
    expect((await manager.refused('people.invite', { body: { ...body, email: newEmail(), clientIds: [] } })).code).toBe(
      'invalid_request',
    );
    owner = await kit.as('owner');
    const other = await inviteTo(owner, { role: 'client' });
    const params = { invitationId: other.invitation.id };
    expect((await manager.refused('people.revoke-invitation', { params })).code).toBe('not_found');
    expect((await manager.refused('people.resend-invitation', { params })).code).toBe('not_found');
  });

  test('AZ-10: 500 at once: the quota of the agency holds exactly, the rest hear when to come back, another agency is not touched', async () => {
    const tokens = await Promise.all(['owner', 'admin'].map(async role => (await kit.as(role as 'owner')).token));
    const replies = await Promise.all(
      Array.from({ length: 500 }, (_, n) =>
        kit.world.inject({
          method: 'POST',
          url: '/v1/invitations',
          headers: { authorization: `Bearer ${tokens[n % 2]}` },
          payload: { email: newEmail(), role: 'agent', clientIds: [], teamIds: [] },
        }),
      ),
    );
    const statuses = Map.groupBy(replies, reply => reply.statusCode);
    expect([...statuses.keys()].sort()).toEqual([201, 429]);
    // Each session may send 60 a minute; the agency 200 a day.
    expect(statuses.get(201)).toHaveLength(120);
    for (const reply of statuses.get(429)!) expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
    for (let minute = 0; minute < 4; minute++) {
      kit.world.clock.advance(60);
      for (const token of tokens)
        for (let n = 0; n < 12; n++)
          await kit.world.inject({
            method: 'POST',
            url: '/v1/invitations',
            headers: { authorization: `Bearer ${token}` },
            payload: { email: newEmail(), role: 'agent', clientIds: [], teamIds: [] },
          });
    }
    const { count } = await withSystem(kit.world.db, 'telemetry', tx =>
      tx
        .selectFrom('invitations')
        .select(eb => eb.fn.countAll().as('count'))
        .where('agency_id', '=', kit.world.agencies[0].id)
        .where('sent_at', '>', new Date(kit.world.clock.now().getTime() - 80_000_000))
        .executeTakeFirstOrThrow(),
    );
    expect(Number(count)).toBe(200);
    const other = await kit.as('owner', { agency: 1 });
    const body = { email: newEmail(), role: 'agent', clientIds: [], teamIds: [] } satisfies Body;
    expect((await other.send('people.invite', { body })).statusCode).toBe(201);
  });

  test('AU-12: needs a proof of the last five minutes, and a code of the authenticator is one', async () => {
    kit.world.clock.advance(301);
    const body = { email: newEmail(), role: 'agent', clientIds: [], teamIds: [] } satisfies Body;
    expect((await owner.refused('people.invite', { body })).code).toBe('step_up_needed');
    expect((await owner.refused('identity.step-up', { body: { password: PASSWORD } })).code).toBe('totp_refused');
    const { code } = await currentCode('JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', kit.world.clock.now());
    await owner.call('identity.step-up', { body: { code } });
    expect((await owner.send('people.invite', { body })).statusCode).toBe(201);
    expect((await owner.refused('identity.step-up', { body: { code } })).code).toBe('totp_refused');
  });

  test('AU-09: what nobody has accepted after 24 hours is pointed out', async () => {
    const { invitation } = await inviteTo(owner);
    kit.world.clock.advance(24 * HOUR);
    const { invitations } = await (await kit.as('owner')).call('people.list-invitations');
    expect(invitations.find(({ id }) => id === invitation.id)).toMatchObject({ state: 'open', isUnclaimed: true });
  });
});

describe('AU-15: an address that has an account', () => {
  test('in another agency joins with its own password and a code of its own authenticator; a new authenticator gets nobody in', async () => {
    const { email } = kit.world.agencies[1].people.agent;
    const { link } = await inviteTo(owner, { email });
    const token = tokenOf({ link });
    expect(await pageOf(token)).toMatchObject({ hasAccount: true });
    expect(await refusal(accept(token, 'x', CHOSEN))).toBe('sign_in_refused');
    const { ticket, needs } = await accept(token, 'Somebody Else', PASSWORD);
    expect(needs).toBe('code');
    const { secret } = await accounts.enrolments.beginTotp(ticket);
    expect(await refusal(accounts.enrolments.confirmTotp(ticket, await codeOf(secret)))).toBe('enrolment_expired');
    kit.world.clock.advance(30);
    const own = await codeOf('JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP');
    const joined = await accounts.enrolments.confirmExisting(ticket, own, IP);
    expect(joined.recoveryCodes).toBeNull();
    const rows = await membersNamed(email);
    expect(rows.map(row => [row.name, row.role])).toEqual([
      ['agent of 2', 'agent'],
      ['agent of 2', 'agent'],
    ]);
    expect(new Set(rows.map(row => row.agency_id))).toHaveLength(2);
  });
});
