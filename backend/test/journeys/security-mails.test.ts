import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { currentCode } from '../../src/modules/identity/index.ts';
import { createKit, type Kit } from '../kit/index.ts';
import { type MailServer, type Received, startMailServer } from '../mail-server.ts';
import { PASSWORD, TOTP } from '../world.ts';

let mails: MailServer | null = null;
let kit: Kit | null = null;
const close = async () => {
  await kit?.close();
  await mails?.close();
};
beforeEach(async () => {
  await close();
  mails = await startMailServer();
  kit = await createKit({
    ASTRIX_SMTP_URL: `smtp://127.0.0.1:${mails.port}`,
    ASTRIX_MAIL_FROM: 'Astrix <console@agency1.example>',
  });
});
afterAll(close);

const EMAIL = 'agent@agency1.example';
const NEXT = 'mango tuesday lantern';
const people = () => kit!.world.agencies[0].people;
const codeOf = async (secret: string) => (await currentCode(secret, kit!.world.clock.now())).code;

/** What has been handed to the mail server since the last call, after everything that waits was sent: who it went to, and the mail. */
async function mailed(): Promise<Record<string, Received>> {
  mails!.received.length = 0;
  await kit!.world.app.runNow('mail.send');
  return Object.fromEntries(mails!.received.map(mail => [`${mail.rcpt.join()}: ${mail.subject}`, mail]));
}

const post = (url: string, payload: object, remoteAddress = '203.0.113.7') =>
  kit!.world.inject({ method: 'POST', url, payload, remoteAddress });

/** Signs the agent in on a device with this key, from 203.0.113.7, with the second proof that is asked for. */
async function signIn(key: string, finish: { url: string; code: string } | null = null, password = PASSWORD) {
  kit!.world.clock.advance(30);
  const device = { name: 'Office PC', platform: 'win32', key: key.repeat(43) };
  const { challenge } = (await post('/v1/auth/sign-in', { email: EMAIL, password, device })).json();
  const { url, code } = finish ?? { url: '/v1/auth/totp', code: await codeOf(TOTP) };
  const reply = await post(url, { challenge, code });
  expect(reply.statusCode, reply.body).toBe(200);
  return reply.json() as { accessToken: string; refreshToken: string };
}

/** Neither a proof nor an address that leads anywhere: whoever reads the mailbox gains nothing, and nobody learns to click in such mails. */
function holdsNothingToUse({ text = '', html = '' }: Received, ...proofs: readonly string[]) {
  for (const proof of [PASSWORD, NEXT, TOTP, ...proofs]) expect(text + html).not.toContain(proof);
  expect(html).not.toMatch(/href=/);
}

