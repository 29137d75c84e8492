import { afterAll, beforeAll, expect, test } from 'vitest';
import { currentCode } from '../../src/modules/identity/index.ts';
import { kitOver } from '../kit/index.ts';
import { type RealProvider, startRealProvider } from '../oidc/real-provider.ts';
import { createWorld, PASSWORD, TOTP, type World } from '../world.ts';
import { arrivalOf, exchange, newBrowser, newConsole } from './browser.ts';

let world: World;
let provider: RealProvider;
const secret = 'a secret of thirty-two characters';
beforeAll(async () => {
  world = await createWorld({ ASTRIX_ROLE: 'api' });
  // The provider has the clock of the machine.
  world.clock.set(new Date());
  const owner = await kitOver(world).as('owner');
  const { redirectUri } = await owner.call('web-sign-in.settings');
  provider = await startRealProvider({ id: 'astrix', secret, redirectUri });
  await owner.call('web-sign-in.set-provider', {
    body: {
      label: 'Agency ID',
      issuer: provider.issuer,
      clientId: 'astrix',
      clientSecret: secret,
      domains: ['agency1.example'],
      factorValues: [],
      roleClaim: null,
      roles: [],
    },
  });
});
afterAll(async () => {
  await provider.close();
  await world.close();
});

/** At the provider and back, as a browser goes. */
async function atProvider(email: string) {
  const [browser, waiting] = [newBrowser(world), newConsole()];
  world.clock.set(new Date());
  await browser.open(waiting.path);
  await browser.send({ do: 'sso', email });
  const back = await provider.signIn(arrivalOf(browser.page()).url.href, email);
  await browser.open(`${back.pathname}${back.search}`);
  return { browser, waiting };
}

test('A3, AU-01: a person of a real OpenID provider connects their account once, and signs in by it from then on', async () => {
  const email = 'agent@agency1.example';
  const first = await atProvider(email);
  expect(first.browser.title()).toBe('Connect your account');
  await first.browser.send({ do: 'password', email, password: PASSWORD });
  const { code } = await currentCode(TOTP, world.clock.now());
  await first.browser.send({ do: 'totp', code });
  expect((await exchange(world, first.waiting, arrivalOf(first.browser.page()).code)).statusCode).toBe(200);
  const again = await atProvider(email);
  expect(again.browser.title()).toBe('Confirm that it is you');
});

test('A3: a stranger whom the provider knows is not let in', async () => {
  const { browser } = await atProvider('stranger@agency1.example');
  expect(browser.page().statusCode).toBe(403);
  expect(browser.page().body).toContain('nobody of this agency has invited you');
});
