import { join } from 'node:path';
import type { Keychain } from '../account/keychain.ts';
import { type Console, createConsole } from '../console.ts';
import type { BackendHandlers, Emit } from '../ports.ts';
import { openSettings } from '../settings/settings.ts';

/** A backend that nobody can change. */
export const fixedBackend = (address: string): BackendHandlers => {
  const state = async () => ({ address, canChange: false });
  return {
    'backend.state': state,
    'backend.find': async () => ({ address, version: '0.0.0', caution: null, leaves: null }),
    'backend.use': state,
  };
};

/** The whole console for tests: over a folder, a keychain and a server of the test's own, with a desktop that does nothing. */
export function consoleOver(place: {
  readonly userData: string;
  readonly backendUrl: string;
  readonly keychain: Keychain | null;
  readonly now: () => Date;
  /** The browser that a consent page is opened in. */
  readonly openConsent?: (url: string) => Promise<boolean>;
  readonly openSignIn?: (url: string) => Promise<boolean>;
  readonly emit?: Emit;
}): Console {
  return createConsole({
    ...place,
    version: '0.0.0',
    platform: 'linux',
    shellKind: 'stand-in',
    demo: false,
    shell: {
      notify: () => undefined,
      setBadge: () => undefined,
      setTray: () => undefined,
      openExternal: async () => undefined,
      openConsent: place.openConsent ?? (async () => false),
      openSignIn: place.openSignIn ?? (async () => false),
      setTitle: () => undefined,
      isFocused: () => true,
    },
    emit: place.emit ?? (() => undefined),
    settings: openSettings(join(place.userData, 'settings.json')),
    log: () => undefined,
    backend: fixedBackend(place.backendUrl),
    clock: { now: place.now },
  });
}
