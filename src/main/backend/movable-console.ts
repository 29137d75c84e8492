import { OPTIONAL_FEATURES } from '@astrix/contract';
import { type AccountState, type CallName, CHANNELS } from '../../shared/ipc.ts';
import type { Console } from '../console.ts';
import { shown } from '../handlers.ts';
import { ConsoleError } from '../ipc/errors.ts';
import type { BackendHandlers, ConsoleDeps, Emit, Handlers, ShellPort } from '../ports.ts';
import type { SettingsStore } from '../settings/settings.ts';
import { SIGNED_OUT } from '../sync/status.ts';
import { readAddress } from './address.ts';
import { type BackendMeta, findBackend } from './find.ts';
import type { RememberedBackend } from './remembered.ts';

/** What a console of one backend is given; what it keeps is chosen by its address. */
export type OwnDeps = Pick<ConsoleDeps, 'backendUrl' | 'shell' | 'emit' | 'backend'>;

export type MovableDeps = {
  /** Where the console begins; null asks the person. */
  readonly address: string | null;
  readonly canChange: boolean;
  readonly remembered: Pick<RememberedBackend, 'set'>;
  /** Makes the console of one backend over the data of that backend and nothing else. */
  readonly make: (deps: OwnDeps) => { readonly console: Console; readonly settings: SettingsStore };
  /** Settings of the window before there is a backend. */
  readonly settings: SettingsStore;
  readonly info: Pick<ConsoleDeps, 'version' | 'platform' | 'shellKind' | 'demo'>;
  readonly shell: ShellPort;
  readonly emit: Emit;
  readonly fetch: typeof fetch;
};

export type MovableConsole = Console & {
  readonly settings: SettingsStore;
  readonly backendUrl: () => string | null;
};

type Open = {
  readonly address: string;
  readonly console: Console;
  readonly settings: SettingsStore;
  /** After this nothing of the console reaches the window or the desktop any more. */
  readonly silence: () => void;
  /** Null until the backend was asked in this run. */
  meta: Promise<BackendMeta> | null;
};

const NO_BACKEND: AccountState = { status: 'no-backend' };
const noBackend = async (): Promise<never> => {
  throw new ConsoleError('signed_out', 'No server was chosen yet.', 'Enter the address of your agency’s server first.');
};
const signedIn = () =>
  new ConsoleError('refused', 'You are signed in on this server.', 'Sign out before you choose another one.');

const isCall = (name: keyof typeof CHANNELS): name is CallName => CHANNELS[name].kind !== 'event';
const CALLS = (Object.keys(CHANNELS) as (keyof typeof CHANNELS)[]).filter(isCall);
/** Before these the backend is asked whether it and this console fit each other. */
const BEGINNINGS: ReadonlySet<CallName> = new Set<CallName>(['account.signIn', 'account.signInWithBrowser']);

/**
 * The console, whatever backend it works with. A move ends the console of before with its session, cache and outbox, which stay where they
 * are, and makes another one over the data of the other backend: nothing is carried from one to the other.
 */
