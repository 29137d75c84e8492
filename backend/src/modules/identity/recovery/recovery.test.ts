import type { Role } from '@astrix/contract';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { createKit, type Kit, type Person } from '../../../../test/kit/index.ts';
import { kitModule } from '../../../../test/kit/module.ts';
import { PASSWORD, TOTP } from '../../../../test/world.ts';
import { withSystem } from '../../../platform/db/index.ts';
import { type Accounts, createAccounts } from '../accounts.ts';
import { currentCode } from '../factors/totp.ts';
import { addMember } from '../members/people.ts';

let kit: Kit | null = null;
let accounts: Accounts;
let owner: Person;
beforeEach(async () => {
  await kit?.close();
  const module = kitModule();
  kit = await createKit({}, { extra: module.extra });
  accounts = createAccounts(module.services());
  owner = await kit.as('owner');
});
afterAll(() => kit?.close());

const NEXT = 'mango tuesday lantern';
const about = (role: Role) => ({ params: { personId: kit!.world.agencies[0].people[role].id } });
const tokenOf = (link: string | null) => link!.split('/').at(-1)!;
const start = async (by: Person, of: Role = 'agent') =>
  tokenOf((await by.call('people.start-recovery', about(of))).link);
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => 'none',
    error => (error as { code: string }).code,
  );
const codeOf = async (secret: string) => (await currentCode(secret, kit!.world.clock.now())).code;
const signIn = (password: string) =>
  kit!.world.inject({
    method: 'POST',
    url: '/v1/auth/sign-in',
    payload: {
      email: 'agent@agency1.example',
      password,
      device: { name: 'x', platform: 'linux', key: 'B'.repeat(43) },
    },
  });
/** As the page of a recovery does it. */
async function recover(token: string) {
  const { ticket } = await accounts.enrolments.recover(token, NEXT);
  const { secret } = await accounts.enrolments.beginTotp(ticket);
  return { secret, joined: await accounts.enrolments.confirmTotp(ticket, await codeOf(secret)) };
}

describe('A7: a recovery that an owner or admin starts', () => {
  test('waits 24 hours, then gives new proofs: the old password, authenticator and sessions are dead', async () => {
    const agent = await kit!.as('agent');
    const token = await start(owner);
    expect(await refusal(recover(token))).toBe('recovery_waiting');
    kit!.world.clock.advance(24 * 3600 - 61);
    expect(await refusal(recover(token))).toBe('recovery_waiting');
    kit!.world.clock.advance(61);
    const { secret, joined } = await recover(token);
    expect(joined.recoveryCodes).toHaveLength(10);
    expect((await agent.send('identity.me')).statusCode).toBe(401);
    expect((await signIn(PASSWORD)).json().code).toBe('sign_in_refused');
    const { challenge } = (await signIn(NEXT)).json();
    kit!.world.clock.advance(30);
    const finish = (code: string) =>
      kit!.world.inject({ method: 'POST', url: '/v1/auth/totp', payload: { challenge, code } });
    expect((await finish(await codeOf(TOTP))).statusCode).toBe(401);
    expect((await finish(await codeOf(secret))).statusCode).toBe(200);
    expect(await refusal(recover(token))).toBe('recovery_invalid');
  });

  test('is stopped by its person, by any admin, and by one that is started anew', async () => {
    const agent = await kit!.as('agent');
    const first = await start(owner);
    expect((await agent.call('identity.security')).recovery).toMatchObject({ startedBy: owner.id });
    await agent.call('identity.cancel-own-recovery');
    const second = await start(await kit!.as('admin'));
    const third = await start(await kit!.as('owner'));
    const admin = await kit!.as('admin');
    kit!.world.clock.advance(24 * 3600);
    for (const token of [first, second]) expect(await refusal(recover(token))).toBe('recovery_invalid');
    const { ticket } = await accounts.enrolments.recover(third, NEXT);
    const { secret } = await accounts.enrolments.beginTotp(ticket);
    void admin;
    await (await kit!.as('admin')).call('people.cancel-recovery', about('agent'));
    expect(await refusal(accounts.enrolments.confirmTotp(ticket, await codeOf(secret)))).toBe('enrolment_expired');
    expect((await signIn(PASSWORD)).json().step).toBe('totp');
  });

  test('changes nothing before the new factor is confirmed, asks for a safe password, and its link dies after 72 hours', async () => {
    const token = await start(owner);
    kit!.world.clock.advance(24 * 3600);
    expect(await refusal(accounts.enrolments.recover(token, 'password1234'))).toBe('password_refused');
    const { ticket } = await accounts.enrolments.recover(token, NEXT);
    expect(await refusal(accounts.enrolments.finish(ticket))).toBe('factor_needed');
    expect((await signIn(PASSWORD)).json().step).toBe('totp');
    kit!.world.clock.advance(72 * 3600);
    expect(await refusal(recover(token))).toBe('recovery_invalid');
    expect(await refusal(recover('astrix-recover-none'))).toBe('recovery_invalid');
  });

  test('AZ-04: an admin starts none for owners and admins, nobody for themselves, and no agency for somebody of two', async () => {
    const admin = await kit!.as('admin');
    for (const role of ['owner', 'admin'] as const)
      expect((await admin.refused('people.start-recovery', about(role))).code).toBe('role_refused');
    expect((await owner.refused('people.start-recovery', about('owner'))).code).toBe('role_refused');
    await withSystem(kit!.world.db, 'demo-seed', tx =>
      addMember(tx, kit!.world.agencies[1].id, kit!.world.agencies[0].people.agent.id, 'agent'),
    );
    expect((await (await kit!.as('owner')).refused('people.start-recovery', about('agent'))).code).toBe('role_refused');
  });
});
