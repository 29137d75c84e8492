/** The operating system's keychain, behind three functions. Only one service, small values: Windows holds 2 560 bytes for each. */
export type Keychain = {
  readonly get: (item: string) => Promise<string | null>;
  readonly set: (item: string, value: string) => Promise<void>;
  readonly delete: (item: string) => Promise<void>;
};

export const KEYCHAIN_SERVICE = 'in.astrix.console';

/** Waiting for somebody to unlock a keyring must end. */
const PATIENCE_MS = 10_000;

export class KeychainHangs extends Error {
  constructor() {
    super('the keychain does not answer');
    this.name = 'KeychainHangs';
  }
}

type Keytar = {
  getPassword: (service: string, account: string) => Promise<string | null>;
  setPassword: (service: string, account: string, value: string) => Promise<void>;
  deletePassword: (service: string, account: string) => Promise<boolean>;
};

/**
 * Null where the addon cannot be loaded (libsecret is not installed): no keychain, never a crash. `findCredentials` is not used: with a
 * locked keyring it ends the process.
 */
export async function systemKeychain(
  load: () => Promise<Keytar> = loadKeytar,
  patienceMs: number = PATIENCE_MS,
): Promise<Keychain | null> {
  let keytar: Keytar;
  try {
    keytar = await load();
  } catch {
    return null;
  }
  // Each call that hangs holds a thread of the small pool that files and name look-ups need too: no second one joins it.
  let hanging = 0;
  async function ask<T>(work: () => Promise<T>): Promise<T> {
    if (hanging > 0) throw new KeychainHangs();
    const asked = work();
    try {
      return await bounded(asked, patienceMs);
    } catch (error) {
      if (error instanceof KeychainHangs) {
        hanging += 1;
        const over = () => {
          hanging -= 1;
        };
        asked.then(over, over);
      }
      throw error;
    }
  }
  return {
    get: item => ask(() => keytar.getPassword(KEYCHAIN_SERVICE, item)),
    set: (item, value) => ask(() => keytar.setPassword(KEYCHAIN_SERVICE, item, value)),
    delete: async item => void (await ask(() => keytar.deletePassword(KEYCHAIN_SERVICE, item))),
  };
}

async function loadKeytar(): Promise<Keytar> {
  const module = (await import('keytar')) as unknown as { default?: Keytar } & Keytar;
  return module.default ?? module;
}

async function bounded<T>(work: Promise<T>, patienceMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new KeychainHangs()), patienceMs);
  });
  try {
    return await Promise.race([work, patience]);
  } finally {
    clearTimeout(timer);
  }
}
