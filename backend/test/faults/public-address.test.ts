import { ERRORS, type ProviderId } from '@astrix/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWorld, type World } from '../world.ts';

const APP = {
  ASTRIX_WHATSAPP_APP_SECRET: 'an-app-secret-of-its-own',
  ASTRIX_APP_GOOGLE_ID: 'google-id',
  ASTRIX_APP_GOOGLE_SECRET: 'google-secret-of-its-own',
};
const PRODUCTION = { ...APP, ASTRIX_ENV: 'production', ASTRIX_WHATSAPP_VERIFY_TOKEN: 'a-verify-token-of-its-own' };
let without: World;
let withOne: World;
beforeAll(async () => {
  without = await createWorld(PRODUCTION);
  withOne = await createWorld({ ...PRODUCTION, ASTRIX_PUBLIC_URL: 'https://console.agency.example' });
});
afterAll(async () => {
  await without.close();
  await withOne.close();
});

async function asOwner(world: World) {
  const [agency] = world.agencies;
  const { accessToken } = await world.signIn(agency.people.owner);
  const headers = { authorization: `Bearer ${accessToken}` };
  return {
    client: agency.clients[0].id,
    get: (url: string) => world.inject({ url, headers }),
    post: (url: string, payload: object) => world.inject({ method: 'POST', url, headers, payload }),
  };
}
const consent = { provider: 'google-ads', shared: false, connectionId: null, loopbackPort: 40_000 };

test('in production without a public address nobody is sent to a provider, and the sentence names the variable', async () => {
  const owner = await asOwner(without);
  const reply = await owner.post(`/v1/clients/${owner.client}/connect`, consent);
  expect(reply.statusCode).toBe(503);
  expect(reply.json()).toMatchObject({ code: 'no_public_address', title: ERRORS.no_public_address.reason });
  expect(ERRORS.no_public_address.next).toContain('ASTRIX_PUBLIC_URL');
  expect(reply.body).not.toContain('127.0.0.1');
});

test('the catalogue says what is missing: the app, or the address', async () => {
  const readOf = async (world: World) => {
    const owner = await asOwner(world);
    const { entries } = (await owner.get(`/v1/clients/${owner.client}/catalogue`)).json() as {
      entries: { id: ProviderId; ready: boolean; missing?: string }[];
    };
    return (id: ProviderId) => {
      const { ready, missing } = entries.find(entry => entry.id === id)!;
      return { ready, missing };
    };
  };
  const alone = await readOf(without);
  expect(alone('google-ads')).toEqual({ ready: false, missing: 'public-address' });
  expect(alone('jira')).toEqual({ ready: false, missing: 'app' });
  expect(alone('razorpay')).toEqual({ ready: true, missing: undefined });
  const reachable = await readOf(withOne);
  expect(reachable('google-ads')).toEqual({ ready: true, missing: undefined });
});

test('no invitation is made whose link would lead nowhere', async () => {
  const owner = await asOwner(without);
  const reply = await owner.post('/v1/invitations', {
    email: 'asha@agency.example',
    role: 'agent',
    clientIds: [],
    teamIds: [],
  });
  expect(reply.json()).toMatchObject({ code: 'no_public_address' });
  expect((await owner.get('/v1/invitations')).json()).toEqual({ invitations: [] });
});

test('a page says it as well, instead of taking a password at an address that nobody can check', async () => {
  const reply = await without.inject({ url: '/recover', headers: { host: 'console.agency.example' } });
  expect(reply.statusCode).toBe(503);
  expect(reply.headers['content-type']).toContain('text/html');
  expect(reply.body).toContain(ERRORS.no_public_address.reason);
});

test('with the address, consent and invitations lead there', async () => {
  const owner = await asOwner(withOne);
  const { authorizeUrl } = (await owner.post(`/v1/clients/${owner.client}/connect`, consent)).json();
  expect(new URL(authorizeUrl).searchParams.get('redirect_uri')).toBe(
    'https://console.agency.example/oauth/callback/google-ads',
  );
  const invited = await owner.post('/v1/invitations', {
    email: 'asha@agency.example',
    role: 'agent',
    clientIds: [],
    teamIds: [],
  });
  expect(invited.json().link).toMatch(/^https:\/\/console\.agency\.example\/join\//);
});
