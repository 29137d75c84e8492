import { newId, type RowOf } from '@astrix/contract';
import { createClient } from '@astrix/sdk';
import type { ConnectState } from '../shared/connect.ts';
import type { AccountState } from '../shared/ipc.ts';
import { type Storage, storageFor } from './account/copy.ts';
import { systemKeychain } from './account/keychain.ts';
import { createSession, signedInState } from './account/session.ts';
import { createAccountVault, type KeptSession } from './account/vault.ts';
import type { Cache } from './cache/index.ts';
import { isQuiet, noticesFor } from './clients/notices.ts';
import { trayModel } from './clients/tray-model.ts';
import { createConnecting } from './connect/attempts.ts';
import { type Desk, openDesk } from './desk.ts';
import { createHandlers } from './handlers.ts';
import { createLeaving } from './leaving.ts';
import type { ConsoleDeps, Handlers, NavigateTarget, TrayItem } from './ports.ts';
import type { SettingsStore } from './settings/settings.ts';
import { gatherTopics } from './sync/changes.ts';
import { realTimers } from './sync/engine.ts';
import { createStatusBoard, SIGNED_OUT } from './sync/status.ts';

/** How often the window looks at its data again while rows keep coming. */
const LOOK_MS = 250;

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

const SWEEP_MS = 60_000;

