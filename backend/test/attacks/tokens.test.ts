import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sha256 } from '../../src/platform/crypto/index.ts';
import { createWorld, PASSWORD, type World } from '../world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld({ ASTRIX_ROLE: 'api' });
});
afterAll(() => world.close());

const people = () => world.agencies[0].people;
const credentials = () => {
  const { email, deviceKey } = people().manager;
  return { email, password: PASSWORD, device: { name: 'Test laptop', platform: 'linux', key: deviceKey } };
};
const nameless = (body: string) => body.replace(/"reference":"[^"]*"/, '');

describe('AU-01: forged access tokens', () => {
  const jwt = (header: object, payload: object, mark = 'x') =>
    `${[header, payload].map(part => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.${mark}`;

  test('all of a corpus are refused with one and the same answer, and the real one works', async () => {
    const real = await world.signIn(people().owner);
    const other = await world.signIn(people().agent);
    await world.inject({
      method: 'POST',
      url: '/v1/auth/sign-out',
      headers: { authorization: `Bearer ${other.accessToken}` },
    });
    const token = real.accessToken;
    const secret = token.slice('astrix-access-'.length);
    const swapped = secret.startsWith('A') ? `B${secret.slice(1)}` : `A${secret.slice(1)}`;
    const claims = { sub: people().owner.id, role: 'owner', exp: 9_999_999_999 };
    const bearer = [
      '',
      ' ',
      'null',
      'undefined',
      'true',
      '0',
      secret,
      `astrix-access-${swapped}`,
      `astrix-access-${[...secret].reverse().join('')}`,
      token.slice(0, -1),
      `${token}A`,
      `${token}=`,
      `${token}.`,
      `${token}\t`,
      ` ${token}`,
      `"${token}"`,
      `'${token}'`,
      `${token},${token}`,
      `${token} ${token}`,
      token.toUpperCase(),
      token.replace('astrix-access-', 'astrix-access_'),
      token.replace('astrix-access-', 'astrix-refresh-'),
      token.replace('astrix-', 'аstrix-'),
      `astrix-access-astrix-access-${secret}`,
      `astrix-access-${Buffer.from(secret, 'base64url').toString('hex')}`,
      `astrix-access-${Buffer.alloc(32).toString('base64url')}`,
      `astrix-access-${'A'.repeat(499)}`,
      'A'.repeat(5000),
      sha256(token).toString('hex'),
      sha256(token).toString('base64url'),
      `\\x${sha256(token).toString('hex')}`,
      real.refreshToken,
      real.sessionId,
      people().owner.id,
      other.accessToken,
      (await world.inject({ method: 'POST', url: '/v1/auth/sign-in', payload: credentials() })).json().challenge,
      jwt({ alg: 'none', typ: 'JWT' }, claims, ''),
      jwt({ alg: 'HS256', typ: 'JWT' }, claims),
      jwt({ alg: 'RS256', kid: '../../etc/passwd' }, claims),
      jwt({ alg: 'RS256', jku: 'https://evil.example/jwks' }, claims),
      jwt({ alg: 'ES256', x5u: 'https://evil.example/x' }, claims),
      "' or '1'='1' -- aaaaaaaaaaaaaaaa",
      `${token}%00`,
      '%'.repeat(40),
      '$argon2id$v=19$m=64,t=2,p=1$c2FsdA$aGFzaA',
    ].map(value => ({ authorization: `Bearer ${value}` }));
    const elsewhere: Record<string, string>[] = [
      {},
      { authorization: token },
      { authorization: `Basic ${Buffer.from(`owner:${token}`).toString('base64')}` },
      { authorization: `bearer ${token}` },
      { authorization: `Token ${token}` },
      { authorization: `Bearer  ${token}` },
      { authorization: [`Bearer ${token}`, `Bearer ${token}`].join(', ') },
      { cookie: `access_token=${token}; session=${real.sessionId}` },
      { 'x-access-token': token },
      { 'x-forwarded-user': people().owner.id },
      { 'x-session-id': real.sessionId, 'x-agency-id': world.agencies[0].id },
    ];
    const answers = new Set<string>();
    const corpus: Record<string, string>[] = [...bearer, ...elsewhere];
    for (const headers of corpus) {
      const reply = await world.inject({ url: '/v1/me', headers });
      answers.add(`${reply.statusCode} ${nameless(reply.body)}`);
    }
    for (const url of [`/v1/me?access_token=${token}`, `/v1/me?authorization=Bearer%20${token}`]) {
      const reply = await world.inject({ url });
      answers.add(`${reply.statusCode} ${nameless(reply.body)}`);
    }
    expect(corpus.length).toBeGreaterThanOrEqual(50);
    expect([...answers]).toHaveLength(1);
    expect([...answers][0]).toMatch(/^401 .*"code":"unauthenticated"/);
    const me = await world.inject({ url: '/v1/me', headers: { authorization: `Bearer ${token}` } });
    expect(me.statusCode).toBe(200);
  });
});
