import { newId } from '@astrix/contract';
import { createClient } from '@astrix/sdk';
import type { AccountState, Topic } from '../shared/ipc.ts';
import { type OpenCopy, openCopy, type Storage, storageFor } from './account/copy.ts';
import { type Keychain, systemKeychain } from './account/keychain.ts';
import { createSession, signedInState } from './account/session.ts';
import { createAccountVault } from './account/vault.ts';
import type { Cache } from './cache/api.ts';
import { isQuiet, noticesFor } from './clients/notices.ts';
import { trayModel } from './clients/tray-model.ts';
import { createHandlers } from './handlers.ts';
import type { ConsoleLog } from './log/log.ts';
import type { Clock, Emit, Handlers, NavigateTarget, ShellPort, TrayItem } from './ports.ts';
import type { SettingsStore } from './settings/settings.ts';
import { createSyncEngine, realTimers, type SyncEngine, type Timers } from './sync/engine.ts';
import { createOutboxPump, type OutboxPump } from './sync/outbox.ts';
import { createStatusBoard, SIGNED_OUT } from './sync/status.ts';

export type ConsoleDeps = {
  readonly userData: string;
  readonly backendUrl: string;
  readonly version: string;
  readonly platform: 'win32' | 'darwin' | 'linux';
  readonly shellKind: 'electron' | 'stand-in';
  readonly demo: boolean;
  readonly shell: ShellPort;
  readonly emit: Emit;
  readonly settings: SettingsStore;
  readonly log: ConsoleLog;
  readonly clock: Clock;
  readonly timers?: Timers;
  /** Tests only; the system's own otherwise. Null is a machine without one. */
  readonly keychain?: Keychain | null;
};

export type Console = {
  readonly handlers: Handlers;
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
  readonly signedIn: () => boolean;
  readonly trayAction: (item: TrayItem) => Promise<void>;
  /** The machine woke up, or the network came back: look at once. */
  readonly wake: () => void;
  readonly open: (target: NavigateTarget) => Promise<void>;
};

/** What is alive only while somebody is signed in. */
export type Desk = {
  readonly personId: string;
  readonly copy: OpenCopy;
  readonly cache: Cache;
  readonly engine: SyncEngine;
  readonly pump: OutboxPump;
};

const SWEEP_MS = 60_000;

