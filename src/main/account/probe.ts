import { randomBytes } from 'node:crypto';
import { type Keychain, KeychainHangs } from './keychain.ts';

export type KeychainState = 'ok' | 'absent' | 'locked' | 'hanging';

/**
 * Whether a secret can be kept right now. A bare `null` from a keychain says nothing: a locked one reads as empty. So a canary is
 * written and read back, and only then an item that is missing is really missing (LC-02, F-15). Its name is its own: two consoles of
 * one user may start at the same moment.
 */
export async function probeKeychain(keychain: Keychain | null): Promise<KeychainState> {
  if (keychain === null) return 'absent';
  const value = randomBytes(8).toString('hex');
  const canary = `probe-${randomBytes(4).toString('hex')}`;
  try {
    await keychain.set(canary, value);
    const read = await keychain.get(canary);
    await keychain.delete(canary);
    return read === value ? 'ok' : 'absent';
  } catch (error) {
    if (error instanceof KeychainHangs) return 'hanging';
    return /locked|denied|cancel|not allowed|interaction/i.test(error instanceof Error ? error.message : '')
      ? 'locked'
      : 'absent';
  }
}
