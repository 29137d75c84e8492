import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { currentCode } from '../../src/modules/identity/index.ts';
import { kitOver } from '../kit/index.ts';
import { createHostileProvider, type Forgery, type HostileProvider } from '../oidc/hostile-provider.ts';
import { createWorld, PASSWORD, TOTP, type World } from '../world.ts';
import { arrivalOf, type Browser, exchange, newBrowser, newConsole } from './browser.ts';

const CLIENT = 'astrix';
let world: World;
let provider: HostileProvider;
beforeAll(async () => {
  world = await createWorld({ ASTRIX_ROLE: 'api' });
  provider = await createHostileProvider(CLIENT);
  provider.now = () => world.clock.now().getTime();
  await setUp();
});
afterAll(async () => {
  await provider.close();
  await world.close();
});
beforeEach(() => {
  world.clock.advance(3700);
  provider.status = null;
});

async function setUp(changes: object = {}) {
  const owner = await kitOver(world).as('owner');
  return owner.send('web-sign-in.set-provider', {
    body: {
      label: 'Agency ID',
      issuer: provider.issuer,
      clientId: CLIENT,
      clientSecret: 'a secret of the provider',
      domains: ['agency1.example'],
      factorValues: ['mfa'],
      roleClaim: null,
      roles: [],
      ...changes,
    } as never,
  });
}

/** As far as the provider; answers what it was asked. */
async function atProvider(browser: Browser, email = 'agent@agency1.example', waiting = newConsole()) {
  await browser.open(waiting.path);
  await browser.send({ do: 'sso', email });
  return { waiting, ...arrivalOf(browser.page()) };
}
/** The provider recognises the person and sends the browser back. */
async function back(browser: Browser, asked: URL, forge: Forgery = {}, changes: Record<string, string> = {}) {
  provider.nonce = asked.searchParams.get('nonce') ?? '';
  provider.forge = forge;
  const query = new URLSearchParams({ code: 'c'.repeat(20), state: asked.searchParams.get('state') ?? '', ...changes });
  return browser.open(`/sign-in/sso/callback?${query}`);
}
async function whole(forge: Forgery, browser = newBrowser(world)) {
  const { url, waiting } = await atProvider(browser);
  await back(browser, url, forge);
  return { browser, waiting };
}
const code = async () => (await currentCode(TOTP, world.clock.now())).code;

describe('A3: single sign-on by OpenID Connect', () => {
  test('the browser is sent to the provider with state, nonce and PKCE', async () => {
    const browser = newBrowser(world);
    const { url } = await atProvider(browser);
    expect(url.href).toMatch(new RegExp(`^${provider.issuer}/authorize\\?`));
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      client_id: CLIENT,
      response_type: 'code',
      code_challenge_method: 'S256',
      scope: 'openid email profile',
    });
  });

  test('an account with the same address is connected only after its person has proved it', async () => {
    const { browser, waiting } = await whole({});
    expect(browser.title()).toBe('Connect your account');
    await browser.send({ do: 'password', email: 'agent@agency1.example', password: PASSWORD });
    await browser.send({ do: 'totp', code: await code() });
    expect((await exchange(world, waiting, arrivalOf(browser.page()).code)).statusCode).toBe(200);
    world.clock.advance(60);
    const again = await whole({ claims: { email: 'new-address@agency1.example' } });
    // The subject is the key: the address that it has at the provider now changes nothing.
    expect(again.browser.page().body).toContain('agent@agency1.example');
    await again.browser.send({ do: 'totp', code: await code() });
    expect((await exchange(world, again.waiting, arrivalOf(again.browser.page()).code)).json().personId).toBe(
      world.agencies[0].people.agent.id,
    );
  });

  test('AU-10: the provider alone is not enough, and its own factor counts where the owner says so', async () => {
    const plain = await whole({ claims: { amr: ['pwd'] } });
    expect(plain.browser.title()).toBe('Confirm that it is you');
    const strong = await whole({ claims: { amr: ['pwd', 'mfa'] } });
    expect(strong.browser.title()).toBe('You are signed in');
    await setUp({ factorValues: [] });
    const switchedOff = await whole({ claims: { amr: ['pwd', 'mfa'] } });
    expect(switchedOff.browser.title()).toBe('Confirm that it is you');
    await setUp();
  });

  test.each([
    ['an address that is not verified', { email_verified: false }, 'has not verified your e-mail address'],
    ['an address of another domain', { email: 'x@evil.example' }, 'nobody of this agency has invited you'],
    ['somebody whom nobody has invited', { email: 'new@agency1.example' }, 'nobody of this agency has invited you'],
    ['an address of another agency', { email: 'agent@agency2.example' }, 'nobody of this agency has invited you'],
  ])('%s leads nowhere', async (_, claims, words) => {
    const { browser } = await whole({ claims: { sub: `other-${words}`, ...claims } });
    expect(browser.page().statusCode).toBe(403);
    expect(browser.page().body).toContain(words);
  });

  test('the proof of somebody else connects nothing', async () => {
    const { browser } = await whole({ claims: { sub: 'subject-2', email: 'owner@agency1.example' } });
    await browser.send({ do: 'password', email: 'manager@agency1.example', password: PASSWORD });
    await browser.send({ do: 'totp', code: await code() });
    const again = await whole({ claims: { sub: 'subject-2', email: 'owner@agency1.example' } });
    expect(again.browser.title()).toBe('Connect your account');
  });

  test('A8: a group lets in without an invitation, in its role, and a second factor is set up first', async () => {
    await setUp({ roleClaim: 'groups', roles: [{ value: 'Support', role: 'agent' }] });
    const stranger = await whole({ claims: { sub: 's-3', email: 'ravi@agency1.example', groups: ['Sales'] } });
    expect(stranger.browser.page().statusCode).toBe(403);
    const { browser } = await whole({ claims: { sub: 's-4', email: 'asha@agency1.example', groups: ['Support'] } });
    expect(browser.title()).toBe('Set up your second factor');
    const secret = /<code class="key">([A-Z2-7 ]+)<\/code>/.exec(browser.page().body)![1]!.replaceAll(' ', '');
    await browser.send({ do: 'totp', code: (await currentCode(secret, world.clock.now())).code });
    expect(browser.title()).toBe('You have joined');
    await setUp();
  });
});

