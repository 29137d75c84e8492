import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  app,
  type BrowserWindow,
  ipcMain,
  Menu,
  type MenuItemConstructorOptions,
  Notification,
  nativeImage,
  powerMonitor,
  protocol,
  shell,
  Tray,
} from 'electron';
import type { Console } from '../console.ts';
import {
  APP_SCHEME,
  type DeepLink,
  deepLinkIn,
  isOwnOrigin,
  judgeConsent,
  judgeLink,
  judgeSignIn,
  type LinkVerdict,
  packagedFile,
  readDeepLink,
} from '../guard/rules.ts';
import { createRouter, IPC_CALL, IPC_EVENT } from '../ipc/router.ts';
import type { ConsoleLog } from '../log/log.ts';
import type { Emit, ShellPort, TrayItem } from '../ports.ts';
import type { SettingsStore } from '../settings/settings.ts';
import { offerContextMenu } from './context-menu.ts';
import { allWindows, createWindow, guardContents, guardSession, knownWindow, pageHeaders } from './window.ts';

const RENDERER = join(import.meta.dirname, '..', 'renderer');
const RESOURCES = join(import.meta.dirname, '..', '..', 'resources');
/** Some systems never say that a notification was closed: the oldest is let go. */
const MAX_NOTIFICATIONS = 100;

/** macOS tints a template for its menu bar itself; elsewhere the mark stands on a tile of its own. */
function trayPicture(unread: boolean): string {
  const template = process.platform === 'darwin';
  const name = template ? `tray${unread ? 'Unread' : ''}Template.png` : `tray${unread ? '-unread' : ''}.png`;
  return join(RESOURCES, name);
}

export type Desktop = {
  readonly shell: ShellPort;
  readonly emit: Emit;
  /** Connects the console to windows, tray and keys, and shows the first window. */
  readonly attach: (console: Console) => void;
  readonly openWindow: () => void;
};

/** Everything of Electron that the console uses: windows, pages, tray, menu, notices, keys, power. Nothing here decides anything. */
export function createDesktop(
  settings: SettingsStore,
  log: ConsoleLog,
  backendUrl: () => string | null,
  sandboxUrl: string | null = null,
): Desktop {
  let tray: Tray | null = null;
  let theConsole: Console | null = null;
  /** What this process was started with, until the console is there. macOS tells a link by an event, the others by the command line. */
  let firstLink: DeepLink | null = deepLinkIn(process.argv);
  let quitting = false;

  /** False when it is refused or nothing on this machine opens it. */
  async function hand(verdict: LinkVerdict): Promise<boolean> {
    if (!verdict.allowed) {
      log('link refused', {});
      return false;
    }
    // The one call of openExternal in the product (SH-08).
    return shell.openExternal(verdict.url).then(
      () => true,
      () => false,
    );
  }
  // Before `ready`: later the event of the link that started the application has already passed.
  app.on('open-url', (event, url) => {
    event.preventDefault();
    const link = readDeepLink(url);
    if (theConsole === null) firstLink = link ?? firstLink;
    else if (link) {
      showWindow();
      theConsole.open(link);
    }
  });
  const openLink = (url: string): void => void hand(judgeLink(url));

  function showWindow(): BrowserWindow {
    const existing = allWindows()[0];
    if (existing) {
      if (existing.isMinimized()) existing.restore();
      existing.show();
      existing.focus();
      return existing;
    }
    const window = createWindow(settings);
    window.on('close', event => {
      if (quitting || !settings.get().keepRunningInTray || tray === null) return;
      event.preventDefault();
      window.hide();
      tellAboutTray();
    });
    return window;
  }

  /** Referenced until the person is done with them: a collected notification loses its click handler (electron/electron#16922). */
  const notifications = new Set<Notification>();

  function showNotification(title: string, body: string, onClick: () => void): void {
    const notification = new Notification({ title, body });
    notifications.add(notification);
    const [oldest] = notifications;
    if (oldest && notifications.size > MAX_NOTIFICATIONS) notifications.delete(oldest);
    notification.on('click', () => {
      notifications.delete(notification);
      onClick();
    });
    notification.on('close', () => notifications.delete(notification));
    notification.show();
  }

  function tellAboutTray(): void {
    if (settings.get().toldAboutTray || !Notification.isSupported()) return;
    settings.set({ toldAboutTray: true });
    showNotification(
      'Astrix Console is still running',
      'It keeps running in the tray and shows new messages. You can quit there or change this in Settings.',
      () => void showWindow(),
    );
  }

  const chosen = (item: TrayItem) => {
    if (item.kind === 'action' && item.action === 'quit') return app.quit();
    if (item.kind !== 'action' || item.action !== 'pause-notifications') showWindow();
    void theConsole?.trayAction(item);
  };

  const template = (items: readonly TrayItem[]): MenuItemConstructorOptions[] =>
    items.map(item => {
      if (item.kind === 'separator') return { type: 'separator' };
      const checkable = item.kind === 'client' || item.action === 'pause-notifications';
      return {
        label: item.label,
        type: checkable ? 'checkbox' : 'normal',
        checked: item.checked,
        click: () => chosen(item),
      };
    });

  const port: ShellPort = {
    notify({ title, body, target }) {
      if (!Notification.isSupported()) return;
      showNotification(title, body, () => {
        showWindow();
        theConsole?.open(target);
      });
    },
    setBadge: unread => void app.setBadgeCount(unread),
    setTray(model) {
      const picture = nativeImage.createFromPath(trayPicture(model.unread > 0));
      tray ??= new Tray(picture);
      tray.setToolTip(model.tooltip);
      tray.setImage(picture);
      tray.setContextMenu(Menu.buildFromTemplate(template(model.items)));
    },
    openExternal: async url => openLink(url),
    openConsent: url => hand(judgeConsent(url, sandboxUrl)),
    openSignIn: url => hand(judgeSignIn(url, backendUrl())),
    setTitle: title => {
      for (const window of allWindows()) window.setTitle(title);
    },
    isFocused: () => allWindows().some(window => window.isFocused()),
  };

  return {
    shell: port,
    emit: (name, payload) => {
      for (const window of allWindows()) window.webContents.send(IPC_EVENT, name, payload);
    },
    openWindow: () => void showWindow(),
    attach(console) {
      theConsole = console;
      guardSession();
      servePages();
      routeCalls(console, log);
      app.on('web-contents-created', (_event, contents) => {
        guardContents(contents, openLink);
        offerContextMenu(contents);
      });
      app.on('before-quit', () => {
        quitting = true;
      });
      app.on('second-instance', (_event, argv) => {
        showWindow();
        const link = deepLinkIn(argv);
        if (link) console.open(link);
      });
      if (firstLink) console.open(firstLink);
      firstLink = null;
      app.on('activate', () => showWindow());
      app.on('window-all-closed', () => {
        if (tray === null || !settings.get().keepRunningInTray) app.quit();
      });
      powerMonitor.on('resume', () => console.wake());
      Menu.setApplicationMenu(Menu.buildFromTemplate(applicationMenu(() => showWindow())));
    },
  };
}

