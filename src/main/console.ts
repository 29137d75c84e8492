import { newId } from '@astrix/contract';
import { createClient } from '@astrix/sdk';
import type { ConnectState } from '../shared/connect.ts';
import { createLifecycle } from './account/lifecycle.ts';
import { createSession } from './account/session.ts';
import type { Cache } from './cache/index.ts';
import { createAnnouncer } from './clients/announcer.ts';
import { inOrder } from './clients/order.ts';
import { trayModel } from './clients/tray-model.ts';
import { createConnecting } from './connect/attempts.ts';
import { createDestination } from './destination.ts';
import { createHandlers } from './handlers.ts';
import type { ConsoleDeps, Handlers, NavigateTarget, TrayItem } from './ports.ts';
import { gatherTopics } from './sync/changes.ts';
import { createStatusBoard } from './sync/status.ts';
import { realTimers } from './timers.ts';
import { openWorkspace } from './workspace.ts';

/** How often the window looks at its data again while rows keep coming. */
const LOOK_MS = 250;
/** How long an answer may take for which the server has to ask a provider, all its tries and pages included. */
const PROVIDER_MS = 60_000;

export type Console = {
  readonly handlers: Handlers;
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
  readonly signedIn: () => boolean;
  /** Changes that have not reached the server, also while nobody is signed in; null when that cannot be found out. */
  readonly unsent: () => Promise<number | null>;
  readonly trayAction: (item: TrayItem) => Promise<void>;
  /** The machine woke up, or the network came back: look at once. */
  readonly wake: () => void;
  /** Brings the window there as soon as somebody is signed in who may see it. */
  readonly open: (target: NavigateTarget) => void;
};

/** The console without a desktop: everything but Electron, so that it runs and is tested on plain Node. */
export function createConsole(deps: ConsoleDeps): Console {
  const { settings, shell, emit, log, clock } = deps;
  const timers = deps.timers ?? realTimers;
  const status = createStatusBoard(next => {
    emit('syncChanged', next);
    destination.changed();
    void refreshTray();
  });
  const screen: Screen = { clientId: null, conversation: null };
  let isPaused = false;

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
    vault: () => account.vault(),
    onEnded: notice => account.endedByServer(notice),
  });
  const cache = (): Cache | null => account.workspace()?.cache ?? null;

  const changed = gatherTopics(
    topics => {
      emit('changed', { topics });
      if (!topics.includes('clients')) return;
      void refreshTray();
      destination.changed();
    },
    timers,
    LOOK_MS,
  );
  const destination = createDestination({
    cache,
    isSynced: () => status.get().syncedAt !== null,
    announce: () => emit('navigate', undefined),
  });
  const announce = createAnnouncer({
    shell,
    settings,
    clock,
    cache,
    viewing: () => screen.conversation,
    isPaused: () => isPaused,
    looksAfterAccounts: () => {
      const now = account.state();
      return now.status === 'signed-in' && now.permissions.includes('connection.manage');
    },
  });

  const account = createLifecycle({
    deps,
    timers,
    status,
    session,
    open: of =>
      openWorkspace({
        ...{ client, clock, timers, status, log, session },
        ...of,
        userData: deps.userData,
        onChanged: changed,
        onArrived: applied => void announce(applied),
        onOnline: () => account.workspace()?.pump.wake(),
        onEnded: notice => account.endedByServer(notice),
        onDamage: failure => void account.rebuild(failure),
      }),
    onClosing() {
      connecting.closeAll();
      screen.clientId = null;
      screen.conversation = null;
    },
    onState(state) {
      emit('accountChanged', state);
      void refreshTray();
    },
  });

  const connecting = createConnecting({
    client: slowClient,
    shell,
    emit,
    clock: { now: serverNow },
    timers,
    log,
    onChoice: choice => void announceChoice(choice),
  });

  /** By the clock of the server, as far as it is known. */
  function serverNow(): Date {
    return new Date(clock.now().getTime() - status.get().clockSkewSeconds * 1000);
  }

  /** The clients of the person who is signed in, in their order; none when nobody is. */
  async function clientViews() {
    const workspace = account.workspace();
    if (!workspace) return [];
    return inOrder(await workspace.cache.clients(), settings.get().clientOrders[workspace.personId] ?? []);
  }

  async function refreshTray(): Promise<void> {
    const open = cache();
    const views = await clientViews().catch(() => []);
    const isOnline = status.get().connection === 'online';
    shell.setTray(trayModel(views, screen.clientId, { signedIn: open !== null, online: isOnline, paused: isPaused }));
    shell.setBadge(views.reduce((sum, view) => sum + view.unread, 0));
  }

  /** The person is in the browser: what waits for them in the console is said by a notification. */
  async function announceChoice({ clientId, provider, shared }: ConnectState): Promise<void> {
    const open = cache();
    if (!open || shell.isFocused() || !settings.get().notifications) return;
    const name = (await open.clients()).find(view => view.id === clientId)?.name ?? 'the client';
    shell.notify({
      title: 'Choose the account to connect',
      body: shared
        ? 'Access was granted. Confirm the account to connect it for the whole agency.'
        : `Access was granted. Confirm the account to connect it for ${name}.`,
      target: { to: 'screen', screen: 'connections', clientId, at: provider },
    });
  }

  const handlers = createHandlers({
    deps,
    client,
    slowClient,
    connecting,
    status,
    account,
    newId,
    serverNow,
    views: clientViews,
    changed,
    destination,
    screen: {
      clientId: () => screen.clientId,
      async show(clientId) {
        screen.clientId = clientId;
        screen.conversation = null;
        // The tray does not wait together with the window: it must never show the client of before.
        void refreshTray();
        await cache()?.touchClient(clientId);
        changed(['clients']);
      },
      view(at) {
        screen.conversation = at;
      },
    },
  });

  return {
    handlers,
    signedIn: () => account.workspace() !== null,
    unsent: () => account.unsent(),
    start: () => account.start(),
    stop: () => account.stop(),
    async trayAction(item) {
      if (item.kind === 'client') {
        await handlers['clients.switch']({ clientId: item.clientId });
        destination.set({ to: 'client', clientId: item.clientId });
      } else if (item.kind === 'action' && item.action === 'more') {
        destination.set({ to: 'switcher' });
      } else if (item.kind === 'action' && item.action === 'pause-notifications') {
        isPaused = !isPaused;
        await refreshTray();
      }
    },
    wake() {
      void account.sealWhenLeaseEnds();
      account.workspace()?.engine.wake();
    },
    open: destination.set,
  };
}

/** What the window shows at the moment. */
type Screen = { clientId: string | null; conversation: { clientId: string; conversationId: string } | null };
