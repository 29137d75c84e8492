import { randomBytes } from 'node:crypto';
import { type Keychain, KeychainHangs } from './keychain.ts';

export type KeychainState = 'ok' | 'absent' | 'locked' | 'hanging';

const CANARY = 'probe';

/**
 * Whether a secret can be kept right now. A bare `null` from a keychain says nothing: a locked one reads as empty. So a canary is
 * written and read back, and only then an item that is missing is really missing (LC-02, F-15).
 */
export async function probeKeychain(keychain: Keychain | null): Promise<KeychainState> {
  if (keychain === null) return 'absent';
  const value = randomBytes(8).toString('hex');
  try {
    await keychain.set(CANARY, value);
    const read = await keychain.get(CANARY);
    await keychain.delete(CANARY);
    return read === value ? 'ok' : 'absent';
  } catch (error) {
    if (error instanceof KeychainHangs) return 'hanging';
    return /locked|denied|cancel|not allowed|interaction/i.test(error instanceof Error ? error.message : '')
      ? 'locked'
      : 'absent';
  }
}
