import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { currentCode } from '../../src/modules/identity/index.ts';
import { withSystem } from '../../src/platform/db/index.ts';
import { registered, relyingPartyOf, signed } from '../../src/platform/webauthn/index.ts';
import { kitOver } from '../kit/index.ts';
import { createWorld, PASSWORD, TOTP, type World } from '../world.ts';
import { type Authenticator, type Changed, newAuthenticator } from './authenticator.ts';
import { arrivalOf, exchange, newBrowser, newConsole } from './browser.ts';

const PARTY = relyingPartyOf('https://desk.agency.example');
const CHALLENGE = 'c'.repeat(43);

describe('AU-02: what an authenticator says', () => {
  const STRANGER = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const WRONG: readonly (readonly [string, Changed])[] = [
    ['another origin', { origin: 'https://evil.example' }],
    ['the same origin without TLS', { origin: 'http://desk.agency.example' }],
    ['another domain', { domain: 'agency.example' }],
    ['another challenge', { challenge: 'd'.repeat(43) }],
    ['no verification of the person', { verified: false }],
    ['another ceremony', { type: 'payment.get' }],
  ];
  const passkey = async (authenticator: Authenticator) =>
    (await registered(PARTY, CHALLENGE, authenticator.register(CHALLENGE)))!;

  test('a passkey is made, and signs', async () => {
    const authenticator = newAuthenticator(PARTY.id, PARTY.origin);
    const kept = await passkey(authenticator);
    expect(kept.credentialId).toBe(authenticator.id);
    expect(await signed(PARTY, CHALLENGE, authenticator.sign(CHALLENGE), kept)).toBe(2);
  });

  test.each(WRONG)('%s is refused when it is made and when it signs', async (_, changed) => {
    const authenticator = newAuthenticator(PARTY.id, PARTY.origin);
    expect(await registered(PARTY, CHALLENGE, authenticator.register(CHALLENGE, changed))).toBeNull();
    const kept = await passkey(authenticator);
    expect(await signed(PARTY, CHALLENGE, authenticator.sign(CHALLENGE, changed), kept)).toBeNull();
  });

  test('a counter that goes back or stays is the copy of a key; one that never counts is none', async () => {
    const authenticator = newAuthenticator(PARTY.id, PARTY.origin);
    const kept = { ...(await passkey(authenticator)), counter: 7 };
    for (const counter of [0, 6, 7])
      expect(await signed(PARTY, CHALLENGE, authenticator.sign(CHALLENGE, { counter }), kept)).toBeNull();
    expect(await signed(PARTY, CHALLENGE, authenticator.sign(CHALLENGE, { counter: 8 }), kept)).toBe(8);
    const zero = { ...kept, counter: 0 };
    expect(await signed(PARTY, CHALLENGE, authenticator.sign(CHALLENGE, { counter: 0 }), zero)).toBe(0);
  });

  test('the key of a stranger, and what is no response', async () => {
    const authenticator = newAuthenticator(PARTY.id, PARTY.origin);
    const kept = await passkey(authenticator);
    expect(await signed(PARTY, CHALLENGE, authenticator.sign(CHALLENGE, { key: STRANGER }), kept)).toBeNull();
    for (const response of ['', '{', '{}', 'null', '[]', '{"id":1}'])
      expect(await signed(PARTY, CHALLENGE, response, kept)).toBeNull();
  });
});

describe('AU-10: a passkey stands for both factors', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld({ ASTRIX_ROLE: 'api' });
  });
  afterAll(() => world.close());
  beforeEach(() => world.clock.advance(3700));

  const optionsOf = (body: string) =>
    JSON.parse(/data-options="([^"]+)"/.exec(body)![1]!.replaceAll('&quot;', '"')) as { challenge: string };

  /** A passkey of the agent, made on the page to which the console leads. */
  async function enrolled(): Promise<Authenticator> {
    const agent = await kitOver(world).as('agent');
    const { url } = await agent.call('web-sign-in.add-passkey');
    const { origin, pathname } = new URL(url);
    const authenticator = newAuthenticator('localhost', origin);
    const browser = newBrowser(world);
    await browser.open(pathname);
    const { challenge } = optionsOf(browser.page().body);
    await browser.send({ do: 'passkey', response: authenticator.register(challenge) });
    expect(browser.title()).toBe('Your passkey is set up');
    await browser.open(pathname);
    expect(browser.page().statusCode).toBe(401);
    return authenticator;
  }

  test('made by a signed-in person, it signs in without password and code, and each challenge works once', async () => {
    const authenticator = await enrolled();
    const [browser, waiting] = [newBrowser(world), newConsole()];
    await browser.open(waiting.path);
    const { challenge } = optionsOf(browser.page().body);
    const response = authenticator.sign(challenge);
    await browser.send({ do: 'passkey', response });
    expect(browser.title()).toBe('You are signed in');
    const session = await exchange(world, waiting, arrivalOf(browser.page()).code);
    expect(session.json()).toMatchObject({ personId: world.agencies[0].people.agent.id });
    const other = newBrowser(world);
    await other.open(newConsole().path);
    await other.send({ do: 'passkey', response });
    expect(other.title()).not.toBe('You are signed in');
  });

  test('a removed passkey opens nothing, on the page and in a session that it began', async () => {
    const authenticator = await enrolled();
    await withSystem(world.db, 'people', tx =>
      tx
        .deleteFrom('factors')
        .where('person_id', '=', world.agencies[0].people.agent.id)
        .where('kind', '=', 'passkey')
        .execute(),
    );
    const browser = newBrowser(world);
    await browser.open(newConsole().path);
    await browser.send({ do: 'passkey', response: authenticator.sign(optionsOf(browser.page().body).challenge) });
    expect(browser.page().body).toContain('This passkey was not accepted');
  });

  test('the passkey of somebody else is no second factor', async () => {
    const authenticator = await enrolled();
    const browser = newBrowser(world);
    await browser.open(newConsole().path);
    await browser.send({ do: 'password', email: world.agencies[0].people.manager.email, password: PASSWORD });
    const { code } = await currentCode(TOTP, world.clock.now());
    expect(code).toHaveLength(6);
    await browser.open(browser.at());
    const shown = /data-options="([^"]+)"/.exec(browser.page().body);
    const challenge = shown ? optionsOf(browser.page().body).challenge : CHALLENGE;
    await browser.send({ do: 'passkey', response: authenticator.sign(challenge) });
    expect(browser.title()).not.toBe('You are signed in');
  });
});
