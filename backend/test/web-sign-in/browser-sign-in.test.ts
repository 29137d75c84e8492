import { ERRORS } from '@astrix/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { currentCode } from '../../src/modules/identity/index.ts';
import { createWorld, PASSWORD, type TestPerson, TOTP, type World } from '../world.ts';
import { arrivalOf, exchange, newBrowser, newConsole } from './browser.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld({ ASTRIX_ROLE: 'api' });
});
afterAll(() => world.close());
beforeEach(() => world.clock.advance(3700));

const person = (role: 'owner' | 'agent' | 'client' | 'manager' = 'agent') => world.agencies[0].people[role];
const code = async () => (await currentCode(TOTP, world.clock.now())).code;

/** As far as the page that sends the browser back. */
async function signedIn(waiting = newConsole(), who: TestPerson = person(), browser = newBrowser(world)) {
  await browser.open(waiting.path);
  await browser.send({ do: 'password', email: who.email, password: PASSWORD });
  await browser.send({ do: 'totp', code: await code() });
  return { waiting, browser, ...arrivalOf(browser.page()) };
}

describe('AU-02: the browser signs the console in', () => {
  test('with password and code: the console gets a session, and only at its loopback address', async () => {
    const { waiting, url, state, code: brought, browser } = await signedIn();
    expect(browser.title()).toBe('You are signed in');
    expect([url.origin, url.pathname, state]).toEqual(['http://127.0.0.1:50123', '/signed-in', waiting.state]);
    const session = await exchange(world, waiting, brought);
    expect(session.statusCode, session.body).toBe(200);
    expect(session.json()).toMatchObject({ step: 'signed-in', personId: person().id });
    const me = await world.inject({
      url: '/v1/me',
      headers: { authorization: `Bearer ${session.json().accessToken}` },
    });
    expect(me.json().person.name).toBe('agent of 1');
  });

  test('the page names the computer, so that a person notices a sign-in that is not theirs', async () => {
    const browser = newBrowser(world);
    await browser.open(newConsole().path);
    expect(browser.page().body).toContain('Priya’s laptop');
  });

  test('a role without a second factor needs none', async () => {
    const [browser, waiting] = [newBrowser(world), newConsole()];
    await browser.open(waiting.path);
    await browser.send({ do: 'password', email: person('client').email, password: PASSWORD });
    expect((await exchange(world, waiting, arrivalOf(browser.page()).code)).statusCode).toBe(200);
  });

  test('wrong passwords and codes say so on the page, and nobody learns which accounts exist (AU-14)', async () => {
    const browser = newBrowser(world);
    await browser.open(newConsole().path);
    const wrong = [];
    for (const email of [person().email, 'nobody@agency1.example']) {
      await browser.send({ do: 'password', email, password: 'not the password' });
      wrong.push([browser.page().statusCode, browser.title(), /role="alert">.*?<\/p>/s.exec(browser.page().body)?.[0]]);
    }
    expect(wrong[0]).toEqual(wrong[1]);
    expect(wrong[0]![2]).toContain(ERRORS.sign_in_refused.reason);
    await browser.send({ do: 'password', email: person().email, password: PASSWORD });
    await browser.send({ do: 'totp', code: '000000' });
    expect(browser.page().body).toContain(ERRORS.totp_refused.reason);
  });

  const PLAIN: readonly (readonly [string, Record<string, string | null>])[] = [
    ['plain PKCE', { code_challenge_method: 'plain' }],
    ['no PKCE', { code_challenge: null }],
    ['no method, which means plain', { code_challenge_method: null }],
    ['a challenge that is no digest', { code_challenge: 'x' }],
    ['no state', { state: null }],
    ['no device key', { device_key: null }],
    ['a privileged port', { port: '80' }],
    ['a port that is a host', { port: '1@evil.example' }],
  ];
  test.each(PLAIN)('%s is not begun', async (_, changes) => {
    const url = new URL(`http://x${newConsole().path}`);
    for (const [name, value] of Object.entries(changes))
      if (value === null) url.searchParams.delete(name);
      else url.searchParams.set(name, value);
    const browser = newBrowser(world);
    await browser.open(`${url.pathname}${url.search}`);
    expect(browser.title()).not.toBe('Sign in');
  });
});

