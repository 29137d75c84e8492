import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { StorageMode } from '../../shared/ipc.ts';
import {
  type Cache,
  CacheError,
  destroyFile,
  moveFile,
  openCache,
  quarantine,
  type Salvaged,
  salvage,
} from '../cache/index.ts';
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

export type PersonCache = {
  readonly cache: Cache;
  readonly mode: StorageMode;
};

export type PersonCacheOptions = {
  readonly storage: Storage;
  readonly userData: string;
  readonly personId: string;
  readonly now: Date;
  readonly log: ConsoleLog;
  /** Damage showed while it was in use: what can be saved is saved, and it begins anew. */
  readonly damaged?: boolean;
};

/**
 * Opens a person's cache. Each kind of failure has its own way out: a lost key or damage puts the file aside and begins anew with what
 * could be salvaged; a newer file, a full disk and anything else of the file system mean memory for this run, and nothing is touched.
 */
export async function openPersonCache(options: PersonCacheOptions): Promise<PersonCache> {
  const { storage, userData, personId, now, log } = options;
  const inMemory = async (reason: NonNullable<StorageMode['reason']>): Promise<PersonCache> => ({
    cache: await openCache({ path: ':memory:', key: null }),
    mode: { mode: 'memory', reason },
  });
  const { vault } = storage;
  if (vault === null) return inMemory(storage.mode.reason ?? 'absent');
  const path = cachePath(userData, personId);
  const onDisk = async (key: Uint8Array): Promise<PersonCache> => ({
    cache: await openSound(path, key),
    mode: storage.mode,
  });
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    if (!existsSync(path) && existsSync(rebuiltPath(path))) moveFile(rebuiltPath(path), path);
    const kept = await vault.cacheKey(personId);
    if (kept.kind === 'lost') {
      log('cache key lost, file put aside', {});
      quarantine(path, now);
      const begun = await onDisk(await vault.makeCacheKey(personId));
      return { ...begun, mode: { mode: 'keychain', reason: 'key-lost' } };
    }
    try {
      if (options.damaged) throw new CacheError('corrupt', 'damage showed in use');
      return await onDisk(kept.key);
    } catch (error) {
      const failure = error instanceof CacheError ? error.failure : 'io';
      log('cache cannot be opened', { failure });
      if (failure === 'file-newer' || failure === 'disk-full') return await inMemory(failure);
      if (failure === 'io') return await inMemory('lost');
      await rebuild(path, kept.key, salvage(path, kept.key), now);
      return await onDisk(kept.key);
    }
  } catch (error) {
    log('no cache on disk', { error: error instanceof Error ? error.name : 'unknown' });
    return inMemory((error as NodeJS.ErrnoException).code === 'ENOSPC' ? 'disk-full' : 'lost');
  }
}

const rebuiltPath = (path: string) => `${path}.rebuilt`;

/** Opens and looks at what must be there for work to begin, so that damage in it shows here and not at every start anew. */
async function openSound(path: string, key: Uint8Array): Promise<Cache> {
  const cache = await openCache({ path, key });
  try {
    await Promise.all([cache.syncState(), cache.outbox(null), cache.clients()]);
    return cache;
  } catch (error) {
    await cache.close().catch(() => undefined);
    throw error;
  }
}

/**
 * A new file with what was salvaged, made whole beside the old one before that is put aside: stopped anywhere, the next start finds one
 * or the other, and nothing that was queued is lost (LC-10).
 */
async function rebuild(path: string, key: Uint8Array, salvaged: readonly Salvaged[], now: Date): Promise<void> {
  const next = rebuiltPath(path);
  destroyFile(next);
  const cache = await openCache({ path: next, key });
  for (const { command, refusal } of salvaged) {
    await cache.enqueue(command);
    if (refusal !== null) await cache.refuse(command.id, refusal);
  }
  await cache.close();
  quarantine(path, now);
  moveFile(next, path);
}
