import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createWorld, type World } from '../../../../test/world.ts';
import { createSessionWatch } from './session-watch.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld({ ASTRIX_ROLE: 'api' });
});
afterAll(() => world.close());
afterEach(() => {
  vi.useRealTimers();
});

test('AU-06: a watched session that ran out is told as expired, one that was ended as revoked, and a live one stays', async () => {
  const { owner, agent, manager } = world.agencies[0].people;
  const old = await world.signIn(agent);
  world.clock.advance(8 * 3600);
  const [live, revoked] = [await world.signIn(manager), await world.signIn(owner)];
  const headers = { authorization: `Bearer ${revoked.accessToken}` };
  await world.inject({ method: 'POST', url: '/v1/auth/sign-out', headers });

  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const watch = createSessionWatch(world.db);
  const told: string[] = [];
  for (const [name, { sessionId }] of Object.entries({ old, live, revoked }))
    watch.watch(sessionId, how => void told.push(`${name} ${how}`));
  vi.advanceTimersByTime(15_000);
  vi.useRealTimers();
  await expect.poll(() => told.sort()).toEqual(['old expired', 'revoked revoked']);
});
