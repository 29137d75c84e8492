import type { Secret } from '../../kernel/secret.ts';
import { type Db, type SystemTx, withSystem } from '../db/index.ts';
import { checkKeks } from './boot.ts';
import type { Keks } from './kek.ts';
import { KEPT, type KeptPurpose, loadKeptKey } from './kept-keys.ts';
import { createKeyCache } from './key-cache.ts';
import { type RewrapOptions, type RewrapReport, rewrapKeys } from './rewrap.ts';
import { type Room, SEALS_LIMIT, STALE_AFTER_MONTHS } from './room.ts';
import {
  describeSecrets,
  putSecret,
  type Read,
  readSecret,
  type SecretFacts,
  type Swapped,
  swapSecret,
} from './secrets.ts';
import { destroyConnection, type ShredReceipt } from './shred.ts';
import { rows, type SecretStore } from './stores.ts';
import type { VaultRef } from './vault-ref.ts';
import './tables.ts';

export { awsSecretsManager, awsSecretsManagerRules, type SignedCall, signedCalls } from './aws-secrets-manager.ts';
export { type Kek, KekError, type Keks, keksFrom, localKek } from './kek.ts';
export type { KeptPurpose } from './kept-keys.ts';
export type { RewrapOptions, RewrapReport } from './rewrap.ts';
export type { Read, SecretFacts, Swapped } from './secrets.ts';
export type { ShredReceipt } from './shred.ts';
export type { SecretStore, StoreKey } from './stores.ts';
export type { VaultRef } from './vault-ref.ts';

export type VaultOptions = {
  readonly db: Db;
  readonly keks: Keks;
  /** Where envelopes are kept; without it in the rows themselves. */
  readonly store?: SecretStore;
  /** Refuses keys that were made for development. */
  readonly production?: boolean;
  readonly sealsLimit?: number;
  readonly staleAfterMonths?: number;
  readonly onBroken?: (ref: VaultRef, name: string) => void;
};

/** Credentials of connections, sealed: key-encryption key → agency key → data key of the connection → field. */
export type Vault = {
  /** The boot: every key-encryption key that the database needs is here and opens its canary. Throws KekError otherwise. */
  readonly open: () => Promise<void>;
  /** A key of the installation itself, which a rotation leaves as it is. */
  readonly namedKey: (purpose: KeptPurpose) => Buffer;
  /** Seals the next version, and answers its number. */
  readonly put: (tx: SystemTx, ref: VaultRef, name: string, value: Secret) => Promise<number>;
  readonly get: (tx: SystemTx, ref: VaultRef, name: string) => Promise<Secret | null>;
  /** With its version, for a `swap` later. */
  readonly read: (tx: SystemTx, ref: VaultRef, name: string) => Promise<Read | null>;
  readonly describe: (tx: SystemTx, ref: VaultRef) => Promise<readonly SecretFacts[]>;
  /** Replaces the value only where it still has the expected version; null expects that there is none. */
  readonly swap: (
    tx: SystemTx,
    ref: VaultRef,
    name: string,
    expected: number | null,
    value: Secret,
  ) => Promise<Swapped>;
  readonly destroy: (tx: SystemTx, ref: VaultRef) => Promise<ShredReceipt>;
  readonly rewrap: (options?: RewrapOptions) => Promise<RewrapReport>;
};

/** Whether the database knows a key-encryption key already. The first `open` takes the one that it is given. */
export async function hasKek(db: Db): Promise<boolean> {
  const found = await withSystem(db, 'vault-keys', tx =>
    tx.selectFrom('vault_keks').select('fingerprint').limit(1).executeTakeFirst(),
  );
  return found !== undefined;
}

/** The vault. `open` comes first: until then it neither seals nor opens anything. */
export function createVault(options: VaultOptions): Vault {
  const room: Room = {
    db: options.db,
    keks: options.keks,
    store: options.store ?? rows,
    cache: createKeyCache(options.db.clock),
    sealsLimit: options.sealsLimit ?? SEALS_LIMIT,
    staleAfterMonths: options.staleAfterMonths ?? STALE_AFTER_MONTHS,
    onBroken: options.onBroken ?? (() => undefined),
  };
  const keptKeys = new Map<KeptPurpose, Buffer>();
  const namedKey = (purpose: KeptPurpose): Buffer => {
    const key = keptKeys.get(purpose);
    if (!key) throw new Error('the vault has not been opened');
    return key;
  };
  const fingerprintKey = () => namedKey('secret-fingerprint/v1');
  return {
    async open() {
      await withSystem(room.db, 'vault-keys', async tx => {
        await checkKeks(tx, room.keks, options.production ?? false);
        for (const purpose of KEPT) keptKeys.set(purpose, await loadKeptKey(room, tx, purpose));
      });
    },
    namedKey,
    put: (tx, ref, name, value) => putSecret(room, tx, fingerprintKey(), ref, name, value),
    get: async (tx, ref, name) => (await readSecret(room, tx, ref, name))?.value ?? null,
    read: (tx, ref, name) => readSecret(room, tx, ref, name),
    describe: (tx, ref) => describeSecrets(room, tx, ref),
    swap: (tx, ref, name, expected, value) => swapSecret(room, tx, fingerprintKey(), ref, name, expected, value),
    destroy: (tx, ref) => destroyConnection(room, tx, ref),
    rewrap: (rewrapOptions = {}) => rewrapKeys(room, rewrapOptions),
  };
}
