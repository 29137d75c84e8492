import { destroyFile } from '../cache/index.ts';
import type { ConsoleLog } from '../log/log.ts';
import type { SettingsStore } from '../settings/settings.ts';
import { type AccountVault, cachePath } from './vault.ts';

export type PendingSignOutDeps = {
  readonly settings: SettingsStore;
  readonly log: ConsoleLog;
  readonly userData: string;
  readonly vault: () => AccountVault | null;
};

/** What a sign-out has to finish, now or at the next start: it was written down before anything was destroyed (LC-07). */
export function createPendingSignOut(deps: PendingSignOutDeps) {
  const { settings, log, userData } = deps;

  /** Takes away what a sign-out that was begun has left. False while the keychain does not let it. */
  async function finish(): Promise<boolean> {
    const { leaving } = settings.get();
    if (leaving === null) return true;
    try {
      const vault = deps.vault();
      await vault?.destroyCacheKey(leaving);
      if ((await vault?.readSession())?.personId === leaving) await vault?.forgetSession();
      destroyFile(cachePath(userData, leaving));
      // One that was locked meanwhile takes a deletion without a word and keeps everything.
      if (vault === null || !(await vault.works())) return false;
      remember({ leaving: null });
      return true;
    } catch (error) {
      failed('sign-out not finished', error);
      return false;
    }
  }

  const failed = (what: string, error: unknown) =>
    log(what, { error: error instanceof Error ? error.name : 'unknown' });

  /** Signing out goes on when settings cannot be written, as on a full disk. */
  function remember(change: Parameters<SettingsStore['set']>[0]): void {
    try {
      settings.set(change);
    } catch (error) {
      failed('settings not written', error);
    }
  }

  return { finish, remember, failed };
}
