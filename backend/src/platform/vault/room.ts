import type { Db } from '../db/index.ts';
import type { Keks } from './kek.ts';
import type { KeyCache } from './key-cache.ts';
import type { SecretStore } from './stores.ts';
import type { VaultRef } from './vault-ref.ts';

/** What the parts of the vault share. */
export type Room = {
  readonly db: Db;
  readonly keks: Keks;
  readonly store: SecretStore;
  readonly cache: KeyCache;
  /** Uses of one data key before the next version of it is made. */
  readonly sealsLimit: number;
  readonly staleAfterMonths: number;
  /** Told of each value that did not open: somebody should look (VT-02). */
  readonly onBroken: (ref: VaultRef, name: string) => void;
};

/** The most uses that NIST SP 800-38D allows a key with random 96-bit nonces. */
export const SEALS_LIMIT = 2 ** 32;
export const STALE_AFTER_MONTHS = 12;
