import type { ArgsOut, CallName, Destination, EventName, ResultOf } from '../shared/ipc.ts';
import type { Keychain } from './account/keychain.ts';
import type { ConsoleLog } from './log/log.ts';
import type { SettingsStore } from './settings/settings.ts';
import type { Timers } from './timers.ts';

/** One function for each call of the IPC contract. A refusal is thrown as `ConsoleError`; anything else becomes `internal`. */
export type Handlers = { readonly [N in CallName]: (args: ArgsOut<N>) => Promise<ResultOf<N>> };

export type BackendHandlers = Pick<Handlers, 'backend.state' | 'backend.find' | 'backend.use'>;

/** Sends an event to every window. */
export type Emit = <N extends EventName>(name: N, payload: ArgsOut<N>) => void;

export type NavigateTarget = Destination;

export type TrayItem =
  | { readonly kind: 'client'; readonly clientId: string; readonly label: string; readonly checked: boolean }
  | { readonly kind: 'separator' }
  | {
      readonly kind: 'action';
      readonly action: 'open' | 'more' | 'pause-notifications' | 'quit';
      readonly label: string;
      readonly checked: boolean;
    };

/** The tray as data, so that it is tested without a tray. */
export type TrayModel = { readonly tooltip: string; readonly unread: number; readonly items: readonly TrayItem[] };

/** What the console asks of the desktop. The shell implements it over Electron; tests implement it over arrays. */
export type ShellPort = {
  readonly notify: (notice: { readonly title: string; readonly body: string; readonly target: NavigateTarget }) => void;
  readonly setBadge: (unread: number) => void;
  readonly setTray: (model: TrayModel) => void;
  readonly openExternal: (url: string) => Promise<void>;
  /** Opens a provider's consent page in the system browser; false when that is refused or does not work. */
  readonly openConsent: (url: string) => Promise<boolean>;
  /** Opens a page of the agency's own backend there; false when that is refused or does not work. */
  readonly openSignIn: (url: string) => Promise<boolean>;
  readonly setTitle: (title: string) => void;
  readonly isFocused: () => boolean;
};

export type Clock = { readonly now: () => Date };

/** What a console is made of. */
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
  /** What the window may ask about the backend itself. It outlives this console. */
  readonly backend: BackendHandlers;
};
