import { AppError } from '../../kernel/errors.ts';
import type { Secret } from '../../kernel/secret.ts';
import { deriveKey, keyringFrom, openBytes, SealBroken, type SealContext, sealBytes } from '../crypto/index.ts';

/** A key-encryption key: known by its fingerprint, never seen. A key service can stand behind it as well as bytes of our own. */
export type Kek = {
  /** Tells one key from another and nothing else about it: 16 hexadecimal digits. */
  readonly fingerprint: string;
  /** Made for development: a production start refuses it. */
  readonly development: boolean;
  readonly wrap: (key: Buffer, context: SealContext) => Promise<string>;
  /** Throws SealBroken when it is not the key, and anything else when the key cannot be reached. */
  readonly unwrap: (wrapped: string, context: SealContext) => Promise<Buffer>;
  /** The key for a purpose that was derived straight from this key before there was a vault. */
  readonly derive?: (purpose: string) => Buffer;
};

export const kekFingerprint = (kek: Buffer): string =>
  deriveKey(kek, 'kek-fingerprint/v1').toString('hex').slice(0, 16);

/** A key-encryption key whose bytes this process was given. */
export function localKek(kek: Secret<Buffer>, development = false): Kek {
  const ring = keyringFrom(deriveKey(kek.reveal(), 'vault-wrap/v1'));
  return {
    fingerprint: kekFingerprint(kek.reveal()),
    development,
    wrap: async (key, context) => sealBytes(ring, key, context),
    unwrap: async (wrapped, context) => openBytes(ring, wrapped, context),
    derive: purpose => deriveKey(kek.reveal(), purpose),
  };
}

/** Stops the boot, in words for whoever starts it by hand. */
export class KekError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'KekError';
  }
}

type KekBytes = { readonly bytes: Secret<Buffer>; readonly development: boolean };

/** The keys of a configuration. */
export const keksFrom = (given: { readonly kek: KekBytes; readonly kekNext: KekBytes | null }): Keks => ({
  current: localKek(given.kek.bytes, given.kek.development),
  next: given.kekNext && localKek(given.kekNext.bytes, given.kekNext.development),
});

export type Keks = { readonly current: Kek; readonly next: Kek | null };

/** Throws when the process was not given this key: then nothing may be written over what it wraps (F-24). */
export function kekOf(keks: Keks, fingerprint: string): Kek {
  for (const kek of [keks.current, keks.next]) if (kek?.fingerprint === fingerprint) return kek;
  throw unusable(new KekError(`the key-encryption key ${fingerprint} was not given to this process`));
}

/** Keeps `SealBroken` apart from a key that cannot be reached, which may come back. */
export async function asking<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof SealBroken || error instanceof AppError ? error : unusable(error);
  }
}

const unusable = (cause: unknown) =>
  new AppError('unavailable', { detail: 'Credentials cannot be opened at the moment.', retryAfterSeconds: 30, cause });