describe('AU-03: state, nonce and code belong to one browser and one attempt', () => {
  test('an answer that is brought twice', async () => {
    const browser = newBrowser(world);
    const { url } = await atProvider(browser);
    await back(browser, url, { claims: { amr: ['mfa'] } });
    expect(browser.title()).toBe('You are signed in');
    await back(browser, url, { claims: { amr: ['mfa'] } });
    expect(browser.page().statusCode).toBe(401);
  });

  test('the attacker’s state and code in the victim’s browser', async () => {
    const [attacker, victim] = [newBrowser(world), newBrowser(world)];
    const { url } = await atProvider(attacker);
    await victim.open(newConsole().path);
    await back(victim, url, {});
    expect(victim.page().statusCode).toBe(401);
  });

  test('another state in the same browser, and another issuer', async () => {
    const browser = newBrowser(world);
    const { url } = await atProvider(browser);
    const state = url.searchParams.get('state')!;
    await back(browser, url, {}, { state: `${state.split('.')[0]}.${'x'.repeat(43)}` });
    expect(browser.page().statusCode).toBe(401);
    const next = await atProvider(browser);
    await back(browser, next.url, {}, { iss: 'https://accounts.google.com' });
    expect(browser.page().statusCode).toBe(401);
  });

  test('a provider that is down, and a person who says no', async () => {
    const browser = newBrowser(world);
    const { url } = await atProvider(browser);
    await back(browser, url, {}, { error: 'access_denied' });
    expect(browser.page().body).toContain('you did not allow it');
    const next = await atProvider(browser);
    provider.status = 500;
    await back(browser, next.url);
    expect(browser.page().statusCode).toBeGreaterThanOrEqual(401);
    expect(browser.title()).not.toBe('You are signed in');
  });
});

describe('the settings of an owner', () => {
  test('the secret is never read back, and stays when it is not sent again', async () => {
    const owner = await kitOver(world).as('owner');
    const settings = await owner.call('web-sign-in.settings');
    expect(JSON.stringify(settings)).not.toContain('a secret of the provider');
    expect(settings.redirectUri).toMatch(/\/sign-in\/sso\/callback$/);
    expect((await setUp({ clientSecret: null })).statusCode).toBe(200);
    expect((await setUp({ clientSecret: null, clientId: 'another' })).statusCode).toBe(400);
  });

  test('an address at which no provider is, is refused with the reason', async () => {
    expect((await setUp({ issuer: 'http://127.0.0.1:1' })).json().detail).toContain('No server answers');
  });

  test('AU-10, AU-12: an admin may not, nor an owner whose proof is older than five minutes', async () => {
    const admin = await kitOver(world).as('admin');
    expect((await admin.send('web-sign-in.settings')).statusCode).toBe(403);
    const owner = await kitOver(world).as('owner');
    world.clock.advance(301);
    const reply = await owner.send('web-sign-in.set-ways', { body: { ways: ['password'] } });
    expect([reply.statusCode, reply.json().code]).toEqual([403, 'step_up_needed']);
  });

  test('a way that is not allowed ends before the console, by browser and by password', async () => {
    const owner = await kitOver(world).as('owner');
    await owner.call('web-sign-in.set-ways', { body: { ways: ['oidc', 'passkey'] } });
    world.clock.advance(60);
    const [browser, waiting] = [newBrowser(world), newConsole()];
    await browser.open(waiting.path);
    await browser.send({ do: 'password', email: 'manager@agency1.example', password: PASSWORD });
    await browser.send({ do: 'totp', code: await code() });
    expect(browser.page().body).toContain('does not allow this way to sign in');
    const direct = world.signIn(world.agencies[0].people.manager);
    await expect(direct).rejects.toThrow('does not allow this way');
  });
});
