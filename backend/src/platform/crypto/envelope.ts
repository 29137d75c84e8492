import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { canonicalJson } from '../../kernel/canonical-json.ts';
import { deriveKey } from './digests.ts';

/** Keys by version; `current` seals, all of them open. */
export type Keyring = { readonly current: number; readonly keys: ReadonlyMap<number, Buffer> };

export const keyringOf = (kek: Buffer): Keyring => ({
  current: 1,
  keys: new Map([[1, deriveKey(kek, 'envelope/v1')]]),
});

/**
 * AES-256-GCM with a random 96-bit nonce: `v1.<key version>.<nonce>.<tag>.<ciphertext>`, base64url.
 * `aad` says where the value lives (agency, client, field …); a value moved elsewhere does not open (VT-02).
 */
export function seal(keyring: Keyring, plaintext: string, aad: Readonly<Record<string, string>>): string {
  const key = keyring.keys.get(keyring.current);
  if (!key) throw new Error('the keyring has no current key');
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 });
  cipher.setAAD(associatedData(aad, keyring.current));
  const sealed = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
  return [
    'v1',
    keyring.current,
    nonce.toString('base64url'),
    cipher.getAuthTag().toString('base64url'),
    sealed.toString('base64url'),
  ].join('.');
}

/** Throws one and the same error for a wrong key, a changed bit, a foreign place and a malformed envelope. */
export function open(keyring: Keyring, envelope: string, aad: Readonly<Record<string, string>>): string {
  const [format, version, nonce, tag, sealed] = envelope.split('.');
  const key = keyring.keys.get(Number(version));
  const tagBytes = Buffer.from(tag ?? '', 'base64url');
  if (format !== 'v1' || !key || nonce === undefined || sealed === undefined || tagBytes.length !== 16)
    throw new SealBroken();
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64url'), { authTagLength: 16 });
    decipher.setAAD(associatedData(aad, Number(version)));
    decipher.setAuthTag(tagBytes);
    return Buffer.concat([decipher.update(Buffer.from(sealed, 'base64url')), decipher.final()]).toString('utf8');
  } catch {
    throw new SealBroken();
  }
}

export class SealBroken extends Error {
  constructor() {
    super('a sealed value does not open');
    this.name = 'SealBroken';
  }
}

const associatedData = (aad: Readonly<Record<string, string>>, version: number) =>
  Buffer.from(canonicalJson({ ...aad, keyVersion: String(version) }));
