/**
 * Answers to the name `electron` where its binary cannot be had: as much of it as the console uses, with windows as pages of the
 * local browser. What it does not prove is written in docs/guides/electron-standin.md.
 */
import { EventEmitter } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { desktop, invokeHandlers, notices, opened, type StandInWindow, schemes, sendTo, windows } from './host.ts';
import type { MenuItem } from './pages.ts';

const root = join(import.meta.dirname, '..', '..');
let userData = join(homedir(), '.config', 'astrix-console');
let ready = false;
const whenReady = Promise.withResolvers<void>();

class App extends EventEmitter {
  readonly __standin = true;
  readonly isPackaged = false;
  readonly whenReady = () => whenReady.promise;
  readonly isReady = () => ready;
  readonly getVersion = () =>
    (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;
  readonly getPath = (_name: string) => userData;
  readonly setPath = (_name: string, path: string) => {
    userData = path;
  };
  readonly enableSandbox = () => undefined;
  readonly setAppUserModelId = () => undefined;
  readonly setAsDefaultProtocolClient = () => true;
  readonly setBadgeCount = (count: number) => {
    desktop.badge = count;
    return true;
  };
  #lock: string | null = null;

  /** One console for each data folder; a lock whose owner is gone is taken over. */
  requestSingleInstanceLock(): boolean {
    mkdirSync(userData, { recursive: true, mode: 0o700 });
    const path = join(userData, 'standin.lock');
    const owner = existsSync(path) ? Number(readFileSync(path, 'utf8')) : 0;
    if (owner > 0 && owner !== process.pid && alive(owner)) return false;
    writeFileSync(path, String(process.pid), { mode: 0o600 });
    this.#lock = path;
    return true;
  }

  exit(code = 0): never {
    if (this.#lock) rmSync(this.#lock, { force: true });
    process.exit(code);
  }

  quit(): void {
    this.emit('before-quit', { preventDefault: () => undefined });
    let prevented = false;
    this.emit('will-quit', {
      preventDefault: () => {
        prevented = true;
      },
    });
    if (!prevented) this.exit(0);
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

export const app = new App();

/** `ready` comes after the entry module has loaded, never before. */
export function fireReady(): void {
  ready = true;
  app.emit('ready');
  whenReady.resolve();
}

class WebContents extends EventEmitter {
  readonly #window: () => StandInWindow;
  constructor(window: () => StandInWindow) {
    super();
    this.#window = window;
  }
  readonly getURL = () => this.#window().url;
  readonly setWindowOpenHandler = () => undefined;
  readonly isDestroyed = () => false;
  send(channel: string, ...args: unknown[]): void {
    sendTo(this.#window(), { kind: 'send', channel, args: structuredClone(args) });
  }
}

type Options = {
  readonly webPreferences?: Record<string, unknown>;
  readonly width?: number;
  readonly height?: number;
  readonly title?: string;
};
let nextWindow = 1;

export class BrowserWindow extends EventEmitter {
  readonly webContents: WebContents;
  readonly #state: StandInWindow;
  #destroyed = false;

  constructor(options: Options = {}) {
    super();
    const preferences = options.webPreferences ?? {};
    // The real one would honour these; a console that asked for them must not look fine here.
    if (preferences.sandbox === false || preferences.nodeIntegration === true || preferences.contextIsolation === false)
      throw new Error('the stand-in runs sandboxed windows only');
    if (!String(preferences.preload).endsWith('.cjs')) throw new Error('a sandboxed preload must be CommonJS');
    this.webContents = new WebContents(() => this.#state);
    this.#state = {
      id: nextWindow++,
      url: '',
      preload: String(preferences.preload),
      sockets: new Set(),
      focused: false,
      title: options.title ?? '',
      events: this,
      contents: this.webContents,
    };
    windows.set(this.#state.id, this.#state);
    app.emit('web-contents-created', {}, this.webContents);
  }

  async loadURL(url: string): Promise<void> {
    this.#state.url = url;
  }
  readonly show = () => undefined;
  readonly hide = () => undefined;
  readonly focus = () => sendTo(this.#state, { kind: 'focus' });
  readonly restore = () => undefined;
  readonly maximize = () => undefined;
  readonly isMinimized = () => false;
  readonly isMaximized = () => false;
  readonly isFocused = () => this.#state.focused;
  readonly isDestroyed = () => this.#destroyed;
  readonly getNormalBounds = () => ({ x: 0, y: 0, width: 1360, height: 860 });
  setTitle(title: string): void {
    this.#state.title = title;
    sendTo(this.#state, { kind: 'title', title });
  }
  destroy(): void {
    this.#destroyed = true;
    windows.delete(this.#state.id);
    this.emit('closed');
  }
}

export const ipcMain = {
  handle: (channel: string, handler: (event: unknown, ...args: unknown[]) => unknown) =>
    void invokeHandlers.set(channel, handler),
};

export const protocol = {
  registerSchemesAsPrivileged: () => undefined,
  handle: (scheme: string, handler: (request: Request) => Response | Promise<Response>) =>
    void schemes.set(scheme, handler),
};

export class Tray extends EventEmitter {
  setToolTip(text: string): void {
    desktop.tooltip = text;
  }
  readonly setImage = () => undefined;
  setContextMenu(menu: { items: readonly MenuItem[] }): void {
    desktop.trayItems = menu.items;
  }
}

export const Menu = {
  buildFromTemplate: (items: readonly MenuItem[]) => ({ items }),
  setApplicationMenu: () => undefined,
};

let nextNotice = 1;
export class Notification extends EventEmitter {
  static readonly isSupported = () => true;
  readonly #options: { readonly title: string; readonly body: string };
  constructor(options: { readonly title: string; readonly body: string }) {
    super();
    this.#options = options;
  }
  show(): void {
    const notice = { id: nextNotice++, ...this.#options, emitter: this };
    notices.push(notice);
    if (notices.length > 200) notices.shift();
    for (const window of windows.values())
      sendTo(window, { kind: 'notice', id: notice.id, title: notice.title, body: notice.body });
  }
}

export const shell = {
  openExternal: async (url: string) => {
    opened.push(url);
    // A person at this machine gets a tab of the same browser; a test only looks at what was asked.
    if (process.env.ASTRIX_STANDIN_OPENS !== '1') return;
    const all = [...windows.values()];
    const window = all.find(({ focused }) => focused) ?? all[0];
    if (window) sendTo(window, { kind: 'open', url });
  },
};
export const nativeImage = { createFromPath: (path: string) => ({ path }) };
export const nativeTheme = Object.assign(new EventEmitter(), { shouldUseDarkColors: false });
export const powerMonitor = new EventEmitter();
export const screen = { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] };
export const session = {
  defaultSession: {
    setPermissionRequestHandler: () => undefined,
    setPermissionCheckHandler: () => undefined,
    setDevicePermissionHandler: () => undefined,
    availableSpellCheckerLanguages: [],
    setSpellCheckerLanguages: () => undefined,
    webRequest: { onBeforeRequest: () => undefined },
  },
};