describe('AU-03: a code is of use once, to the console that waits', () => {
  test('a second exchange is refused, also at the same moment', async () => {
    const { waiting, code: brought } = await signedIn();
    const replies = await Promise.all(Array.from({ length: 8 }, () => exchange(world, waiting, brought)));
    expect(replies.map(({ statusCode }) => statusCode).sort()).toEqual([200, ...Array(7).fill(401)]);
  });

  test.each([
    ['another verifier', { verifier: 'v'.repeat(43) }],
    ['another port', { port: 50_124 }],
    ['another device', { device: { name: 'x', platform: 'linux', key: 'K'.repeat(43) } }],
  ])('%s: refused, and the code is used up', async (_, changed) => {
    const { waiting, code: brought } = await signedIn();
    const first = await exchange(world, waiting, brought, changed);
    expect([first.statusCode, first.json().code]).toEqual([401, 'browser_sign_in_refused']);
    expect((await exchange(world, waiting, brought)).statusCode).toBe(401);
  });

  test('after 60 seconds it is of no use', async () => {
    const { waiting, code: brought } = await signedIn();
    world.clock.advance(61);
    expect((await exchange(world, waiting, brought)).statusCode).toBe(401);
  });

  test('a code of somebody else, injected into a console that waits, is refused', async () => {
    const attacker = await signedIn(newConsole(50_999), person('manager'));
    const victim = newConsole();
    expect((await exchange(world, victim, attacker.code)).statusCode).toBe(401);
  });

  test('two consoles in one browser get each their own person', async () => {
    const browser = newBrowser(world);
    const [one, two] = [newConsole(50_001), newConsole(50_002)];
    await browser.open(one.path);
    const first = browser.at();
    await browser.open(two.path);
    await browser.send({ do: 'password', email: person('manager').email, password: PASSWORD });
    await browser.send({ do: 'totp', code: await code() });
    const second = arrivalOf(browser.page());
    world.clock.advance(31);
    await browser.open(first);
    await browser.send({ do: 'password', email: person('agent').email, password: PASSWORD });
    await browser.send({ do: 'totp', code: await code() });
    const arrived = arrivalOf(browser.page());
    expect([arrived.url.port, second.url.port]).toEqual(['50001', '50002']);
    expect((await exchange(world, one, arrived.code)).json().personId).toBe(person('agent').id);
    expect((await exchange(world, two, second.code)).json().personId).toBe(person('manager').id);
  });

  test('a page that another browser has begun goes on in no other one, and tells nothing', async () => {
    const [attacker, victim] = [newBrowser(world), newBrowser(world)];
    await attacker.open(newConsole().path);
    await attacker.send({ do: 'password', email: person().email, password: PASSWORD });
    await victim.open(newConsole().path);
    await victim.open(attacker.at());
    expect(victim.page().statusCode).toBe(401);
    expect(victim.page().body).not.toContain(person().email);
    await victim.send({ do: 'totp', code: await code() });
    expect(victim.page().statusCode).toBe(403);
  });

  test('a page that was left for ten minutes begins anew', async () => {
    const browser = newBrowser(world);
    await browser.open(newConsole().path);
    world.clock.advance(601);
    await browser.send({ do: 'password', email: person().email, password: PASSWORD });
    expect(browser.page().statusCode).toBe(401);
  });
});

test('AU-16: every page of the product refuses a form and a fetch of another site', async () => {
  const foreign = {
    'sec-fetch-site': 'cross-site',
    origin: 'https://evil.example',
    'sec-fetch-dest': 'empty',
    'sec-fetch-mode': 'cors',
  };
  expect(world.app.pages.length).toBeGreaterThan(5);
  for (const { path, post } of world.app.pages) {
    const url = path.replace(':flow', '00000000-0000-7000-8000-000000000000').replaceAll(/:\w+/g, 'x'.repeat(43));
    const headers = { host: '127.0.0.1', ...foreign };
    expect((await world.inject({ method: 'GET', url, headers })).statusCode, url).toBe(403);
    if (!post) continue;
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    expect(
      (await world.inject({ method: 'POST', url, headers: { ...headers, ...type }, payload: 'do=totp&code=1' }))
        .statusCode,
      url,
    ).toBe(403);
    const navigated = { ...headers, ...type, 'sec-fetch-dest': 'document', 'sec-fetch-mode': 'navigate' };
    expect(
      (await world.inject({ method: 'POST', url, headers: navigated, payload: 'do=totp&code=1' })).statusCode,
      url,
    ).toBe(403);
  }
});
