import { createPublicKey } from 'node:crypto';
import type { Forgery } from './headers-and-bodies.ts';
import { b64, SECONDS } from './parties.ts';
import { attackersKey, mint, stamp, type TokenParty } from './token-parties.ts';

/** Tokens: by what they claim, by how they are signed and by how they are written. */
export function tokensOf(party: TokenParty): Forgery[] {
  const { algorithm, claims, carry, live, keys } = party;
  const [key] = keys;
  const good = mint(algorithm, key, claims);
  const [head = '', payload = '', signature = ''] = good.split('.');
  const attacker = algorithm === 'RS256' ? attackersKey.privateKey : 'the-key-of-an-attacker';
  const jwk = createPublicKey(attackersKey.publicKey).export({ format: 'jwk' });
  const by = (name: string, token: string): Forgery => [`a token ${name}`, carry(token)];
  const claim = (name: string, over: object) => by(name, mint(algorithm, key, { ...claims, ...over }));
  const header = (name: string, over: object) => by(name, mint(algorithm, key, claims, over));
  const chosen = (name: string, over: object) => by(name, mint(algorithm, attacker, claims, over));
  /** Signed rightly over a header that names another algorithm. */
  const none = (alg: unknown) => `${b64({ alg, typ: 'JWT' })}.${payload}.`;
  const open = live[0] ?? '';
  const shared = (name: string, alg: string, secret: string) => by(name, mint(alg, secret, claims));
  return [
    ...['none', 'None', 'NONE', 'nOnE', '', null, 0, ['none'], ['RS256', 'HS256']].map(alg =>
      by(`whose algorithm is ${JSON.stringify(alg)}`, none(alg)),
    ),
    by('of no algorithm', `${b64({ typ: 'JWT' })}.${payload}.`),
    by('of no algorithm with the right signature', `${b64({ typ: 'JWT' })}.${payload}.${signature}`),
    ...(algorithm === 'RS256'
      ? [
          shared('of HS256 with the public key for a secret', 'HS256', open),
          shared('of HS256 with the public key without its last line end', 'HS256', open.trim()),
          shared('of HS512 with the public key for a secret', 'HS512', open),
          by(
            'of RS256 with a public key for a secret',
            `${head}.${payload}.${stamp('HS256', `${head}.${payload}`, open)}`,
          ),
          ...['RS384', 'RS512', 'PS256'].map(alg => by(`of ${alg}, signed rightly`, mint(alg, key, claims))),
        ]
      : [
          ...['HS384', 'HS512'].map(alg => shared(`of ${alg}, signed rightly`, alg, key)),
          by('of RS256 with the key of an attacker', mint('RS256', attackersKey.privateKey, claims)),
          shared('of HS256 with the name of the algorithm for a secret', 'HS256', 'HS256'),
        ]),
    header('whose algorithm is not in capitals', { alg: algorithm.toLowerCase() }),
    header('that demands to be understood', { crit: ['exp'] }),
    header('that demands nothing to be understood', { crit: [] }),
    chosen('of an attacker that brings its key', { jwk }),
    chosen('of an attacker that names its keys', { jku: 'https://evil.tld/keys' }),
    chosen('of an attacker that names its certificate', { x5u: 'https://evil.tld/cert' }),
    chosen('of an attacker that brings its certificate', { x5c: ['MIIB'] }),
    chosen('of an attacker that names our key', { kid: 'now' }),
    shared('whose key is an empty file', 'HS256', ''),
    by('whose key is a path', mint('HS256', '', claims, { kid: '../../../../dev/null' })),
    by('whose key is a query', mint('HS256', 'x', claims, { kid: "' union select 'x" })),
    claim('that has ended', { exp: SECONDS - 61 }),
    claim('without an end', { exp: undefined }),
    claim('whose end is a text', { exp: `${SECONDS + 600}` }),
    claim('whose end is nothing', { exp: null }),
    claim('from the future', { iat: SECONDS + 61 }),
    claim('without a beginning', { iat: undefined }),
    claim('that is not yet good', { nbf: SECONDS + 61 }),
    claim('that is good from a text', { nbf: 'now' }),
    claim('of another issuer', { iss: 'evil.tld' }),
    claim('of an issuer that begins alike', { iss: `${claims.iss}.evil.tld` }),
    claim('of no issuer', { iss: undefined }),
    claim('for another app', { aud: 'other-app' }),
    claim('for other apps', { aud: ['other-app', 'third-app'] }),
    claim('for nobody', { aud: undefined }),
    claim('for everybody', { aud: '*' }),
    by('whose claims are a list', mint(algorithm, key, [claims])),
    by('whose claims are a text', mint(algorithm, key, 'claims')),
    by('that says two ends', mint(algorithm, key, `{"exp":1,${JSON.stringify(claims).slice(1)}`)),
    by('with other claims under its signature', `${head}.${b64({ ...claims, data: 'forged' })}.${signature}`),
    by(
      'with the signature of another',
      `${good.slice(0, good.lastIndexOf('.'))}.${mint(algorithm, key, { ...claims, jti: '1' }).split('.')[2]}`,
    ),
    by('without a signature', `${head}.${payload}.`),
    by('of two parts', `${head}.${payload}`),
    by('of four parts', `${good}.${signature}`),
    by('of five parts', `${good}..`),
    by('with padding', `${good}==`),
    by('in another base64', `${head}.${payload}.${Buffer.from(signature, 'base64url').toString('base64')}`),
    by('cut short', good.slice(0, -4)),
    by('with a line end', `${good}\n`),
    by('with a space in front', ` ${good}`),
    by('in quotes', `"${good}"`),
    by('as JSON', JSON.stringify({ protected: head, payload, signature })),
    by('twice', `${good},${good}`),
    by('empty', ''),
    by('of full stops', '..'),
  ];
}
