import { EventEmitter } from 'node:events';

/** As much of Electron as the shell uses, over arrays: tests read what was asked of it and fire what it would fire. */
type Handler = (...args: never[]) => unknown;

class FakeApp extends EventEmitter {
  isPackaged = false;
  hasLock = true;
  readonly calls: (readonly [string, ...unknown[]])[] = [];
  #ready = Promise.withResolvers<void>();
  #called(name: string, ...args: unknown[]): void {
    this.calls.push([name, ...args]);
  }
  readonly names = () => this.calls.map(([name]) => name);
  readonly whenReady = () => this.#ready.promise;
  readonly fireReady = () => {
    this.#called('ready');
    this.#ready.resolve();
  };
  readonly enableSandbox = () => this.#called('enableSandbox');
  readonly setAppUserModelId = (id: string) => this.#called('setAppUserModelId', id);
  readonly setAsDefaultProtocolClient = (scheme: string) => this.#called('setAsDefaultProtocolClient', scheme);
  readonly setPath = (name: string, path: string) => this.#called('setPath', name, path);
  readonly getPath = (name: string) => `/nowhere/${name}`;
  readonly getVersion = () => '0.0.0-test';
  readonly setBadgeCount = (count: number) => this.#called('setBadgeCount', count);
  readonly exit = (code: number) => this.#called('exit', code);
  readonly quit = () => this.#called('quit');
  readonly requestSingleInstanceLock = () => {
    this.#called('requestSingleInstanceLock');
    return this.hasLock;
  };
  reset(): void {
    this.removeAllListeners();
    this.calls.length = 0;
    this.isPackaged = false;
    this.hasLock = true;
    this.#ready = Promise.withResolvers<void>();
  }
}
export const app = new FakeApp();

export class FakeContents extends EventEmitter {
  url = 'app://console/index.html';
  opener: ((details: { url: string }) => { action: string }) | null = null;
  readonly sent: unknown[][] = [];
  readonly getURL = () => this.url;
  readonly setWindowOpenHandler = (handler: (details: { url: string }) => { action: string }) => {
    this.opener = handler;
  };
  readonly send = (...args: unknown[]) => this.sent.push(args);
  readonly replaced: string[] = [];
  readonly replaceMisspelling = (word: string) => this.replaced.push(word);
  readonly session = { addWordToSpellCheckerDictionary: (word: string) => dictionary.push(word) > 0 };
}

/** The words that a person has added. */
export const dictionary: string[] = [];

export const windows: BrowserWindow[] = [];
export class BrowserWindow extends EventEmitter {
  readonly options: Readonly<Record<string, unknown>>;
  readonly webContents = new FakeContents();
  readonly did: string[] = [];
  url = '';
  title = '';
  bounds = { x: 5, y: 6, width: 1000, height: 700 };
  minimized = false;
  maximized = false;
  focused = false;
  destroyed = false;
  constructor(options: Readonly<Record<string, unknown>>) {
    super();
    this.options = options;
    windows.push(this);
    app.emit('web-contents-created', {}, this.webContents);
  }
  readonly loadURL = async (url: string) => {
    this.url = url;
  };
  readonly show = () => this.did.push('show');
  readonly hide = () => this.did.push('hide');
  readonly focus = () => this.did.push('focus');
  readonly restore = () => this.did.push('restore');
  readonly maximize = () => this.did.push('maximize');
  readonly isMinimized = () => this.minimized;
  readonly isMaximized = () => this.maximized;
  readonly isFocused = () => this.focused;
  readonly isDestroyed = () => this.destroyed;
  readonly getNormalBounds = () => this.bounds;
  readonly setTitle = (title: string) => {
    this.title = title;
  };
  /** What the person's hand does: on each pixel what every system tells, and what only some tell when the hand lets go. */
  drag(pixels: number): void {
    for (let pixel = 0; pixel < pixels; pixel++) {
      this.bounds = { ...this.bounds, x: this.bounds.x + 1 };
      this.emit('move');
      if (process.platform === 'darwin') this.emit('moved');
    }
    if (process.platform === 'win32') this.emit('moved');
  }
  stretch(pixels: number): void {
    for (let pixel = 0; pixel < pixels; pixel++) {
      this.bounds = { ...this.bounds, width: this.bounds.width + 1 };
      this.emit('resize');
    }
    if (process.platform !== 'linux') this.emit('resized');
  }
  /** What the X of the window does. Answers whether the window is gone. */
  close(): boolean {
    let prevented = false;
    this.emit('close', {
      preventDefault: () => {
        prevented = true;
      },
    });
    if (!prevented) this.destroy();
    return !prevented;
  }
  destroy(): void {
    this.destroyed = true;
    this.emit('closed');
  }
}

