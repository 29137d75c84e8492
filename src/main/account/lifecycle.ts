import { existsSync } from 'node:fs';
import type { RowOf } from '@astrix/contract';
import { createClient } from '@astrix/sdk';
import type { AccountState } from '../../shared/ipc.ts';
import { openCache } from '../cache/index.ts';
import { ConsoleError } from '../ipc/errors.ts';
import type { ConsoleDeps } from '../ports.ts';
import { SIGNED_OUT, type StatusBoard } from '../sync/status.ts';
import type { Timers } from '../timers.ts';
import type { Workspace } from '../workspace.ts';
import { createBrowserSignIn } from './browser-sign-in.ts';
import { systemKeychain } from './keychain.ts';
import { createPendingSignOut } from './pending-sign-out.ts';
import { type Storage, storageFor } from './person-cache.ts';
import { type Session, signedInState } from './session.ts';
import { cachePath, createAccountVault, type KeptSession } from './vault.ts';

/** How often expired rows are removed and the offline lease is checked. */
const SWEEP_MS = 60_000;
/** How long the server is given to hear of a sign-out. */
const FAREWELL_MS = 3000;

export type LifecycleDeps = {
  readonly deps: ConsoleDeps;
  readonly timers: Timers;
  readonly status: StatusBoard;
  readonly session: Session;
  /** Opens what lives only while this person is signed in. `damaged`: the cache showed damage while it was in use. */
  readonly open: (of: {
    readonly personId: string;
    readonly storage: Storage;
    readonly damaged: boolean;
  }) => Promise<Workspace>;
  /** The workspace is about to close: nothing on the screen belongs to anyone any more. */
  readonly onClosing: () => void;
  readonly onState: (state: AccountState) => void;
};

export type Lifecycle = ReturnType<typeof createLifecycle>;

