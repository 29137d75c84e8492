import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { createKit, type Kit, type Person } from '../../../../test/kit/index.ts';
import { PASSWORD, TOTP } from '../../../../test/world.ts';
import { currentCode } from './totp.ts';

let kit: Kit | null = null;
let agent: Person;
beforeEach(async () => {
  await kit?.close();
  kit = await createKit();
  agent = await kit.as('agent');
});
afterAll(() => kit?.close());

const NEXT = 'mango tuesday lantern';
const clock = () => kit!.world.clock;
const codeOf = async (secret: string) => (await currentCode(secret, clock().now())).code;
const status = async (person: Person) => (await person.send('identity.me')).statusCode;
const signIn = (password: string) =>
  kit!.world.inject({
    method: 'POST',
    url: '/v1/auth/sign-in',
    payload: {
      email: 'agent@agency1.example',
      password,
      device: { name: 'Phone', platform: 'linux', key: 'B'.repeat(43) },
    },
  });
const finish = (url: string, challenge: string, code: string) =>
  kit!.world.inject({ method: 'POST', url, payload: { challenge, code } });

describe('AU-11: a change of one’s own proofs', () => {
  test('AU-13: another password: the old one is dead, the other sessions end, an unsafe one is refused', async () => {
    const other = await kit!.as('agent');
    const change = (current: string, next: string) =>
      agent.send('identity.change-password', { body: { current, next } });
    expect((await change('wrong', NEXT)).json().code).toBe('sign_in_refused');
    for (const next of ['short', 'password1234', 'agent of 1 agent', 'x'.repeat(300), PASSWORD])
      expect((await change(PASSWORD, next)).json().code, next).toBe('password_refused');
    expect(await status(other)).toBe(200);
    expect((await change(PASSWORD, NEXT)).statusCode).toBe(204);
    expect([await status(other), await status(agent)]).toEqual([401, 200]);
    expect((await signIn(PASSWORD)).json().code).toBe('sign_in_refused');
    expect((await signIn(NEXT)).json().step).toBe('totp');
  });

  test('a second authenticator counts from its first code on, and the last one stays', async () => {
    const before = await agent.call('identity.security');
    expect(before).toMatchObject({ hasPassword: true, needsFactor: true, recoveryCodes: 0 });
    const first = before.factors[0]!;
    expect((await agent.refused('identity.remove-factor', { params: { factorId: first.id } })).code).toBe(
      'factor_needed',
    );

    const { secret, setup, otpauthUrl } = await agent.call('identity.begin-totp');
    expect(otpauthUrl).toContain(`secret=${secret}`);
    const confirm = (code: string, of = setup) =>
      agent.send('identity.confirm-totp', { body: { setup: of, code, label: 'Second phone' } });
    const right = await codeOf(secret);
    expect((await confirm(right === '000000' ? '111111' : '000000')).json().code).toBe('totp_refused');
    expect((await agent.call('identity.security')).factors).toHaveLength(1);
    const added = (await confirm(right)).json();
    expect(added.recoveryCodes).toHaveLength(10);
    await agent.call('identity.remove-factor', { params: { factorId: first.id } });

    const { challenge } = (await signIn(PASSWORD)).json();
    clock().advance(30);
    expect((await finish('/v1/auth/totp', challenge, await codeOf(TOTP))).json().code).toBe('totp_refused');
    expect((await finish('/v1/auth/totp', challenge, await codeOf(secret))).statusCode).toBe(200);
  });

  test('what was begun in one session is finished in no other, and not after 15 minutes', async () => {
    const { secret, setup } = await agent.call('identity.begin-totp');
    const other = await kit!.as('agent');
    const body = { setup, code: await codeOf(secret), label: 'Phone' };
    expect((await other.refused('identity.confirm-totp', { body })).code).toBe('enrolment_expired');
    expect((await agent.refused('identity.confirm-totp', { body: { ...body, setup: 'x'.repeat(80) } })).code).toBe(
      'enrolment_expired',
    );
  });

  test('a recovery code works once in place of the authenticator, and new ones end the old', async () => {
    const { recoveryCodes } = await agent.call('identity.renew-recovery-codes');
    const use = async (code: string) => {
      const { challenge } = (await signIn(PASSWORD)).json();
      return (await finish('/v1/auth/recovery-code', challenge, code)).statusCode;
    };
    expect(await use(recoveryCodes[0]!.toUpperCase().replaceAll('-', ' '))).toBe(200);
    expect(await use(recoveryCodes[0]!)).toBe(401);
    expect((await agent.call('identity.security')).recoveryCodes).toBe(9);
    await agent.call('identity.renew-recovery-codes');
    expect(await use(recoveryCodes[1]!)).toBe(401);
  });

  test('AU-10: ten wrong recovery codes lock, as wrong codes do', async () => {
    await agent.call('identity.renew-recovery-codes');
    const refused: string[] = [];
    for (let n = 0; n < 12; n++) {
      const first = (await signIn(PASSWORD)).json();
      if (first.code === 'locked_out') break;
      refused.push((await finish('/v1/auth/recovery-code', first.challenge, 'aaaa-bbbb-cccc-dddd')).json().code);
    }
    expect(refused.filter(code => code === 'recovery_code_refused')).toHaveLength(10);
    expect((await signIn(PASSWORD)).json().code).toBe('locked_out');
  });

  test('A6: the history says when, on which device and network, and by what somebody signed in', async () => {
    const { signIns } = await (await kit!.as('agent')).call('identity.security');
    expect(signIns[0]).toMatchObject({
      ...{ deviceName: 'Test laptop', platform: 'linux', network: 'This machine', given: ['password', 'totp'] },
      ...{ endedAt: null, endReason: null },
    });
    expect(signIns).toHaveLength(2);
  });

  test('A6: the history says when which proof was refused, and says it to nobody else', async () => {
    const reasons = async () => (await agent.call('identity.security')).refusals.map(({ reason }) => reason);
    await signIn('not the password');
    // It is noted beside the answer.
    await expect.poll(reasons).toEqual(['password']);
    clock().advance(1);
    const { challenge } = (await signIn(PASSWORD)).json();
    const right = await codeOf(TOTP);
    await finish('/v1/auth/totp', challenge, right === '000000' ? '111111' : '000000');
    expect(await reasons()).toEqual(['code', 'password']);
    const [code, password] = (await agent.call('identity.security')).refusals;
    expect(Date.parse(code!.at) - Date.parse(password!.at)).toBe(1000);
    expect((await (await kit!.as('manager')).call('identity.security')).refusals).toEqual([]);
  });

  test('AU-12: each asks for a proof of the last five minutes', async () => {
    clock().advance(301);
    for (const name of ['identity.begin-totp', 'identity.renew-recovery-codes'] as const)
      expect((await agent.refused(name)).code).toBe('step_up_needed');
    const body = { current: PASSWORD, next: NEXT };
    expect((await agent.refused('identity.change-password', { body })).code).toBe('step_up_needed');
  });
});
