import { createHash, randomBytes } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Role } from '@astrix/contract';
import { z } from 'zod';
import { writeAtomically } from '../settings/settings.ts';
import type { Keychain } from './keychain.ts';
import { probeKeychain } from './probe.ts';

/** What one keychain item holds: enough to be somebody again without the network, well under 2 560 bytes. */
const Kept = z.object({
  refreshToken: z.string().max(512),
  deviceKey: z.string().max(64),
  sessionId: z.string().max(64),
  personId: z.uuid(),
  name: z.string().max(120),
  email: z.string().max(254),
  role: Role,
  agencyName: z.string().max(120),
  /** When the server was last seen: the offline lease counts from here. */
  seenAt: z.iso.datetime({ offset: true }),
  /** How long that lease is, where the agency has chosen a shorter one. */
  leaseDays: z.int().min(1).max(3).optional(),
});
export type KeptSession = z.infer<typeof Kept>;

/** The origin of the backend that gave the session, which is the only one that it is ever sent to. */
const Item = Kept.extend({ backend: z.string().max(300) });

/** The file of one person on this machine; the name says nothing about them. */
export const cachePath = (userData: string, personId: string): string =>
  join(userData, 'cache', `${createHash('sha256').update(personId).digest('hex').slice(0, 32)}.db`);

export type CacheKey = { readonly kind: 'found' | 'made'; readonly key: Uint8Array } | { readonly kind: 'lost' };

export type AccountVault = ReturnType<typeof createAccountVault>;

/** Session and cache key in the keychain. Use it only after a probe has said `ok`: then a missing item is really missing. */
export function createAccountVault(keychain: Keychain, userData: string, backendUrl: string) {
  const backend = new URL(backendUrl).origin;
  // Two data folders of one user are two consoles: what one keeps, the other must not find.
  const place = createHash('sha256').update(userData).digest('hex').slice(0, 12);
  const SESSION = `session-${place}`;
  const cacheKeyItem = (personId: string) => `cache-${place}-${personId}`;
  const marker = (personId: string) => `${cachePath(userData, personId)}.keyed`;
  // A session that is being written when it is forgotten must not land after it: one at a time, in the order asked for.
  let last: Promise<unknown> = Promise.resolve();
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = last.then(work, work);
    last = turn;
    return turn;
  }
  return {
    works: async (): Promise<boolean> => (await probeKeychain(keychain)) === 'ok',
    /** Null also for a session of another backend, which stays where it is. */
    async readSession(): Promise<KeptSession | null> {
      const text = await keychain.get(SESSION);
      if (text === null) return null;
      try {
        const { backend: audience, ...session } = Item.parse(JSON.parse(text));
        return audience === backend ? session : null;
      } catch {
        return null;
      }
    },
    writeSession: (session: KeptSession): Promise<void> =>
      inTurn(() => keychain.set(SESSION, JSON.stringify({ ...session, backend }))),
    forgetSession: (): Promise<void> => inTurn(() => keychain.delete(SESSION)),

    /** `lost`: there was a key and it is gone, so the file can never be opened again. A new key is made only where there never was one. */
    async cacheKey(personId: string): Promise<CacheKey> {
      const kept = await keychain.get(cacheKeyItem(personId));
      if (kept !== null && /^[0-9a-f]{64}$/.test(kept)) return { kind: 'found', key: Buffer.from(kept, 'hex') };
      return existsSync(marker(personId)) ? { kind: 'lost' } : { kind: 'made', key: await this.makeCacheKey(personId) };
    },
    async makeCacheKey(personId: string): Promise<Uint8Array> {
      const key = randomBytes(32);
      await keychain.set(cacheKeyItem(personId), key.toString('hex'));
      writeAtomically(marker(personId), 'a key for this file was stored in the keychain\n');
      return key;
    },
    /** First step of signing out: from here on the file is noise (LC-07). */
    async destroyCacheKey(personId: string): Promise<void> {
      await keychain.delete(cacheKeyItem(personId));
      rmSync(marker(personId), { force: true });
    },
  };
}
