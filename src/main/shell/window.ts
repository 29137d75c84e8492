import { join } from 'node:path';
import { BrowserWindow, nativeTheme, screen, session } from 'electron';
import { APP_PAGE, CSP, isOwnOrigin, mayHave } from '../guard/rules.ts';
import type { SettingsStore } from '../settings/settings.ts';
import { realTimers } from '../timers.ts';

/** What agencies write in. Otherwise Chromium takes the language of the system, which is often American English. */
const SPELLED = ['en-GB', 'hi'];
/** How long a window must stand still before its place is written down. */
const STILL_MS = 500;
const PRELOAD = join(import.meta.dirname, '..', 'preload', 'index.cjs');
const GROUND = { light: '#f7f6f3', dark: '#17181a' } as const;

/** Every window there is; a message from any other is refused (SH-10). */
const windows = new Set<BrowserWindow>();
export const knownWindow = (contents: Electron.WebContents): boolean =>
  [...windows].some(window => !window.isDestroyed() && window.webContents === contents);
export const allWindows = (): readonly BrowserWindow[] => [...windows].filter(window => !window.isDestroyed());

/** The only place that makes a window; its walls are not for callers to choose (SH-02). */
export function createWindow(settings: SettingsStore): BrowserWindow {
  const { theme, window: kept } = settings.get();
  const dark = theme === 'dark' || (theme === 'system' && nativeTheme.shouldUseDarkColors);
  const window = new BrowserWindow({
    ...placeOf(kept),
    minWidth: 960,
    minHeight: 600,
    show: false,
    title: 'Astrix Console',
    backgroundColor: dark ? GROUND.dark : GROUND.light,
    webPreferences: {
      preload: PRELOAD,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      spellcheck: true,
    },
  });
  windows.add(window);
  window.once('closed', () => windows.delete(window));
  window.once('ready-to-show', () => {
    if (kept.maximized) window.maximize();
    window.show();
  });
  rememberPlace(window, settings);
  void window.loadURL(APP_PAGE);
  return window;
}

/** Where the window stood, if a screen is still there. */
function placeOf(kept: ReturnType<SettingsStore['get']>['window']): {
  width: number;
  height: number;
  x?: number;
  y?: number;
} {
  const { x, y, width, height } = kept;
  if (x === null || y === null) return { width, height };
  const visible = screen
    .getAllDisplays()
    .some(
      ({ workArea }) =>
        x >= workArea.x - 50 &&
        y >= workArea.y - 50 &&
        x < workArea.x + workArea.width - 100 &&
        y < workArea.y + workArea.height - 100,
    );
  return visible ? { x, y, width, height } : { width, height };
}

/**
 * Writes the place down once the window stands still, and when it closes. `moved` and `resized` do not exist on Linux, and on macOS
 * `moved` fires for each pixel; `move` and `resize` exist everywhere.
 */
function rememberPlace(window: BrowserWindow, settings: SettingsStore): void {
  let cancel: (() => void) | null = null;
  const write = () => {
    if (cancel === null) return;
    cancel();
    cancel = null;
    if (window.isDestroyed() || window.isMinimized()) return;
    settings.set({ window: { ...window.getNormalBounds(), maximized: window.isMaximized() } });
  };
  const changed = () => {
    cancel?.();
    cancel = realTimers.after(STILL_MS, write);
  };
  window.on('resize', changed);
  window.on('move', changed);
  window.on('close', write);
}

/** Walls of the session and of every page in it, also of kinds that do not exist yet (SH-03 … SH-07). */
export function guardContents(contents: Electron.WebContents, onLink: (url: string) => void): void {
  const stay = (event: { preventDefault: () => void }, url: string) => {
    if (!isOwnOrigin(url)) event.preventDefault();
  };
  contents.on('will-navigate', event => stay(event, event.url));
  contents.on('will-frame-navigate', event => stay(event, event.url));
  contents.on('will-redirect', event => stay(event, event.url));
  contents.on('will-attach-webview', event => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    onLink(url);
    return { action: 'deny' };
  });
}

export function guardSession(): void {
  const own = session.defaultSession;
  own.setPermissionRequestHandler((contents, permission, answer) => answer(mayHave(permission, contents.getURL())));
  own.setPermissionCheckHandler((_contents, permission, origin) =>
    mayHave(permission, `${origin.replace(/\/$/, '')}/`),
  );
  own.setDevicePermissionHandler(() => false);
  own.setSpellCheckerLanguages(SPELLED.filter(language => own.availableSpellCheckerLanguages.includes(language)));
  own.webRequest.onBeforeRequest((details, answer) => {
    const kept = /^(app|devtools|data|blob):/.test(details.url);
    answer({ cancel: !kept });
  });
}

export const pageHeaders = (type: string): Record<string, string> => ({
  'content-type': type,
  'content-security-policy': CSP,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
});