/** How long an answer may take for which the server has to ask a provider, all its tries and pages included. */
const PROVIDER_MS = 60_000;

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
  let rebuilt = false;

  const reached = {
    baseUrl: deps.backendUrl,
    accessToken: () => session.accessToken(),
    userAgent: `astrix-console/${deps.version}`,
  };
  const client = createClient(reached);
  const slowClient = createClient({ ...reached, timeoutMs: PROVIDER_MS });
  const session = createSession({
    client,
    clock,
    log,
    platform: deps.platform,
    vault: () => storage.vault,
    onEnded: notice => endedByServer(notice),
  });

  const leaving = createLeaving({ settings, log, userData: deps.userData, vault: () => storage.vault });

  function setState(next: AccountState): AccountState {
    state = next;
    emit('accountChanged', next);
    void refreshTray();
    return next;
  }

  const changed = gatherTopics(
    topics => {
      emit('changed', { topics });
      if (topics.includes('clients')) void refreshTray();
    },
    timers,
    LOOK_MS,
  );

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
  async function takeSeat(damaged = false): Promise<AccountState> {
    const kept = session.current();
    if (!kept) throw new Error('nobody is signed in');
    const { personId } = kept;
    const seat = await openDesk({
      ...{ client, clock, timers, status, log, session, storage, damaged, personId },
      userData: deps.userData,
      onChanged: changed,
      onArrived: arrived => void announce(arrived),
      onOnline: () => desk?.pump.wake(),
      onEnded: endedByServer,
      onDamage: failure => void rebuild(failure),
    });
    desk = seat;
    const { cache, copy, pump, engine } = seat;
    const begun = settings.get().leaving;
    settings.set({ account: { personId, email: kept.email }, leaving: begun === personId ? null : begun });
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
    void sealWhenLeaseIsOver();
    void desk?.cache.sweepExpired().catch(() => undefined);
    cancelSweep = timers.after(SWEEP_MS, sweepNow);
  }

  async function announce(arrived: Parameters<typeof noticesFor>[0]): Promise<void> {
    const seat = desk;
    if (!seat || paused || !settings.get().notifications) return;
    const names = new Map((await seat.cache.clients()).map(view => [view.id, view.name]));
    for (const notice of noticesFor(arrived, id => names.get(id) ?? 'Client', clock.now())) {
      if (shell.isFocused() && viewing?.conversationId === notice.conversationId) continue;
      const at = { collection: 'notificationPreferences', clientId: notice.clientId } as const;
      const { rows } = await seat.cache.rows({ ...at, status: null, after: null, limit: 1 });
      if (isQuiet((rows[0] as RowOf<'notificationPreferences'> | undefined) ?? null, clock.now())) continue;
      shell.notify({
        title: notice.title,
        body: notice.body,
        target: { to: 'conversation', clientId: notice.clientId, conversationId: notice.conversationId },
      });
    }
  }

  const connecting = createConnecting({
    client: slowClient,
    shell,
    emit,
    clock: { now: () => new Date(clock.now().getTime() - status.get().clockSkewSeconds * 1000) },
    timers,
    log,
    onChoice: choice => void tellOfChoice(choice),
  });

  /** The person is in the browser; what waits here for them is said where they are. */
  async function tellOfChoice({ clientId, provider, shared }: ConnectState): Promise<void> {
    if (!desk || shell.isFocused() || !settings.get().notifications) return;
    const name = (await desk.cache.clients()).find(view => view.id === clientId)?.name ?? 'your client';
    shell.notify({
      title: 'Choose the account to connect',
      body: shared
        ? 'Consent was given. It is connected for the whole agency once you confirm.'
        : `Consent was given. It is connected for ${name} once you confirm.`,
      target: { to: 'connections', clientId, provider },
    });
  }

  async function shut(seat = desk): Promise<void> {
    desk = null;
    connecting.closeAll();
    cancelSweep();
    await seat?.engine.stop();
    await seat?.pump.stop();
    await seat?.cache.close().catch(() => undefined);
  }

  /** Stops everything that lives only while somebody is at the desk; what is on the disk stays as it is, sealed. */
  async function rise(seat = desk): Promise<void> {
    await shut(seat);
    currentClientId = null;
    viewing = null;
    status.set(SIGNED_OUT);
  }

  /**
   * Leaves the desk. `wipe` destroys the key before anything else, so a stop half-way leaves noise and no data; that it was wanted is
   * written down even before that, and the next start goes on with it (LC-07).
   */
  async function leave(wipe: boolean): Promise<void> {
    const kept = session.current();
    const seat = desk;
    desk = null;
    if (wipe && kept) {
      leaving.remember({ account: null, pinnedClients: [], leaving: kept.personId });
      await storage.vault?.destroyCacheKey(kept.personId).catch(error => leaving.failed('key not deleted', error));
    }
    await storage.vault?.forgetSession().catch(error => leaving.failed('session not deleted', error));
    session.forget();
    await rise(seat);
    if (wipe) await leaving.finish();
  }

  /** Damage that shows in use: the queue is saved, the file put aside, and the rest comes anew from the server. Once; a disk that goes on like that is beyond us. */
  async function rebuild(failure: string): Promise<void> {
    if (rebuilt || !desk || desk.copy.mode.mode === 'memory') return;
    rebuilt = true;
    log('copy is damaged, rebuilt', { failure });
    setState({ status: 'starting' });
    await rise();
    if (session.current()) await takeSeat(true);
  }

  /** Somebody who was here before: back to the desk, or sealed until the server has been seen again (LC-08). */
  async function resume(kept: KeptSession): Promise<void> {
    if (!session.leaseHolds(kept) && (await session.accessToken()) === null) {
      if (session.current()) setState({ status: 'signed-out', notice: 'lease-ended' });
      return;
    }
    if (session.current()) await takeSeat();
  }

  /** Also while it runs, and after a long sleep before anything is drawn (LC-08, F-17). */
  async function sealWhenLeaseIsOver(): Promise<void> {
    const kept = session.current();
    if (!desk || !kept || session.leaseHolds(kept)) return;
    setState({ status: 'starting' });
    await rise();
    await resume(kept);
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
      void parting.call('identity.sign-out', {});
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
    slowClient,
    connecting,
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
        // The tray must not say for a moment whose client it was: it does not wait with the window.
        void refreshTray();
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
      const kept = (await leaving.finish()) ? await storage.vault?.readSession().catch(() => null) : null;
      if (!kept) {
        setState({ status: 'signed-out', notice: 'none' });
        return;
      }
      session.restore(kept);
      await resume(kept);
    },
    stop: () => shut(),
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
    wake() {
      void sealWhenLeaseIsOver();
      desk?.engine.wake();
    },
    async open(target) {
      if (!desk) return;
      if ('clientId' in target) {
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
