import { ROUTES } from '@astrix/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWorld, type World } from '../world.ts';

/** How often somebody may ask, and how they are told apart. */

let world: World;
beforeAll(async () => {
  // The proxy of this installation is at 10.0.0.1.
  world = await createWorld({ ASTRIX_ROLE: 'api', ASTRIX_TRUSTED_PROXIES: '10.0.0.1' });
});
afterAll(() => world.close());

const ask = (headers: Record<string, string>, remoteAddress = '203.0.113.1') =>
  world.inject({ url: '/v1/me', headers, remoteAddress });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const madeUp = (n: number) => bearer(`astrix-access-${Buffer.alloc(32, n % 256).toString('base64url')}`);
const statusesOf = (replies: readonly { readonly statusCode: number }[]) =>
  Object.fromEntries(
    [...Map.groupBy(replies, ({ statusCode }) => statusCode)].map(([code, all]) => [code, all.length]),
  );

describe('AZ-10: who asks too often', () => {
  test('is told when to ask again; a colleague goes on, and so does the same person a minute later', async () => {
    const { owner, agent } = world.agencies[0].people;
    const [busy, calm] = [await world.tokenOf(owner), await world.tokenOf(agent)];
    const most = ROUTES['identity.me'].ratePerMinute;
    const replies = [];
    for (let n = 0; n < most + 10; n++) replies.push(await ask(bearer(busy)));
    expect(statusesOf(replies)).toEqual({ 200: most, 429: 10 });
    const refused = replies.at(-1)!;
    expect(refused.json()).toMatchObject({ code: 'rate_limited' });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await ask(bearer(calm))).statusCode).toBe(200);
    world.clock.advance(60);
    expect((await ask(bearer(busy))).statusCode).toBe(200);
  });

  test('with tokens that nobody has is refused before they are looked up, from all of an IPv6 network together', async () => {
    const from = (n: number) => `2001:db8:1:2::${(n + 1).toString(16)}`;
    const replies = await Promise.all(Array.from({ length: 320 }, (_, n) => ask(madeUp(n), from(n))));
    expect(statusesOf(replies)).toEqual({ 401: 300, 429: 20 });
    const token = await world.tokenOf(world.agencies[0].people.manager);
    expect((await ask(bearer(token), '2001:db8:1:3::1')).statusCode).toBe(200);
  });

  test('with a good token is not counted for what others of the network send, as long as it is not too much', async () => {
    const token = await world.tokenOf(world.agencies[0].people.admin);
    for (let n = 0; n < 290; n++) await ask(madeUp(n), '198.51.100.7');
    for (let n = 0; n < 20; n++) expect((await ask(bearer(token), '198.51.100.7')).statusCode).toBe(200);
  });
});

describe('AZ-11: the address of a caller', () => {
  const signIns = async (remoteAddress: string, forwarded: (n: number) => string) => {
    const replies = [];
    for (let n = 0; n < ROUTES['identity.sign-in'].ratePerMinute + 5; n++)
      replies.push(
        await world.inject({
          method: 'POST',
          url: '/v1/auth/sign-in',
          headers: { 'x-forwarded-for': forwarded(n) },
          remoteAddress,
          payload: {},
        }),
      );
    return statusesOf(replies)[429] ?? 0;
  };

  test('is what the trusted proxy says, so that those behind it are counted apart', async () => {
    expect(await signIns('10.0.0.1', n => `192.0.2.${n + 1}`)).toBe(0);
  });

  test('is not what the caller says: neither in front of the proxy nor without one', async () => {
    expect(await signIns('10.0.0.1', n => `192.0.2.${n + 1}, 203.0.113.50`)).toBe(5);
    expect(await signIns('203.0.113.60', n => `192.0.2.${n + 1}`)).toBe(5);
  });
});
