import { createHash, createHmac, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a token says and how it is signed; each part can be forged by itself. */
export type Forgery = {
  readonly header?: Readonly<Record<string, unknown>>;
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Claims that are left out. */
  readonly without?: readonly string[];
  readonly key?: KeyObject;
  readonly signature?: (input: string) => Buffer;
  /** The token as it is sent, made of the right one. */
  readonly text?: (token: string) => string | undefined;
  readonly accessToken?: string;
};

export type HostileProvider = {
  readonly issuer: string;
  readonly key: KeyObject;
  readonly publicPem: string;
  /** A key that is in no key set of this provider. */
  readonly strangersKey: KeyObject;
  /** What the token endpoint answers next; the nonce is that of the attempt. */
  forge: Forgery;
  nonce: string;
  now: () => number;
  /** In place of the discovery document. */
  discovery: Record<string, unknown> | null;
  readonly asked: string[];
  /** Every request is answered with this status. */
  status: number | null;
  readonly close: () => Promise<void>;
};

const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
export const atHash = (token: string) =>
  createHash('sha256').update(token).digest().subarray(0, 16).toString('base64url');
export const hs256 = (key: string | Buffer) => (input: string) => createHmac('sha256', key).update(input).digest();

/** An OpenID provider on loopback that does everything right, until a test says otherwise. */
export async function createHostileProvider(clientId: string): Promise<HostileProvider> {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const server = createServer((request, reply) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    provider.asked.push(path);
    const answer = (status: number, body: object) => {
      reply.writeHead(status, { 'content-type': 'application/json' });
      reply.end(JSON.stringify(body));
    };
    if (provider.status !== null) return answer(provider.status, {});
    const issuer = provider.issuer;
    if (path === '/.well-known/openid-configuration')
      return answer(
        200,
        provider.discovery ?? {
          issuer,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          jwks_uri: `${issuer}/keys`,
          response_types_supported: ['code'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['RS256', 'ES256', 'HS256', 'none'],
        },
      );
    if (path === '/keys')
      return answer(200, {
        keys: [{ ...pair.publicKey.export({ format: 'jwk' }), kid: 'k1', use: 'sig', alg: 'RS256' }],
      });
    if (path === '/token') {
      const { accessToken = randomBytes(16).toString('hex') } = provider.forge;
      const idToken = tokenOf(accessToken);
      return answer(200, {
        access_token: accessToken,
        token_type: 'Bearer',
        expires_in: 300,
        ...(idToken === undefined ? {} : { id_token: idToken }),
      });
    }
    return answer(404, {});
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));

  function tokenOf(accessToken: string): string | undefined {
    const { header, claims, without = [], key = pair.privateKey, signature, text } = provider.forge;
    const now = Math.floor(provider.now() / 1000);
    const said: Record<string, unknown> = {
      iss: provider.issuer,
      sub: 'subject-1',
      aud: clientId,
      iat: now,
      exp: now + 300,
      nonce: provider.nonce,
      at_hash: atHash(accessToken),
      email: 'agent@agency1.example',
      email_verified: true,
      name: 'Asha Rao',
      ...claims,
    };
    for (const name of without) delete said[name];
    const input = `${encoded({ alg: 'RS256', typ: 'JWT', kid: 'k1', ...header })}.${encoded(said)}`;
    const bytes = signature ? signature(input) : sign('sha256', Buffer.from(input), key);
    const token = `${input}.${bytes.toString('base64url')}`;
    return text ? text(token) : token;
  }

  const provider: HostileProvider = {
    issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    key: pair.privateKey,
    publicPem: pair.publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    strangersKey: stranger.privateKey,
    forge: {},
    nonce: '',
    now: Date.now,
    discovery: null,
    asked: [],
    status: null,
    close: () => {
      server.closeAllConnections();
      return new Promise(resolve => server.close(() => resolve()));
    },
  };
  return provider;
}
