import { createPublicKey } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { manualClock } from '../../src/kernel/clock.ts';
import { secret } from '../../src/kernel/secret.ts';
import { createFetchTyped } from '../../src/platform/egress/index.ts';
import { createOidc, newAttempt, OidcError } from '../../src/platform/oidc/index.ts';
import { atHash, createHostileProvider, type Forgery, type HostileProvider, hs256 } from '../oidc/hostile-provider.ts';

const CLIENT = 'astrix-test';
const REDIRECT = 'https://desk.agency.example/sign-in/sso/callback';
const clock = manualClock('2026-12-01T10:00:00Z');
const typed = createFetchTyped(false);
let hostile: HostileProvider;
beforeAll(async () => {
  hostile = await createHostileProvider(CLIENT);
  hostile.now = () => clock.now().getTime();
});
afterAll(async () => {
  await hostile.close();
  await typed.close();
});
beforeEach(() => {
  Object.assign(hostile, { forge: {}, discovery: null, status: null });
});

const provider = () => ({ issuer: hostile.issuer, clientId: CLIENT, clientSecret: secret('s'.repeat(32)) });

/** A whole attempt, as far as the claims. */
async function attempt(
  forge: Forgery,
  callback: Record<string, string> = {},
  oidc = createOidc(typed.fetch, clock, false),
) {
  const begun = newAttempt();
  hostile.forge = forge;
  hostile.nonce = begun.nonce;
  await oidc.begin(provider(), begun, REDIRECT, null);
  const parameters = new URLSearchParams({ code: 'c'.repeat(20), state: begun.state, ...callback });
  return oidc.finish(provider(), begun, REDIRECT, parameters);
}
const reasonOf = async (forge: Forgery, callback: Record<string, string> = {}) => {
  const error = await attempt(forge, callback).then(
    () => null,
    thrown => thrown,
  );
  return error instanceof OidcError ? error.reason : error;
};
const seconds = () => Math.floor(clock.now().getTime() / 1000);

test('a token that is right is accepted, and says who it is', async () => {
  const claims = await attempt({ claims: { amr: ['pwd', 'mfa'], groups: ['Support', 7] } });
  expect({ ...claims, valuesOf: claims.valuesOf('groups') }).toEqual({
    issuer: hostile.issuer,
    subject: 'subject-1',
    email: 'agent@agency1.example',
    emailVerified: true,
    name: 'Asha Rao',
    methods: ['pwd', 'mfa'],
    context: null,
    valuesOf: ['Support'],
  });
  expect(claims.valuesOf('__proto__')).toEqual([]);
});

test.each([-59, 59])('a clock that is %i seconds off is accepted', async off => {
  const at = seconds() + off;
  await expect(
    attempt({ claims: { iat: at, exp: at < seconds() ? seconds() - 50 : at + 300 } }),
  ).resolves.toBeDefined();
});

const decoded = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
const none = (alg: string): Forgery => ({ header: { alg }, signature: () => Buffer.alloc(0) });
const otherSubject = (token: string) => {
  const [header, claims, signature] = token.split('.') as [string, string, string];
  const changed = Buffer.from(JSON.stringify({ ...decoded(claims), sub: 'somebody else' })).toString('base64url');
  return [header, changed, signature].join('.');
};

