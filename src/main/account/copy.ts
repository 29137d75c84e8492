import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { StorageMode } from '../../shared/ipc.ts';
import { type Cache, CacheError, type Command, destroyFile, openCache, quarantine, salvage } from '../cache/index.ts';
import type { ConsoleLog } from '../log/log.ts';
import type { Keychain } from './keychain.ts';
import { probeKeychain } from './probe.ts';
import { type AccountVault, cachePath } from './vault.ts';

/** Where secrets can be kept on this machine, found out once at the start. */
export type Storage = { readonly mode: StorageMode; readonly vault: AccountVault | null };

/** Without a working keychain everything stays in memory, and the window says so; never a plain file (LC-02). */
export async function storageFor(
  keychain: Keychain | null,
  vaultOf: (keychain: Keychain) => AccountVault,
): Promise<Storage> {
  const state = await probeKeychain(keychain);
  if (state !== 'ok' || keychain === null)
    return { mode: { mode: 'memory', reason: state === 'ok' ? 'absent' : state }, vault: null };
  return { mode: { mode: 'keychain', reason: null }, vault: vaultOf(keychain) };
}

export type OpenCopy = {
  readonly cache: Cache;
  readonly mode: StorageMode;
  /** What was written and not yet sent, out of a file that had to be given up. */
  readonly salvaged: readonly Command[];
  readonly destroy: () => void;
};

export type CopyOptions = {
  readonly storage: Storage;
  readonly userData: string;
  readonly personId: string;
  readonly now: Date;
  readonly log: ConsoleLog;
};

/**
 * Opens a person's copy. Each kind of failure has its own way out: a lost key or damage puts the file aside and begins anew with what
 * could be salvaged; a newer file, a full disk and anything else of the file system mean memory for this run, and nothing is touched.
 */
export async function openCopy({ storage, userData, personId, now, log }: CopyOptions): Promise<OpenCopy> {
  const inMemory = async (reason: NonNullable<StorageMode['reason']>): Promise<OpenCopy> => ({
    cache: await openCache({ path: ':memory:', key: null }),
    mode: { mode: 'memory', reason },
    salvaged: [],
    destroy: () => undefined,
  });
  const { vault } = storage;
  if (vault === null) return inMemory(storage.mode.reason ?? 'absent');
  const path = cachePath(userData, personId);
  const onDisk = async (key: Uint8Array, salvaged: readonly Command[]): Promise<OpenCopy> => ({
    cache: await openCache({ path, key }),
    mode: storage.mode,
    salvaged,
    destroy: () => destroyFile(path),
  });
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const kept = await vault.cacheKey(personId);
    if (kept.kind === 'lost') {
      log('cache key lost, file put aside', {});
      quarantine(path, now);
      return await onDisk(await vault.makeCacheKey(personId), []);
    }
    try {
      return await onDisk(kept.key, []);
    } catch (error) {
      const failure = error instanceof CacheError ? error.failure : 'io';
      log('cache cannot be opened', { failure });
      if (failure === 'file-newer' || failure === 'disk-full') return await inMemory(failure);
      if (failure === 'io') return await inMemory('lost');
      const commands = salvage(path, kept.key);
      quarantine(path, now);
      return await onDisk(kept.key, commands);
    }
  } catch (error) {
    log('no copy on disk', { error: error instanceof Error ? error.name : 'unknown' });
    return inMemory((error as NodeJS.ErrnoException).code === 'ENOSPC' ? 'disk-full' : 'lost');
  }
}