describe('AU-04: what happens to an account is told to its person by mail', () => {
  test('a sign-in on a device that was not used before, once, with the device, the network and the time in India', async () => {
    await signIn('A');
    expect(await mailed(), 'the very first device is no surprise').toEqual({});
    await signIn('B');
    const told = await mailed();
    expect(Object.keys(told)).toEqual([`${EMAIL}: New sign-in to Astrix`]);
    const [mail] = Object.values(told);
    expect(mail!.text).toContain('Office PC');
    expect(mail!.text).toContain('Network: 203.0.113.*.');
    expect(mail!.text).toMatch(/20 Nov 2026, 12:01.pm IST/i);
    expect(mail!.text).toContain('If this was not you');
    holdsNothingToUse(mail!);
    await signIn('B');
    expect(await mailed()).toEqual({});
  });

  test('a copied refresh token', async () => {
    const { refreshToken } = await signIn('B');
    await mailed();
    const refresh = () => post('/v1/auth/refresh', { refreshToken, deviceKey: 'B'.repeat(43) });
    expect((await refresh()).statusCode).toBe(200);
    kit!.world.clock.advance(31);
    expect((await refresh()).statusCode).toBe(401);
    const told = await mailed();
    expect(Object.keys(told)).toEqual([`${EMAIL}: A copy of your session was used`]);
    expect(Object.values(told)[0]!.text).toContain('All sessions of that device have ended');
    holdsNothingToUse(Object.values(told)[0]!, refreshToken);
  });

  test('another password', async () => {
    const agent = await kit!.as('agent');
    await mailed();
    await agent.call('identity.change-password', { body: { current: PASSWORD, next: NEXT } });
    const told = await mailed();
    expect(Object.keys(told)).toEqual([`${EMAIL}: Your password was changed`]);
    holdsNothingToUse(Object.values(told)[0]!);
  });

  test('a factor that is added and one that is removed, by its name, and new recovery codes', async () => {
    const agent = await kit!.as('agent');
    await mailed();
    const first = (await agent.call('identity.security')).factors[0]!;
    const { secret, setup } = await agent.call('identity.begin-totp');
    expect(await mailed(), 'nothing has changed yet').toEqual({});
    const body = { setup, code: await codeOf(secret), label: 'Phone <b>of</b> Asha' };
    await agent.call('identity.confirm-totp', { body });
    const added = await mailed();
    expect(Object.keys(added)).toEqual([`${EMAIL}: A second factor was added`]);
    const [mail] = Object.values(added);
    expect(mail!.text).toContain('“Phone <b>of</b> Asha”');
    expect(mail!.html).toContain('Phone &lt;b&gt;of&lt;/b&gt; Asha');
    holdsNothingToUse(mail!, secret);

    await agent.call('identity.remove-factor', { params: { factorId: first.id } });
    const removed = await mailed();
    expect(Object.keys(removed)).toEqual([`${EMAIL}: A second factor was removed`]);
    expect(Object.values(removed)[0]!.text).toContain(`“${first.label}”`);

    const { recoveryCodes } = await agent.call('identity.renew-recovery-codes');
    const renewed = await mailed();
    expect(Object.keys(renewed)).toEqual([`${EMAIL}: New recovery codes were made`]);
    holdsNothingToUse(Object.values(renewed)[0]!, ...recoveryCodes);
  });

  test('a recovery code that was used in place of the authenticator', async () => {
    const { recoveryCodes } = await (await kit!.as('agent')).call('identity.renew-recovery-codes');
    await signIn('B');
    await mailed();
    await signIn('B', { url: '/v1/auth/recovery-code', code: recoveryCodes[0]! });
    const told = await mailed();
    expect(Object.keys(told)).toEqual([`${EMAIL}: A recovery code was used`]);
    holdsNothingToUse(Object.values(told)[0]!, ...recoveryCodes);
  });

  test('another role, and nobody is told that the role stays', async () => {
    const owner = await kit!.as('owner');
    await mailed();
    const change = (role: 'manager') =>
      owner.call('people.change-role', { params: { personId: people().agent.id }, body: { role } });
    await change('manager');
    const told = await mailed();
    expect(Object.keys(told)).toEqual([`${EMAIL}: Your role was changed`]);
    expect(Object.values(told)[0]!.text).toContain('Your role is manager from now on.');
    await change('manager');
    expect(await mailed()).toEqual({});
  });

  test('a recovery that is started and cancelled: its person and every owner; the link goes to the person alone', async () => {
    const admin = await kit!.as('admin');
    await mailed();
    const about = { params: { personId: people().agent.id } };
    expect((await admin.call('people.start-recovery', about)).link).toBeNull();
    const started = await mailed();
    const name = 'agent of 1';
    expect(Object.keys(started).sort()).toEqual(
      [
        `${EMAIL}: Recovery of ${name} was started`,
        `${EMAIL}: Set up your account at Agency 1 anew`,
        `owner@agency1.example: Recovery of ${name} was started`,
      ].sort(),
    );
    const withLink = Object.entries(started).filter(([, { html }]) => html!.includes('/recover/'));
    expect(withLink.map(([to]) => to)).toEqual([`${EMAIL}: Set up your account at Agency 1 anew`]);
    await admin.call('people.cancel-recovery', about);
    expect(Object.keys(await mailed()).sort()).toEqual(
      [
        `${EMAIL}: Recovery of ${name} was cancelled`,
        `owner@agency1.example: Recovery of ${name} was cancelled`,
      ].sort(),
    );
  });

  test('a refused change tells nobody', async () => {
    const agent = await kit!.as('agent');
    await mailed();
    await agent.refused('identity.change-password', { body: { current: 'not the password', next: NEXT } });
    await agent.refused('people.change-role', { params: { personId: people().admin.id }, body: { role: 'agent' } });
    expect(await mailed()).toEqual({});
  });
});
