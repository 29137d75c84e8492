import { type Keychain, KeychainHangs } from '../account/keychain.ts';

export type KeychainFault = 'none' | 'locked' | 'hanging' | 'lying' | 'forgetting';

/** A keychain in memory that fails in the ways of real ones, and tells in which order it was asked. */
export type FakeKeychain = Keychain & {
  readonly items: Map<string, string>;
  readonly asked: string[];
  fault: KeychainFault;
  /** Called before each change; what it throws is thrown. */
  before: (what: 'set' | 'delete', item: string) => void | Promise<void>;
};

export function fakeKeychain(items = new Map<string, string>()): FakeKeychain {
  const failing = () => {
    if (keychain.fault === 'hanging') throw new KeychainHangs();
  };
  const keychain: FakeKeychain = {
    items,
    asked: [],
    fault: 'none',
    before: () => undefined,
    async get(item) {
      failing();
      if (keychain.fault === 'locked' || keychain.fault === 'forgetting') return null;
      return keychain.fault === 'lying' ? 'something else' : (items.get(item) ?? null);
    },
    async set(item, value) {
      failing();
      if (keychain.fault === 'locked') throw new Error('Cannot create an item in a locked collection');
      await keychain.before('set', item);
      keychain.asked.push(`set ${item}`);
      items.set(item, value);
    },
    async delete(item) {
      failing();
      // As libsecret does: a locked item is not found, and nothing is thrown.
      if (keychain.fault === 'locked') return;
      await keychain.before('delete', item);
      keychain.asked.push(`delete ${item}`);
      items.delete(item);
    },
  };
  return keychain;
}