/** Signing in, coming back, sealing, ending: which person's workspace is open, and what is left of it when it closes. */
export function createLifecycle({ deps, timers, status, session, open, onClosing, onState }: LifecycleDeps) {
  const { settings, log } = deps;
  let state: AccountState = { status: 'starting' };
  let storage: Storage = { mode: { mode: 'memory', reason: 'absent' }, vault: null };
  let workspace: Workspace | null = null;
  let cancelSweep: () => void = () => undefined;
  let rebuilt = false;
  let isStopped = false;
  const browser = createBrowserSignIn({ backendUrl: deps.backendUrl, shell: deps.shell, timers, log });
  const pending = createPendingSignOut({ settings, log, userData: deps.userData, vault: () => storage.vault });

  function setState(next: AccountState): AccountState {
    state = next;
    onState(next);
    return next;
  }

  /** Opens this person's workspace and begins to keep its cache level with the server. */
  async function enter(damaged = false): Promise<AccountState> {
    // Answered after the end, as by a slow sign-in while the console moved to another server.
    if (isStopped)
      throw new ConsoleError('refused', 'The console has moved to another server.', 'Sign in again there.');
    const kept = session.current();
    if (!kept) throw new Error('nobody is signed in');
    const { personId } = kept;
    const opened = await open({ personId, storage, damaged });
    workspace = opened;
    const begun = settings.get().leaving;
    settings.set({ account: { personId, email: kept.email }, leaving: begun === personId ? null : begun });
    const { syncedAt } = await opened.cache.syncState();
    status.set({ ...SIGNED_OUT, connection: 'connecting', syncedAt });
    await opened.pump.count();
    const next = setState(signedInState(kept, opened.storageMode));
    opened.engine.start();
    sweep();
    return next;
  }

  /** What the agency has chosen for its consoles, as it was synced last. */
  async function heedRules(): Promise<void> {
    const all = { collection: 'console-rules', clientId: null, status: null, after: null, limit: 1 } as const;
    const found = await workspace?.cache.rows(all);
    const rules = found?.rows[0] as RowOf<'console-rules'> | undefined;
    if (rules) await session.limitLease(rules.offlineLeaseDays);
  }

  function sweep(): void {
    void heedRules()
      .catch(() => undefined)
      .then(sealWhenLeaseEnds);
    void workspace?.cache.sweepExpired().catch(() => undefined);
    cancelSweep = timers.after(SWEEP_MS, sweep);
  }

  async function stop(closing = workspace): Promise<void> {
    workspace = null;
    onClosing();
    cancelSweep();
    await closing?.engine.stop();
    await closing?.pump.stop();
    await closing?.cache.close().catch(() => undefined);
  }

  /** Closes everything that lives only while somebody is signed in; what is on the disk stays there, sealed. */
  async function close(closing = workspace): Promise<void> {
    await stop(closing);
    status.set(SIGNED_OUT);
  }

  /**
   * Ends the session on this machine. `wipe` destroys the key before anything else, so that a stop half-way leaves no readable data. That
   * a wipe was wanted is written down even before that, and the next start goes on with it (LC-07).
   */
  async function end({ wipe }: { readonly wipe: boolean }): Promise<void> {
    const kept = session.current();
    const closing = workspace;
    workspace = null;
    if (wipe && kept) {
      pending.remember({ account: null, leaving: kept.personId });
      await storage.vault?.destroyCacheKey(kept.personId).catch(error => pending.failed('key not deleted', error));
    }
    await storage.vault?.forgetSession().catch(error => pending.failed('session not deleted', error));
    session.forget();
    await close(closing);
    if (wipe) await pending.finish();
  }

  /** Somebody who was here before: back to work, or sealed until the server has been seen again (LC-08). */
  async function resume(kept: KeptSession): Promise<void> {
    if (!session.leaseHolds(kept) && (await session.accessToken()) === null) {
      if (session.current()) setState({ status: 'signed-out', notice: 'lease-ended' });
      return;
    }
    if (session.current()) await enter();
  }

  /** Holds also while the console runs, and after a long sleep before anything is drawn (LC-08, F-17). */
  async function sealWhenLeaseEnds(): Promise<void> {
    const kept = session.current();
    if (!workspace || !kept || session.leaseHolds(kept)) return;
    setState({ status: 'starting' });
    await close();
    await resume(kept);
  }

  let ending: Promise<void> | null = null;

  return {
    state: () => state,
    workspace: () => workspace,
    sealWhenLeaseEnds,
    stop() {
      isStopped = true;
      browser.cancel();
      return stop();
    },

    async start(): Promise<void> {
      const keychain = deps.keychain === undefined ? await systemKeychain() : deps.keychain;
      storage = await storageFor(keychain, kept => createAccountVault(kept, deps.userData, deps.backendUrl));
      const kept = (await pending.finish()) ? await storage.vault?.readSession().catch(() => null) : null;
      if (!kept) {
        setState({ status: 'signed-out', notice: 'none' });
        return;
      }
      session.restore(kept);
      await resume(kept);
    },

    vault: () => storage.vault,

    /** How many changes of this person have not reached the server, also while nobody is signed in. Null when that cannot be found out. */
    async unsent(): Promise<number | null> {
      if (workspace) return (await workspace.cache.outbox(null)).length;
      const { account, leaving } = settings.get();
      if (account === null || account.personId === leaving || storage.vault === null) return 0;
      const { personId } = account;
      if (!existsSync(cachePath(deps.userData, personId))) return 0;
      const key = await storage.vault.cacheKey(personId).catch(() => null);
      if (key?.kind !== 'found') return null;
      try {
        const cache = await openCache({ path: cachePath(deps.userData, personId), key: key.key });
        return await cache
          .outbox(null)
          .then(items => items.length)
          .finally(() => cache.close());
      } catch {
        return null;
      }
    },

    async signIn(email: string, password: string): Promise<AccountState> {
      const isDone = await session.signIn(email, password);
      return isDone ? signedIn() : setState({ status: 'totp' });
    },
    async verifyTotp(code: string): Promise<AccountState> {
      await session.verifyTotp(code);
      return signedIn();
    },
    async spendRecoveryCode(code: string): Promise<AccountState> {
      await session.spendRecoveryCode(code);
      return signedIn();
    },
    /** Waits for the browser. Somebody who is signed in by then, in the window, stays who they are. */
    async signInWithBrowser(): Promise<AccountState> {
      const proof = await browser.wait(session.deviceName());
      if (workspace !== null) return state;
      await session.exchange(proof);
      return signedIn();
    },
    reopenBrowser: () => browser.reopen(),
    cancelBrowser: () => browser.cancel(),
    async cancelTotp(): Promise<AccountState> {
      session.cancelChallenge();
      return setState({ status: 'signed-out', notice: 'none' });
    },
    async signOut(): Promise<AccountState> {
      const token = session.lastToken();
      await end({ wipe: true });
      if (token) {
        const parting = createClient({
          baseUrl: deps.backendUrl,
          accessToken: async () => token,
          timeoutMs: FAREWELL_MS,
        });
        void parting.call('identity.sign-out', {});
      }
      return setState({ status: 'signed-out', notice: 'none' });
    },

    /** Revoked wipes; expired keeps the sealed cache and its outbox for the same person to come back to. */
    endedByServer(notice: 'revoked' | 'expired'): Promise<void> {
      ending ??= (async () => {
        setState({ status: 'signed-out', notice });
        // Not awaited here: the engine that calls this would wait for its own end.
        setImmediate(() => void end({ wipe: notice === 'revoked' }).finally(() => (ending = null)));
      })();
      return ending;
    },

    /**
     * Damage that shows while the cache is in use: the queue is saved, the file is put aside, and the rest comes again from the server.
     * Once for each start: a disk that goes on failing cannot be helped by doing it again.
     */
    async rebuild(failure: string): Promise<void> {
      if (rebuilt || !workspace || workspace.storageMode.mode === 'memory') return;
      rebuilt = true;
      log('cache is damaged, rebuilt', { failure });
      setState({ status: 'starting' });
      await close();
      if (session.current()) await enter(true);
    },
  };

  async function signedIn(): Promise<AccountState> {
    const next = await enter();
    await session.persist();
    return next;
  }
}
