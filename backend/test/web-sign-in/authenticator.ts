import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** What a test changes in what an authenticator or a browser says. */
export type Changed = {
  readonly origin?: string;
  readonly domain?: string;
  readonly type?: string;
  readonly challenge?: string;
  readonly verified?: boolean;
  readonly counter?: number;
  readonly key?: KeyObject;
};

export type Authenticator = {
  readonly id: string;
  readonly register: (challenge: string, changed?: Changed) => string;
  readonly sign: (challenge: string, changed?: Changed) => string;
};

const sha = (data: string | Buffer) => createHash('sha256').update(data).digest();
const url = (data: Buffer) => data.toString('base64url');

/** CBOR (RFC 8949) as far as WebAuthn needs it. */
function cbor(value: unknown): Buffer {
  const head = (major: number, n: number) =>
    n < 24
      ? Buffer.from([(major << 5) | n])
      : n < 256
        ? Buffer.from([(major << 5) | 24, n])
        : Buffer.from([(major << 5) | 25, n >> 8, n & 255]);
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value);
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
  const entries = [...(value as Map<unknown, unknown>)];
  return Buffer.concat([head(5, entries.length), ...entries.flatMap(([key, one]) => [cbor(key), cbor(one)])]);
}

/** A platform authenticator with one ES256 passkey for a domain, in software. */
export function newAuthenticator(domain: string, origin: string): Authenticator {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x, y } = publicKey.export({ format: 'jwk' });
  const credential = randomBytes(32);
  let counter = 0;

  const clientData = (type: string, challenge: string, changed: Changed) =>
    Buffer.from(
      JSON.stringify({
        type: changed.type ?? type,
        challenge: changed.challenge ?? challenge,
        origin: changed.origin ?? origin,
        crossOrigin: false,
      }),
    );
  const authData = (flags: number, changed: Changed) => {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(changed.counter ?? ++counter);
    const verified = changed.verified === false ? 0 : 0x04;
    return Buffer.concat([sha(changed.domain ?? domain), Buffer.from([0x01 | verified | flags]), count]);
  };

  return {
    id: url(credential),
    register(challenge, changed = {}) {
      const cose = cbor(
        new Map<number, unknown>([
          [1, 2],
          [3, -7],
          [-1, 1],
          [-2, Buffer.from(x!, 'base64url')],
          [-3, Buffer.from(y!, 'base64url')],
        ]),
      );
      const length = Buffer.from([0, credential.length]);
      const data = Buffer.concat([authData(0x40, changed), Buffer.alloc(16), length, credential, cose]);
      const attestation = cbor(
        new Map<string, unknown>([
          ['fmt', 'none'],
          ['attStmt', new Map()],
          ['authData', data],
        ]),
      );
      return JSON.stringify({
        id: url(credential),
        rawId: url(credential),
        type: 'public-key',
        response: {
          clientDataJSON: url(clientData('webauthn.create', challenge, changed)),
          attestationObject: url(attestation),
          transports: ['internal'],
        },
      });
    },
    sign(challenge, changed = {}) {
      const client = clientData('webauthn.get', challenge, changed);
      const data = authData(0, changed);
      const signature = sign('sha256', Buffer.concat([data, sha(client)]), changed.key ?? privateKey);
      return JSON.stringify({
        id: url(credential),
        rawId: url(credential),
        type: 'public-key',
        response: {
          clientDataJSON: url(client),
          authenticatorData: url(data),
          signature: url(signature),
          userHandle: null,
        },
      });
    },
  };
}
