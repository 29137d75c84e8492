import { generateKeyPairSync, sign as signRsa } from 'node:crypto';
import { b64, type Delivery, EVENT, foreignOf, type HeaderParty, mac, type Party, SECONDS } from './parties.ts';

export type Claims = Readonly<Record<string, unknown>>;
/** A party whose proof is a token; `carry` puts any text where the token goes. */
export type TokenParty = Party & {
  readonly algorithm: 'RS256' | 'HS256';
  readonly carry: (token: string) => Delivery;
  readonly claims: Claims;
};
export const CLAIMS: Claims = {
  iss: 'the-provider',
  aud: 'our-app',
  iat: SECONDS,
  exp: SECONDS + 600,
  data: '{"instanceId":"i1"}',
};

/** The signing half of a token, in any of the algorithms that an attacker may try. */
export function stamp(algorithm: string, input: string, key: string): string {
  if (algorithm.startsWith('HS')) return mac(key, input, `sha${algorithm.slice(2)}`).digest('base64url');
  return signRsa(`sha${algorithm.slice(2)}`, Buffer.from(input), {
    key,
    ...(algorithm.startsWith('PS') ? { padding: 6, saltLength: Number(algorithm.slice(2)) / 8 } : {}),
  }).toString('base64url');
}
export const mint = (algorithm: string, key: string, claims: unknown, header: object = {}) => {
  const input = `${b64({ alg: algorithm, typ: 'JWT', ...header })}.${b64(claims)}`;
  return `${input}.${stamp(algorithm, input, key)}`;
};

const pair = (modulusLength = 2048) =>
  generateKeyPairSync('rsa', {
    modulusLength,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
const [now, next, other, retired] = [pair(), pair(), pair(), pair()];
export const attackersKey = other;

const wixToken = (token: string): Delivery => ({ body: Buffer.from(token), headers: { 'content-type': 'text/plain' } });
export const wix: TokenParty = {
  name: 'RS256 JWT',
  scheme: { kind: 'jwt-rs256', carrier: 'body', issuer: 'the-provider', audience: 'ours', toleranceSeconds: 60 },
  algorithm: 'RS256',
  vouches: true,
  live: [now.publicKey, next.publicKey],
  keys: [now.privateKey, next.privateKey],
  foreign: [
    ['of another app', other.privateKey],
    ['of last year, whose overlap has ended', retired.privateKey],
  ],
  settings: { audience: 'our-app' },
  body: Buffer.from(''),
  claims: CLAIMS,
  carry: wixToken,
  sign: ({ key = now.privateKey } = {}) => wixToken(mint('RS256', key, CLAIMS)),
};

const jiraKeys = ['the-client-secret-of-jira-now', 'the-client-secret-of-jira-next'] as const;
const jiraToken = (token: string): Delivery => ({
  body: EVENT,
  headers: { authorization: `Bearer ${token}` },
  urlToken: 'u7b9d1f3a5c7e9-now',
});
export const jira: TokenParty & HeaderParty = {
  name: 'Jira JWT',
  scheme: {
    kind: 'jwt-hs256',
    carrier: { header: 'authorization', prefix: 'Bearer ' },
    issuer: 'the-provider',
    audience: 'ours',
    toleranceSeconds: 60,
    presence: 'always',
  },
  header: 'authorization',
  algorithm: 'HS256',
  vouches: false,
  live: jiraKeys,
  keys: jiraKeys,
  foreign: foreignOf(jiraKeys[0]),
  settings: { audience: 'our-app', urlSecrets: [] },
  body: EVENT,
  claims: CLAIMS,
  carry: jiraToken,
  sign: ({ key = jiraKeys[0], body = EVENT } = {}) => ({ ...jiraToken(mint('HS256', key, CLAIMS)), body }),
};