/** What an attacker sends in place of an ID token, or has a provider send. */
const FORGED: readonly (readonly [string, () => Forgery])[] = [
  ['alg none', () => none('none')],
  ['alg None', () => none('None')],
  ['alg NONE', () => none('NONE')],
  ['no alg', () => ({ header: { alg: undefined } })],
  ['alg as a list', () => ({ header: { alg: ['RS256'] } })],
  ['alg RS256 without a signature', () => none('RS256')],
  ['HS256 with the public key in PEM', () => ({ header: { alg: 'HS256' }, signature: hs256(hostile.publicPem) })],
  [
    'HS256 with the public key in DER',
    () => ({
      header: { alg: 'HS256' },
      signature: hs256(createPublicKey(hostile.publicPem).export({ format: 'der', type: 'spki' })),
    }),
  ],
  ['HS256 with the client secret', () => ({ header: { alg: 'HS256' }, signature: hs256('s'.repeat(32)) })],
  ['HS256 with an empty key', () => ({ header: { alg: 'HS256' }, signature: hs256('') })],
  ['RS384, which is not on the list', () => ({ header: { alg: 'RS384' } })],
  ['PS256, which is not on the list', () => ({ header: { alg: 'PS256' } })],
  ['ES256 under a key for RS256', () => ({ header: { alg: 'ES256' } })],
  ['the key of a stranger', () => ({ key: hostile.strangersKey })],
  [
    'the key of a stranger, in the header as jwk',
    () => ({
      key: hostile.strangersKey,
      header: { jwk: createPublicKey(hostile.strangersKey).export({ format: 'jwk' }) },
    }),
  ],
  ['jku of a stranger', () => ({ key: hostile.strangersKey, header: { jku: `${hostile.issuer}/evil-keys` } })],
  ['x5u of a stranger', () => ({ key: hostile.strangersKey, header: { x5u: `${hostile.issuer}/evil.pem` } })],
  ['an unknown kid', () => ({ header: { kid: 'k2' } })],
  ['a kid that is a path', () => ({ key: hostile.strangersKey, header: { kid: '../../../../dev/null' } })],
  ['a kid with SQL in it', () => ({ key: hostile.strangersKey, header: { kid: "k1' or '1'='1" } })],
  ['a critical header that nobody knows', () => ({ header: { crit: ['exp2'], exp2: 1 } })],
  ['another issuer', () => ({ claims: { iss: 'https://accounts.google.com' } })],
  ['the issuer with a slash', () => ({ claims: { iss: `${hostile.issuer}/` } })],
  ['no issuer', () => ({ without: ['iss'] })],
  ['another audience', () => ({ claims: { aud: 'another-client' } })],
  ['an audience that begins with ours', () => ({ claims: { aud: `${CLIENT}-2` } })],
  ['no audience', () => ({ without: ['aud'] })],
  ['two audiences without azp', () => ({ claims: { aud: [CLIENT, 'other'] } })],
  ['two audiences, and azp is the other one', () => ({ claims: { aud: [CLIENT, 'other'], azp: 'other' } })],
  ['azp of another client', () => ({ claims: { azp: 'other' } })],
  ['expired by 61 seconds', () => ({ claims: { exp: seconds() - 61 } })],
  ['no expiry', () => ({ without: ['exp'] })],
  ['an expiry that is a text', () => ({ claims: { exp: 'tomorrow' } })],
  ['an expiry in a year', () => ({ claims: { exp: seconds() + 31_536_000 } })],
  ['not valid yet', () => ({ claims: { nbf: seconds() + 120 } })],
  ['issued eleven minutes ago and kept', () => ({ claims: { iat: seconds() - 700, exp: seconds() + 300 } })],
  ['no time of issue', () => ({ without: ['iat'] })],
  ['the nonce of another attempt: a replayed token', () => ({ claims: { nonce: 'n'.repeat(43) } })],
  ['no nonce', () => ({ without: ['nonce'] })],
  ['no subject', () => ({ without: ['sub'] })],
  ['the hash of another access token', () => ({ claims: { at_hash: atHash('other') } })],
  ['a subject that was changed after signing', () => ({ text: otherSubject })],
  ['four parts', () => ({ text: token => `${token}.x` })],
  ['two parts', () => ({ text: token => token.split('.').slice(0, 2).join('.') })],
  ['no token', () => ({ text: () => undefined })],
  ['an access token in its place', () => ({ text: () => 'a'.repeat(64) })],
];

describe('AU-01: forged ID tokens are all refused with the same word', () => {
  test('there are more than forty of them', () => expect(FORGED.length).toBeGreaterThanOrEqual(40));

  test.each(FORGED)('%s', async (_, forge) => {
    hostile.asked.length = 0;
    expect(await reasonOf(forge())).toBe('token');
    // Whatever a header names, only the addresses of the discovery document are asked.
    const others = hostile.asked.filter(
      path => !['/.well-known/openid-configuration', '/token', '/keys'].includes(path),
    );
    expect(others).toEqual([]);
  });
});

describe('AU-03: what the browser brings back', () => {
  test.each([
    ['another state', { state: 's'.repeat(43) }],
    ['an empty state', { state: '' }],
    ['another issuer (mix-up)', { iss: 'https://accounts.google.com' }],
  ])('%s is refused before the provider is asked for a token', async (_, callback) => {
    hostile.asked.length = 0;
    expect(await reasonOf({}, callback)).toBe('refused');
    expect(hostile.asked).not.toContain('/token');
  });

  test('a person who says no at the provider', async () => {
    expect(await reasonOf({}, { error: 'access_denied', code: '' })).toBe('declined');
  });
});

describe('AU-01: a provider that is not what its issuer says', () => {
  const base = () => ({
    issuer: hostile.issuer,
    authorization_endpoint: `${hostile.issuer}/authorize`,
    token_endpoint: `${hostile.issuer}/token`,
    jwks_uri: `${hostile.issuer}/keys`,
  });
  test.each([
    ['names another issuer', () => ({ ...base(), issuer: 'https://accounts.google.com' })],
    ['has no key set', () => ({ ...base(), jwks_uri: undefined })],
    [
      'signs with none and HS256 alone',
      () => ({ ...base(), id_token_signing_alg_values_supported: ['none', 'HS256'] }),
    ],
    ['is no provider', () => ({ hello: 'world' })],
  ])('%s', async (_, discovery) => {
    hostile.discovery = discovery();
    expect(await reasonOf({})).toBe('not-a-provider');
  });

  test('a provider that is down, and one that does not answer', async () => {
    hostile.status = 503;
    expect(await reasonOf({})).toBe('not-a-provider');
    const oidc = createOidc(typed.fetch, clock, false);
    const gone = { ...provider(), issuer: 'http://127.0.0.1:1' };
    await expect(oidc.begin(gone, newAttempt(), REDIRECT, null)).rejects.toMatchObject({ reason: 'unreachable' });
  });

  test('EG-01: in production a provider on this machine or in its network is not reached', async () => {
    const closed = createFetchTyped(true);
    const oidc = createOidc(closed.fetch, clock, true);
    for (const issuer of [hostile.issuer, 'https://127.0.0.1', 'https://169.254.169.254', 'https://x.example:8443'])
      await expect(oidc.check(issuer)).rejects.toBeInstanceOf(OidcError);
    await closed.close();
  });
});