export function createMovableConsole(deps: MovableDeps): MovableConsole {
  const { shell, emit, info } = deps;
  let current: Open | null = null;
  let isMoving = false;

  const state = () => ({ address: current?.address ?? null, canChange: deps.canChange });

  function open(address: string): Open {
    let isHeard = true;
    const own = deps.make({
      backendUrl: address,
      backend,
      emit: (name, payload) => {
        if (isHeard) emit(name, payload);
      },
      shell: {
        ...shell,
        notify: notice => isHeard && shell.notify(notice),
        setBadge: unread => isHeard && shell.setBadge(unread),
        setTray: model => isHeard && shell.setTray(model),
      },
    });
    current = { address, ...own, meta: null, silence: () => (isHeard = false) };
    return current;
  }

  const find = (origin: string): Promise<BackendMeta> =>
    findBackend(origin, { fetch: deps.fetch, version: info.version });

  async function findAt(typed: string): Promise<{ readonly origin: string; readonly meta: BackendMeta }> {
    if (!deps.canChange)
      throw new ConsoleError('refused', 'The server of this console cannot be changed.', 'Ask your agency about it.');
    if (current?.console.signedIn()) throw signedIn();
    const { origin, hadPath } = readAddress(typed);
    try {
      return { origin, meta: await find(origin) };
    } catch (error) {
      if (hadPath && error instanceof ConsoleError && error.error.code === 'refused')
        throw new ConsoleError(
          'refused',
          error.error.reason,
          'Enter the name of the server without what comes after it.',
        );
      throw error;
    }
  }

  /** One move at a time: a second one would start while the first one still closes what was open. */
  async function move(typed: string): Promise<void> {
    if (isMoving) throw new ConsoleError('refused', 'The console is moving already.', 'Wait a moment.');
    isMoving = true;
    try {
      const { origin, meta } = await findAt(typed);
      if (origin === current?.address) return;
      // Asking took its time: somebody may have signed in meanwhile.
      if (current?.console.signedIn()) throw signedIn();
      remember(origin);
      const before = current;
      before?.silence();
      emit('accountChanged', { status: 'starting' });
      await before?.console.stop().catch(() => undefined);
      const opened = open(origin);
      opened.meta = Promise.resolve(meta);
      emit('backendChanged', state());
      emit('settingsChanged', shown(opened.settings.get()));
      await opened.console.start();
    } finally {
      isMoving = false;
    }
  }

  function remember(origin: string): void {
    try {
      deps.remembered.set(origin);
    } catch {
      throw new ConsoleError(
        'storage_failed',
        'The address could not be saved on this computer.',
        'Make room on the disk and try again.',
      );
    }
  }

  /** Throws where the two do not fit each other. A backend that cannot be reached is told by what comes next. */
  async function demandFit(open: Open): Promise<void> {
    open.meta ??= find(open.address);
    try {
      await open.meta;
    } catch (error) {
      open.meta = null;
      if (error instanceof ConsoleError && error.error.code === 'refused') throw error;
    }
  }

  const backend: BackendHandlers = {
    'backend.state': async () => state(),
    async 'backend.find'({ address }) {
      const { origin, meta } = await findAt(address);
      const isElsewhere = current !== null && current.address !== origin;
      const unsent = isElsewhere ? await current?.console.unsent() : 0;
      return {
        address: origin,
        version: meta.version,
        caution: readAddress(address).isInternational
          ? `In plain letters this is ${new URL(origin).host}. Names in other scripts can look like another one: continue only if your agency gave you this address.`
          : null,
        leaves:
          current === null || unsent === 0 ? null : { host: new URL(current.address).host, unsent: unsent ?? null },
      };
    },
    async 'backend.use'({ address }) {
      await move(address);
      return state();
    },
  };

  const before: Partial<Handlers> = {
    ...backend,
    'app.info': async () => ({
      version: info.version,
      platform: info.platform,
      shell: info.shellKind,
      demo: info.demo,
      optionalFeatures: OPTIONAL_FEATURES,
    }),
    async 'app.setTitle'({ title }) {
      shell.setTitle(title);
      return null;
    },
    'app.takeDestination': async () => null,
    'account.state': async () => NO_BACKEND,
    'sync.status': async () => SIGNED_OUT,
    'settings.get': async () => shown(deps.settings.get()),
    async 'settings.set'(change) {
      const next = shown(deps.settings.set(change));
      emit('settingsChanged', next);
      return next;
    },
  };

  async function call(name: CallName, args: never): Promise<unknown> {
    const open = current;
    if (open === null) return ((before[name] ?? noBackend) as (args: never) => Promise<unknown>)(args);
    if (BEGINNINGS.has(name)) await demandFit(open);
    return (open.console.handlers[name] as (args: never) => Promise<unknown>)(args);
  }

  if (deps.address !== null) open(deps.address);
  return {
    handlers: Object.fromEntries(CALLS.map(name => [name, (args: never) => call(name, args)])) as unknown as Handlers,
    settings: {
      get: () => (current?.settings ?? deps.settings).get(),
      set: change => (current?.settings ?? deps.settings).set(change),
    },
    backendUrl: () => current?.address ?? null,
    signedIn: () => current?.console.signedIn() ?? false,
    unsent: async () => (await current?.console.unsent()) ?? 0,
    start: async () => current?.console.start(),
    stop: async () => current?.console.stop(),
    trayAction: async item => current?.console.trayAction(item),
    wake: () => current?.console.wake(),
    open: target => current?.console.open(target),
  };
}
