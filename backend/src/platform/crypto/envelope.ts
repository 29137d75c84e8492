import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { canonicalJson } from '../../kernel/canonical-json.ts';
import { bytesOf } from './spelling.ts';

/** Keys by version; `current` seals, all of them open. */
export type Keyring = { readonly current: number; readonly keys: ReadonlyMap<number, Buffer> };
/** Where a sealed value lives: agency, client, field … It opens nowhere else. */
export type SealContext = Readonly<Record<string, string>>;

export const keyringFrom = (key: Buffer, version = 1): Keyring => ({
  current: version,
  keys: new Map([[version, key]]),
});

export const KEY_BYTES = 32;
export const newKey = (): Buffer => randomBytes(KEY_BYTES);

/** Version of the key, 96-bit nonce, 128-bit tag, ciphertext. One spelling for each value: nothing else is read. */
const ENVELOPE = /^v1\.([1-9]\d{0,9})\.([\w-]{16})\.([\w-]{22})\.([\w-]*)$/;

/**
 * AES-256-GCM with a random 96-bit nonce: `v1.<key version>.<nonce>.<tag>.<ciphertext>`, base64url.
 * `context` says whose value it is and where it is stored; a value that was moved elsewhere does not open (VT-02).
 */
export function sealBytes(keyring: Keyring, plaintext: Buffer, context: SealContext): string {
  const key = keyring.keys.get(keyring.current);
  if (!key) throw new Error('the keyring has no current key');
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 });
  cipher.setAAD(associatedData(context, keyring.current));
  const sealed = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return [
    'v1',
    keyring.current,
    nonce.toString('base64url'),
    cipher.getAuthTag().toString('base64url'),
    sealed.toString('base64url'),
  ].join('.');
}

/** Throws one and the same error for a wrong key, a changed bit, a foreign context and a malformed envelope. */
export function openBytes(keyring: Keyring, envelope: string, context: SealContext): Buffer {
  const [, version, ...parts] = ENVELOPE.exec(envelope) ?? [];
  const key = keyring.keys.get(Number(version));
  const [nonce, tag, sealed] = parts.map(part => bytesOf(part, 'base64url'));
  if (!key || !nonce || !tag || !sealed) throw new SealBroken();
  return openParts(key, { nonce, tag, sealed }, associatedData(context, Number(version)));
}

/** The parts of an envelope, under a key of 32 bytes. Throws `SealBroken` for whatever does not open. */
export function openParts(
  key: Buffer,
  { nonce, tag, sealed }: { readonly nonce: Buffer; readonly tag: Buffer; readonly sealed: Buffer },
  associated: Buffer,
): Buffer {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 });
    decipher.setAAD(associated);
    decipher.setAuthTag(tag);
    return Buffer.concat([decipher.update(sealed), decipher.final()]);
  } catch {
    throw new SealBroken();
  }
}

/** The same for text. */
export function seal(keyring: Keyring, plaintext: string, context: SealContext): string {
  const bytes = Buffer.from(plaintext, 'utf8');
  try {
    return sealBytes(keyring, bytes, context);
  } finally {
    bytes.fill(0);
  }
}

/** The same for text. */
export function open(keyring: Keyring, envelope: string, context: SealContext): string {
  const bytes = openBytes(keyring, envelope, context);
  try {
    return bytes.toString('utf8');
  } finally {
    bytes.fill(0);
  }
}

export class SealBroken extends Error {
  constructor() {
    super('a sealed value does not open');
    this.name = 'SealBroken';
  }
}

const associatedData = (context: SealContext, version: number) =>
  Buffer.from(canonicalJson({ ...context, keyVersion: String(version) }));
