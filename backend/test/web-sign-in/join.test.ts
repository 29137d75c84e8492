import type { Role } from '@astrix/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { currentCode } from '../../src/modules/identity/index.ts';
import { kitOver } from '../kit/index.ts';
import { createWorld, PASSWORD, TOTP, type World } from '../world.ts';
import { arrivalOf, type Browser, exchange, newBrowser, newConsole } from './browser.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld({ ASTRIX_ROLE: 'api' });
});
afterAll(() => world.close());
beforeEach(() => world.clock.advance(3700));

const NEW_PASSWORD = 'kettle orbit maple 47';
let people = 0;
const nextEmail = () => `person${++people}@agency1.example`;

/** The path of an invitation that the owner has just sent. */
async function invited(email: string, role: Exclude<Role, 'owner'> = 'analyst'): Promise<string> {
  const owner = await kitOver(world).as('owner');
  const clientIds = role === 'client' ? [owner.clientId] : [];
  const { link } = await owner.call('people.invite', { body: { email, role, clientIds, teamIds: [] } });
  return new URL(link!).pathname;
}
const secretOn = (browser: Browser) =>
  /<code class="key">([A-Z2-7 ]+)<\/code>/.exec(browser.page().body)![1]!.replaceAll(' ', '');
const codeOf = async (secret: string) => (await currentCode(secret, world.clock.now())).code;

/** As far as the page with the QR code. */
async function accepted(path: string): Promise<Browser> {
  const browser = newBrowser(world);
  await browser.open(path);
  await browser.send({ name: 'Asha Rao', password: NEW_PASSWORD });
  return browser;
}

describe('AU-15: an invitation', () => {
  test('leads to a membership in three pages, and its person signs in by the browser', async () => {
    const email = nextEmail();
    const browser = await accepted(await invited(email));
    const secret = secretOn(browser);
    await browser.send({ do: 'totp', code: await codeOf(secret) });
    expect(browser.title()).toBe('You have joined');
    const codes = [...browser.page().body.matchAll(/<li>([0-9a-z]{4}(?:-[0-9a-z]{4}){3})<\/li>/g)].map(
      ([, one]) => one!,
    );
    expect(new Set(codes).size).toBe(10);
    world.clock.advance(60);
    const [console, tab] = [newConsole(), newBrowser(world)];
    await tab.open(console.path);
    await tab.send({ do: 'password', email, password: NEW_PASSWORD });
    await tab.open(`${tab.at()}?with=recovery`);
    await tab.send({ do: 'recovery', code: codes[0]! });
    const session = await exchange(world, console, arrivalOf(tab.page()).code);
    expect(session.statusCode, session.body).toBe(200);
  });

  test('used twice, expired, revoked and unknown, it says what to do and takes nothing', async () => {
    const path = await invited(nextEmail());
    const browser = await accepted(path);
    await browser.send({ do: 'totp', code: await codeOf(secretOn(browser)) });
    const late = newBrowser(world);
    await late.open(path);
    expect([late.page().statusCode, late.title()]).toEqual([410, 'This invitation has been used']);
    const old = await invited(nextEmail());
    await late.open(old);
    world.clock.advance(72 * 3600 + 1);
    await late.send({ name: 'Asha', password: NEW_PASSWORD });
    expect(late.title()).toBe('This invitation is older than 72 hours');
    await late.open(`/join/astrix-invite-${'x'.repeat(43)}`);
    expect(late.page().statusCode).toBe(404);
  });

  test('two tabs: the first that confirms a factor joins, and the other hears that it was used', async () => {
    const path = await invited(nextEmail());
    const [one, other] = [await accepted(path), await accepted(path)];
    const secrets = [secretOn(one), secretOn(other)] as const;
    await Promise.all([
      one.send({ do: 'totp', code: await codeOf(secrets[0]) }),
      other.send({ do: 'totp', code: await codeOf(secrets[1]) }),
    ]);
    expect([one.title(), other.title()].filter(title => title === 'You have joined')).toHaveLength(1);
  });

  test('a field that claims another role or address is refused', async () => {
    const browser = newBrowser(world);
    const path = await invited(nextEmail());
    for (const more of [{ role: 'owner' }, { email: 'evil@evil.example' }, { agencyId: world.agencies[1].id }]) {
      await browser.open(path);
      await browser.send({ name: 'Asha', password: NEW_PASSWORD, ...more });
      expect(browser.page().statusCode).toBe(400);
    }
  });

  test('AU-13: a common password is refused with the reason, and the name stays typed', async () => {
    const browser = newBrowser(world);
    await browser.open(await invited(nextEmail()));
    await browser.send({ name: 'Asha “Ash” <b>Rao</b>', password: 'password1234' });
    expect(browser.page().body).toContain('role="alert"');
    expect(browser.page().body).toContain('value="Asha “Ash” &lt;b&gt;Rao&lt;/b&gt;"');
  });

  test('AU-10: no page leads past the second factor', async () => {
    const browser = await accepted(await invited(nextEmail(), 'agent'));
    await browser.send({ do: 'finish' });
    expect(browser.title()).not.toBe('You have joined');
    for (const code of ['000000', '111111']) {
      const again = newBrowser(world);
      await again.open(browser.at());
      await again.send({ do: 'totp', code });
      expect(again.title()).not.toBe('You have joined');
    }
  });
});

describe('A7: recovery', () => {
  test('the link sets password and factor anew, once, and the old ones are of no use', async () => {
    const owner = await kitOver(world).as('owner');
    const agent = world.agencies[0].people.agent;
    const started = await owner.call('people.start-recovery', { params: { personId: agent.id } });
    const path = new URL(started.link!).pathname;
    const waitMs = Date.parse(started.readyAt) - world.clock.now().getTime();
    const browser = newBrowser(world);
    if (waitMs > 0) {
      await browser.open(path);
      expect(browser.title()).toBe('This recovery waits');
      world.clock.advance(waitMs / 1000 + 1);
    }
    await browser.open(path);
    expect(browser.title()).toBe('Recover your account');
    await browser.send({ password: NEW_PASSWORD });
    const secret = secretOn(browser);
    await browser.send({ do: 'totp', code: await codeOf(secret) });
    expect(browser.title()).toBe('Your account is yours again');
    await browser.open(path);
    expect(browser.page().statusCode).toBe(410);
    world.clock.advance(60);
    const tab = newBrowser(world);
    await tab.open(newConsole().path);
    await tab.send({ do: 'password', email: agent.email, password: PASSWORD });
    expect(tab.title()).not.toBe('Confirm that it is you');
    await tab.send({ do: 'password', email: agent.email, password: NEW_PASSWORD });
    await tab.send({ do: 'totp', code: await codeOf(TOTP) });
    expect(tab.title()).not.toBe('You are signed in');
    await tab.send({ do: 'totp', code: await codeOf(secret) });
    expect(tab.title()).toBe('You are signed in');
  });
});
