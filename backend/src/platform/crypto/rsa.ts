import { createPublicKey, type JsonWebKey, type KeyObject, verify } from 'node:crypto';

export type RsaKey = KeyObject;

/** RFC 7518 §3.3 demands this many bits of a key for RS256. */
const MIN_BITS = 2048;

/**
 * A public key for RS256 out of a PEM, a PEM in base64 (some consoles hand it out so) or a JWK. Null for everything else: another kind of
 * key, one too short, one meant for another use, a private one.
 */
export function readRsaKey(text: string): RsaKey | null {
  try {
    const key = text.trimStart().startsWith('{') ? fromJwk(JSON.parse(text)) : fromPem(text);
    const bits = key?.asymmetricKeyDetails?.modulusLength ?? 0;
    return key?.asymmetricKeyType === 'rsa' && bits >= MIN_BITS ? key : null;
  } catch {
    return null;
  }
}

/** RSASSA-PKCS1-v1_5 with SHA-256. Never throws: a signature of another length is simply not the right one. */
export const rs256Holds = (key: RsaKey, data: Buffer, signature: Buffer): boolean =>
  verify('sha256', data, key, signature);

function fromPem(text: string): RsaKey | null {
  const pem = text.includes('-----BEGIN ') ? text : Buffer.from(text, 'base64').toString('latin1');
  return pem.includes('PRIVATE KEY-----') ? null : createPublicKey(pem);
}

function fromJwk(jwk: JsonWebKey): RsaKey | null {
  const meant = (jwk.alg ?? 'RS256') === 'RS256' && (jwk.use ?? 'sig') === 'sig' && jwk.d === undefined;
  return meant ? createPublicKey({ key: jwk, format: 'jwk' }) : null;
}