/** Only packaged files, each with the policy of the house (SH-04, SH-11). */
function servePages(): void {
  protocol.handle(APP_SCHEME, async request => {
    const file = request.method === 'GET' ? packagedFile(request.url) : null;
    if (file === null)
      return new Response('Not found', { status: 404, headers: pageHeaders('text/plain; charset=utf-8') });
    try {
      return new Response(new Uint8Array(await readFile(join(RENDERER, file.path))), {
        headers: pageHeaders(file.type),
      });
    } catch {
      return new Response('Not found', { status: 404, headers: pageHeaders('text/plain; charset=utf-8') });
    }
  });
}

function routeCalls(console: Console, log: ConsoleLog): void {
  const route = createRouter({
    handlers: console.handlers,
    signedIn: console.signedIn,
    isOwnOrigin,
    log: (event, fields) => log(event, fields),
  });
  ipcMain.handle(IPC_CALL, (event, name: unknown, args: unknown) => {
    // Read at once: after the first await the frame may have gone somewhere else.
    const frame = event.senderFrame;
    const sender = {
      frame: frame ? { url: frame.url, isTop: frame.parent === null } : null,
      knownWindow: knownWindow(event.sender),
    };
    return route(sender, name, args);
  });
}

/** Editing and window commands as each system has them; the rest is in the window, where the keys are listed under `?`. */
function applicationMenu(open: () => void): MenuItemConstructorOptions[] {
  const mac = process.platform === 'darwin';
  return [
    ...(mac ? [{ role: 'appMenu' } as const] : []),
    {
      label: 'File',
      submenu: [
        { label: 'Open console', accelerator: 'CmdOrCtrl+Shift+O', click: open },
        { role: mac ? 'close' : 'quit' },
      ],
    },
    { role: 'editMenu' },
    {
      label: 'View',
      submenu: [
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
      ],
    },
    { role: 'windowMenu' },
  ];
}