/** The console without a desktop: everything but Electron, so that it runs and is tested on plain Node. */
export function createConsole(deps: ConsoleDeps): Console {
  const { settings, shell, emit, log, clock } = deps;
  const timers = deps.timers ?? realTimers;
  const status = createStatusBoard(next => {
    emit('syncChanged', next);
    void refreshTray();
  });
  let state: AccountState = { status: 'starting' };
  let storage: Storage = { mode: { mode: 'memory', reason: 'absent' }, vault: null };
  let desk: Desk | null = null;
  let currentClientId: string | null = null;
  let viewing: { clientId: string; conversationId: string } | null = null;
  let paused = false;
  let cancelSweep: () => void = () => undefined;

  const client = createClient({
    baseUrl: deps.backendUrl,
    accessToken: () => session.accessToken(),
    userAgent: `astrix-console/${deps.version}`,
  });
  const session = createSession({
    client,
    clock,
    log,
    platform: deps.platform,
    vault: () => storage.vault,
    onEnded: notice => endedByServer(notice),
  });

  function setState(next: AccountState): AccountState {
    state = next;
    emit('accountChanged', next);
    void refreshTray();
    return next;
  }

  const changed = (topics: Topic[]) => {
    emit('changed', { topics });
    if (topics.includes('clients')) void refreshTray();
  };

  async function refreshTray(): Promise<void> {
    const views = desk ? await clientViews(desk.cache, settings).catch(() => []) : [];
    shell.setTray(
      trayModel(views, currentClientId, {
        signedIn: desk !== null,
        online: status.get().connection === 'online',
        paused,
      }),
    );
    shell.setBadge(views.reduce((sum, view) => sum + view.unread, 0));
  }

  /** Opens this person's copy and begins to keep it level. */
  async function takeSeat(): Promise<AccountState> {
    const kept = session.current();
    if (!kept) throw new Error('nobody is signed in');
    const copy = await openCopy({ storage, userData: deps.userData, personId: kept.personId, now: clock.now(), log });
    const { cache } = copy;
    const engine = createSyncEngine({
      client,
      cache,
      clock,
      timers,
      status,
      log,
      onChanged: changed,
      onArrived: arrived => void announce(arrived),
      onOnline: () => desk?.pump.kick(),
      onRefused: () => session.accessRefused(),
      onEnded: () => endedByServer('revoked'),
      onSeen: () => void session.seen().catch(() => undefined),
    });
    const pump = createOutboxPump({
      client,
      cache,
      timers,
      status,
      log,
      onChanged: changed,
      onRefusedToken: () => session.accessRefused(),
    });
    desk = { personId: kept.personId, copy, cache, engine, pump };
    for (const command of copy.salvaged) await cache.enqueue(command);
    settings.set({ account: { personId: kept.personId, email: kept.email } });
    await pump.count();
    status.set({
      ...SIGNED_OUT,
      connection: 'connecting',
      syncedAt: (await cache.syncState()).syncedAt,
      ...(await waiting(cache)),
    });
    const next = setState(signedInState(kept, copy.mode));
    engine.start();
    sweepNow();
    return next;
  }

  async function waiting(cache: Cache) {
    const items = await cache.outbox(null);
    const refused = items.filter(item => item.state === 'refused').length;
    return { waiting: items.length - refused, refused };
  }

  function sweepNow(): void {
    void desk?.cache.sweepExpired().catch(() => undefined);
    cancelSweep = timers.after(SWEEP_MS, sweepNow);
  }

  async function announce(arrived: Parameters<typeof noticesFor>[0]): Promise<void> {
    const seat = desk;
    if (!seat || paused || !settings.get().notifications) return;
    const names = new Map((await seat.cache.clients()).map(view => [view.id, view.name]));
    for (const notice of noticesFor(arrived, id => names.get(id) ?? 'Client', clock.now())) {
      if (shell.isFocused() && viewing?.conversationId === notice.conversationId) continue;
      if (isQuiet(await seat.cache.preference(notice.clientId), clock.now())) continue;
      shell.notify({
        title: notice.title,
        body: notice.body,
        target: { to: 'conversation', clientId: notice.clientId, conversationId: notice.conversationId },
      });
    }
  }

  /** Leaves the desk. `wipe` destroys the key before anything else, so a stop half-way leaves noise and no data (LC-07). */
  async function leave(wipe: boolean): Promise<void> {
    const seat = desk;
    desk = null;
    cancelSweep();
    const kept = session.current();
    if (wipe && kept)
      await storage.vault
        ?.destroyCacheKey(kept.personId)
        .catch(error => log('key not deleted', { error: error instanceof Error ? error.name : 'unknown' }));
    await storage.vault?.forgetSession().catch(() => undefined);
    session.forget();
    await seat?.engine.stop();
    await seat?.pump.stop();
    await seat?.cache.close().catch(() => undefined);
    if (wipe) seat?.copy.destroy();
    if (wipe) settings.set({ account: null, pinnedClients: [] });
    currentClientId = null;
    viewing = null;
    status.set(SIGNED_OUT);
  }

  let ending: Promise<void> | null = null;
  /** Revoked wipes; run out keeps the sealed copy and its outbox for the same person to come back to. */
  function endedByServer(notice: 'revoked' | 'expired'): Promise<void> {
    ending ??= (async () => {
      setState({ status: 'signed-out', notice });
      // Not awaited from inside the engine: it waits for itself otherwise.
      setImmediate(() => void leave(notice === 'revoked').finally(() => (ending = null)));
    })();
    return ending;
  }

  async function signOut(): Promise<AccountState> {
    const token = session.lastToken();
    await leave(true);
    if (token) {
      const parting = createClient({ baseUrl: deps.backendUrl, accessToken: async () => token, timeoutMs: 3000 });
      void parting.call('signOut', {});
    }
    return setState({ status: 'signed-out', notice: 'none' });
  }

  async function seated(): Promise<AccountState> {
    const next = await takeSeat();
    await session.persist();
    return next;
  }

  const handlers = createHandlers({
    deps,
    client,
    status,
    state: () => state,
    desk: () => desk,
    newId,
    views: () => (desk ? clientViews(desk.cache, settings) : Promise.resolve([])),
    changed,
    account: {
      async signIn(email, password) {
        const done = await session.signIn(email, password);
        return done ? seated() : setState({ status: 'totp' });
      },
      async verifyTotp(code) {
        await session.verifyTotp(code);
        return seated();
      },
      async cancelTotp() {
        session.cancelChallenge();
        return setState({ status: 'signed-out', notice: 'none' });
      },
      signOut,
      sessionId: () => session.current()?.sessionId ?? null,
    },
    current: {
      get: () => currentClientId,
      set: async clientId => {
        currentClientId = clientId;
        viewing = null;
        await desk?.cache.touchClient(clientId);
        changed(['clients']);
      },
      view: at => {
        viewing = at;
      },
    },
  });

  return {
    handlers,
    signedIn: () => desk !== null,
    async start() {
      const keychain = deps.keychain === undefined ? await systemKeychain() : deps.keychain;
      storage = await storageFor(keychain, kept => createAccountVault(kept, deps.userData));
      const kept = await storage.vault?.readSession().catch(() => null);
      if (!kept) {
        setState({ status: 'signed-out', notice: 'none' });
        return;
      }
      session.restore(kept);
      // Sealed until the server has been seen again (LC-08).
      if (!session.leaseHolds(kept) && (await session.accessToken()) === null) {
        if (session.current()) setState({ status: 'signed-out', notice: 'lease-ended' });
        return;
      }
      if (session.current()) await takeSeat();
    },
    async stop() {
      cancelSweep();
      await desk?.engine.stop();
      await desk?.pump.stop();
      await desk?.cache.close().catch(() => undefined);
      desk = null;
    },
    async trayAction(item) {
      if (item.kind === 'client') {
        await handlers['clients.switch']({ clientId: item.clientId });
        emit('navigate', { to: 'client', clientId: item.clientId });
      } else if (item.kind === 'action' && item.action === 'more') {
        emit('navigate', { to: 'switcher' });
      } else if (item.kind === 'action' && item.action === 'pause-notifications') {
        paused = !paused;
        await refreshTray();
      }
    },
    wake: () => desk?.engine.wake(),
    async open(target) {
      if (!desk) return;
      if (target.to === 'client' || target.to === 'conversation') {
        const known = (await desk.cache.clients()).some(view => view.id === target.clientId);
        if (!known) return;
        await handlers['clients.switch']({ clientId: target.clientId });
      }
      emit('navigate', target);
    },
  };
}

async function clientViews(cache: Cache, settings: SettingsStore) {
  const pinned = new Set(settings.get().pinnedClients);
  return (await cache.clients()).map(view => ({ ...view, pinned: pinned.has(view.id) }));
}