export const handled = new Map<string, Handler>();
export const ipcMain = { handle: (channel: string, handler: Handler) => void handled.set(channel, handler) };

export const schemes: unknown[] = [];
export const protocols = new Map<string, (request: Request) => Promise<Response>>();
export const protocol = {
  registerSchemesAsPrivileged: (list: unknown[]) => {
    app.calls.push(['registerSchemesAsPrivileged']);
    schemes.push(...list);
  },
  handle: (scheme: string, handler: (request: Request) => Promise<Response>) => void protocols.set(scheme, handler),
};

export type FakeMenuItem = {
  readonly label?: string;
  readonly role?: string;
  readonly type?: string;
  readonly checked?: boolean;
  readonly enabled?: boolean;
  readonly accelerator?: string;
  readonly click?: () => void;
  readonly submenu?: readonly FakeMenuItem[];
};
export const Menu = {
  application: null as { items: readonly FakeMenuItem[] } | null,
  /** The menus that were shown at the pointer. */
  shown: [] as (readonly FakeMenuItem[])[],
  buildFromTemplate: (items: readonly FakeMenuItem[]) => ({ items, popup: () => void Menu.shown.push(items) }),
  setApplicationMenu: (menu: { items: readonly FakeMenuItem[] }) => {
    Menu.application = menu;
  },
};

export const trays: Tray[] = [];
export class Tray extends EventEmitter {
  tooltip = '';
  image = '';
  menu: { items: readonly FakeMenuItem[] } = { items: [] };
  constructor(image: { path: string }) {
    super();
    this.image = image.path;
    trays.push(this);
  }
  readonly setToolTip = (text: string) => {
    this.tooltip = text;
  };
  readonly setImage = (image: { path: string }) => {
    this.image = image.path;
  };
  readonly setContextMenu = (menu: { items: readonly FakeMenuItem[] }) => {
    this.menu = menu;
  };
}

export const shown: Notification[] = [];
export class Notification extends EventEmitter {
  static readonly isSupported = () => true;
  readonly options: { title: string; body: string };
  constructor(options: { title: string; body: string }) {
    super();
    this.options = options;
  }
  readonly show = () => shown.push(this);
}

export const externallyOpened: string[] = [];
export const shell = {
  openExternal: async (url: string) => {
    externallyOpened.push(url);
  },
};
export const nativeImage = { createFromPath: (path: string) => ({ path }) };
export const nativeTheme = { shouldUseDarkColors: false };
export const powerMonitor = new EventEmitter();
export const screen = { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] };

/** The handlers that the session was given. */
export const walls: {
  request?: Handler;
  check?: Handler;
  device?: Handler;
  before?: Handler;
  spelling?: readonly string[];
} = {};
export const session = {
  defaultSession: {
    setPermissionRequestHandler: (handler: Handler) => {
      walls.request = handler;
    },
    setPermissionCheckHandler: (handler: Handler) => {
      walls.check = handler;
    },
    setDevicePermissionHandler: (handler: Handler) => {
      walls.device = handler;
    },
    availableSpellCheckerLanguages: ['de', 'en-GB', 'en-US', 'hi'],
    setSpellCheckerLanguages: (languages: readonly string[]) => {
      walls.spelling = languages;
    },
    webRequest: {
      onBeforeRequest: (handler: Handler) => {
        walls.before = handler;
      },
    },
  },
};

/** As if the process had just started. */
export function resetElectron(): void {
  app.reset();
  powerMonitor.removeAllListeners();
  for (const window of windows.splice(0)) if (!window.destroyed) window.destroy();
  for (const list of [trays, shown, externallyOpened, schemes, dictionary, Menu.shown] as unknown[][]) list.length = 0;
  handled.clear();
  protocols.clear();
  Menu.application = null;
  nativeTheme.shouldUseDarkColors = false;
  for (const name of Object.keys(walls) as (keyof typeof walls)[]) delete walls[name];
}
