import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { Console } from '../console.ts';
import { CSP } from '../guard/rules.ts';
import type { NavigateTarget, TrayItem, TrayModel } from '../ports.ts';
import { DEFAULTS, type SettingsStore, type StoredSettings } from '../settings/settings.ts';
import * as electron from '../testkit/fake-electron.ts';

vi.mock('electron', () => import('../testkit/fake-electron.ts'));
const { createDesktop } = await import('./desktop.ts');
type Desktop = ReturnType<typeof createDesktop>;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const id = '0190b8a0-1111-7222-8333-444455556666';
const other = '0190b8a0-aaaa-7bbb-8ccc-ddddeeeeffff';

function stage(change: Partial<StoredSettings> = {}) {
  let current: StoredSettings = { ...DEFAULTS, ...change };
  const settings: SettingsStore = {
    get: () => current,
    set: next => {
      current = { ...current, ...next };
      return current;
    },
  };
  const entered: string[] = [];
  const trayed: TrayItem[] = [];
  const opened: NavigateTarget[] = [];
  const logged: string[] = [];
  let woken = 0;
  const console: Console = {
    handlers: new Proxy({} as Console['handlers'], {
      get: (_handlers, name) => async () => {
        entered.push(String(name));
        return null;
      },
    }),
    start: async () => undefined,
    stop: async () => undefined,
    signedIn: () => true,
    unsent: async () => 0,
    trayAction: async item => void trayed.push(item),
    wake: () => {
      woken += 1;
    },
    open: target => void opened.push(target),
  };
  const desktop = createDesktop(
    settings,
    event => logged.push(event),
    () => 'https://astrix.agency.example',
  );
  desktop.attach(console);
  return { desktop, settings, entered, trayed, opened, logged, woken: () => woken };
}

const MODEL: TrayModel = {
  tooltip: 'Astrix Console – 2 unread',
  unread: 2,
  items: [
    { kind: 'client', clientId: id, label: 'Chai Katha (2)', checked: true },
    { kind: 'client', clientId: other, label: 'Meera Silks', checked: false },
    { kind: 'action', action: 'more', label: 'More…', checked: false },
    { kind: 'separator' },
    { kind: 'action', action: 'open', label: 'Open Astrix Console', checked: false },
    { kind: 'action', action: 'pause-notifications', label: 'Pause notifications', checked: true },
    { kind: 'action', action: 'quit', label: 'Quit', checked: false },
  ],
};
const made = () => electron.windows.at(-1)!;
const trayItem = (label: string) => electron.trays[0]?.menu.items.find(item => item.label === label);

beforeEach(() => electron.resetElectron());

describe('calls from a window', () => {
  const ask = (event: unknown) =>
    (electron.handled.get('astrix:call') as (...args: unknown[]) => Promise<unknown>)(event, 'app.setTitle', {
      title: 'x',
    });
  const url = 'app://console/index.html';

  test('SH-10: the frame that Electron names is the one that is judged', async () => {
    const { desktop, entered } = stage();
    desktop.openWindow();
    const own = made().webContents;
    const foreign = new electron.BrowserWindow({}).webContents;
    const forged: readonly (readonly [string, unknown])[] = [
      ['no frame', { sender: own, senderFrame: null }],
      ['a frame inside of the page', { sender: own, senderFrame: { url, parent: { url } } }],
      ['a page that left', { sender: own, senderFrame: { url: 'https://evil.example/', parent: null } }],
      ['about:blank', { sender: own, senderFrame: { url: 'about:blank', parent: null } }],
      ['another window', { sender: foreign, senderFrame: { url, parent: null } }],
    ];
    for (const [who, event] of forged)
      expect(await ask(event), who).toMatchObject({ ok: false, error: { code: 'forbidden_sender' } });
    expect(entered).toEqual([]);
    expect(await ask({ sender: own, senderFrame: { url, parent: null } })).toEqual({ ok: true, value: null });
    made().destroy();
    electron.windows[0]?.destroy();
    expect(await ask({ sender: own, senderFrame: { url, parent: null } })).toMatchObject({ ok: false });
  });

  test('SH-10: where the frame is gone by the next turn, what it was at arrival counts', async () => {
    const { desktop } = stage();
    desktop.openWindow();
    const frame = { url, parent: null };
    const event: { sender: unknown; senderFrame: unknown } = { sender: made().webContents, senderFrame: frame };
    const reply = ask(event);
    event.senderFrame = null;
    expect(await reply).toEqual({ ok: true, value: null });
  });

  test('one channel of Electron carries every call', () => {
    stage();
    expect([...electron.handled.keys()]).toEqual(['astrix:call']);
  });
});

describe('pages', () => {
  const get = (url: string, method = 'GET') => electron.protocols.get('app')!(new Request(url, { method }));

  test('SH-04: every answer carries the policy of the house, also one that finds nothing', async () => {
    stage();
    for (const url of ['app://console/assets/none.js', 'app://console/../package.json', 'app://evil/index.html']) {
      const reply = await get(url);
      expect(reply.status, url).toBe(404);
      expect(reply.headers.get('content-security-policy')).toBe(CSP);
      expect(reply.headers.get('x-content-type-options')).toBe('nosniff');
      expect(reply.headers.get('referrer-policy')).toBe('no-referrer');
      expect(await reply.text()).toBe('Not found');
    }
  });

  test('SH-11: only GET is answered', async () => {
    stage();
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS'])
      expect((await get('app://console/index.html', method)).status, method).toBe(404);
  });

  test('SH-06: a page of any kind is guarded from its birth, also one that nobody meant to make', () => {
    stage();
    const popup = new electron.BrowserWindow({}).webContents;
    let prevented = false;
    popup.emit('will-navigate', { url: 'https://evil.example/', preventDefault: () => (prevented = true) });
    expect(prevented).toBe(true);
    expect(popup.opener?.({ url: 'javascript:alert(1)' })).toEqual({ action: 'deny' });
  });

  test('every page offers a menu for the text under the pointer', () => {
    const { desktop } = stage();
    desktop.openWindow();
    const editFlags = { canCut: false, canCopy: true, canPaste: false, canSelectAll: false };
    made().webContents.emit('context-menu', {}, { isEditable: false, selectionText: 'AWB 123', editFlags });
    expect(electron.Menu.shown).toHaveLength(1);
  });

  test('SH-08: of what a page wants to open, only an https link reaches the system', () => {
    const { logged } = stage();
    const page = new electron.BrowserWindow({}).webContents;
    for (const url of ['javascript:alert(1)', 'file:///etc/passwd', 'http://example.com/', 'ms-msdt:x', '', '//x'])
      page.opener?.({ url });
    expect(electron.externallyOpened).toEqual([]);
    expect(logged).toEqual(Array(6).fill('link refused'));
    page.opener?.({ url: 'https://example.com/a b'.replace(' ', '%20') });
    expect(electron.externallyOpened).toEqual(['https://example.com/a%20b']);
  });

  test('SH-08: what the console asks to open is judged again', async () => {
    const { desktop } = stage();
    await desktop.shell.openExternal('file:///etc/passwd');
    await desktop.shell.openExternal('https://example.com');
    expect(electron.externallyOpened).toEqual(['https://example.com/']);
  });

  test('VT-08, SH-08: a consent page is judged as well, and of the sandbox nothing else is opened', async () => {
    const { desktop, settings } = stage();
    const page = 'http://127.0.0.1:4780/_browser/jira?state=x';
    expect(await desktop.shell.openConsent(page)).toBe(false);
    expect(await desktop.shell.openConsent('https://auth.example.com/authorize')).toBe(true);
    const demo = createDesktop(
      settings,
      () => undefined,
      () => 'https://astrix.agency.example',
      'http://127.0.0.1:4780',
    ).shell;
    expect(await demo.openConsent(page)).toBe(true);
    await demo.openExternal(page);
    expect(electron.externallyOpened).toEqual(['https://auth.example.com/authorize', page]);
  });
});

describe('windows', () => {
  test('there is one; asking again brings it back instead of making another', () => {
    const { desktop } = stage();
    desktop.openWindow();
    made().minimized = true;
    desktop.openWindow();
    electron.app.emit('activate');
    electron.app.emit('second-instance', {}, ['astrix']);
    expect(electron.windows).toHaveLength(1);
    expect(made().did).toEqual(['restore', 'show', 'focus', 'restore', 'show', 'focus', 'restore', 'show', 'focus']);
  });

  test('the X hides it where a tray stands, and says so once', () => {
    const { desktop, settings } = stage();
    desktop.openWindow();
    desktop.shell.setTray(MODEL);
    expect(made().close()).toBe(false);
    expect(made().close()).toBe(false);
    expect(made().did).toEqual(['hide', 'hide']);
    expect(electron.shown.map(notice => notice.options.title)).toEqual(['Astrix Console is still running']);
    expect(settings.get().toldAboutTray).toBe(true);
  });

  test('the X closes it where there is no tray to come back from', () => {
    const { desktop } = stage();
    desktop.openWindow();
    expect(made().close()).toBe(true);
  });

  test('the X closes it for who does not want it kept, and with the last window everything ends', () => {
    const { desktop } = stage({ keepRunningInTray: false });
    desktop.openWindow();
    desktop.shell.setTray(MODEL);
    expect(made().close()).toBe(true);
    electron.app.emit('window-all-closed');
    expect(electron.app.names()).toContain('quit');
  });

  test('quitting really quits', () => {
    const { desktop } = stage();
    desktop.openWindow();
    desktop.shell.setTray(MODEL);
    electron.app.emit('before-quit');
    expect(made().close()).toBe(true);
  });

  test('events reach every window under one channel, and no window that is gone', () => {
    const { desktop } = stage();
    desktop.openWindow();
    const first = made();
    desktop.emit('changed', { topics: ['clients'] });
    expect(first.webContents.sent).toEqual([['astrix:event', 'changed', { topics: ['clients'] }]]);
    first.destroy();
    expect(() => desktop.emit('changed', { topics: ['clients'] })).not.toThrow();
    expect(first.webContents.sent).toHaveLength(1);
  });

  test('the title and the focus are those of the window', () => {
    const { desktop } = stage();
    expect(desktop.shell.isFocused()).toBe(false);
    desktop.openWindow();
    desktop.shell.setTitle('Chai Katha');
    made().focused = true;
    expect([made().title, desktop.shell.isFocused()]).toEqual(['Chai Katha', true]);
  });
});

describe('tray', () => {
  test.each([
    ['linux', 'tray-unread.png', 'tray.png'],
    ['win32', 'tray-unread.png', 'tray.png'],
    ['darwin', 'trayUnreadTemplate.png', 'trayTemplate.png'],
  ])(
    'there is one icon on %s, however often its menu changes, and it tells unread from read',
    (system, unread, read) => {
      const own = Object.getOwnPropertyDescriptor(process, 'platform')!;
      Object.defineProperty(process, 'platform', { ...own, value: system });
      try {
        const { desktop } = stage();
        const name = () => basename(electron.trays[0]?.image ?? '');
        desktop.shell.setTray(MODEL);
        expect(name()).toBe(unread);
        desktop.shell.setTray({ ...MODEL, unread: 0, tooltip: 'Astrix Console – nothing unread' });
        expect(electron.trays).toHaveLength(1);
        expect(name()).toBe(read);
        expect(electron.trays[0]?.tooltip).toBe('Astrix Console – nothing unread');
        for (const picture of [unread, read])
          expect(existsSync(join(import.meta.dirname, '../../../resources', picture)), picture).toBe(true);
      } finally {
        Object.defineProperty(process, 'platform', own);
      }
    },
  );

  test('the menu shows what the model says, checked where the model says', () => {
    const { desktop } = stage();
    desktop.shell.setTray(MODEL);
    expect(
      electron.trays[0]?.menu.items.map(({ label = '—', type, checked = false }) => `${type} ${label} ${checked}`),
    ).toEqual([
      'checkbox Chai Katha (2) true',
      'checkbox Meera Silks false',
      'normal More… false',
      'separator — false',
      'normal Open Astrix Console false',
      'checkbox Pause notifications true',
      'normal Quit false',
    ]);
  });

  test('choosing a client brings the window and switches', () => {
    const { desktop, trayed } = stage();
    desktop.shell.setTray(MODEL);
    trayItem('Meera Silks')?.click?.();
    expect(electron.windows).toHaveLength(1);
    expect(trayed).toEqual([MODEL.items[1]]);
  });

  test('pausing notifications does not bring the window', () => {
    const { desktop, trayed } = stage();
    desktop.shell.setTray(MODEL);
    trayItem('Pause notifications')?.click?.();
    expect(electron.windows).toHaveLength(0);
    expect(trayed).toEqual([MODEL.items[5]]);
  });

  test('quitting from it quits', () => {
    const { desktop, trayed } = stage();
    desktop.shell.setTray(MODEL);
    trayItem('Quit')?.click?.();
    expect(electron.app.names()).toContain('quit');
    expect(trayed).toEqual([]);
  });

  test('it is never the only way back: a second start and the menu of the application bring the window too', () => {
    const { desktop } = stage();
    desktop.openWindow();
    desktop.shell.setTray(MODEL);
    made().close();
    electron.app.emit('second-instance', {}, []);
    const file = electron.Menu.application?.items.find(item => item.label === 'File');
    file?.submenu?.find(item => item.label === 'Open console')?.click?.();
    expect(made().did).toEqual(['hide', 'show', 'focus', 'show', 'focus']);
  });
});

describe('notices, links, power', () => {
  test('a click on a notice brings the window and opens what it was about', () => {
    const { desktop, opened } = stage();
    const target = { to: 'screen', screen: 'inbox', clientId: id, at: other } as const;
    desktop.shell.notify({ title: 'Ananya · Chai Katha', body: 'Where is my order?', target });
    expect(electron.shown[0]?.options).toEqual({ title: 'Ananya · Chai Katha', body: 'Where is my order?' });
    expect(electron.windows).toHaveLength(0);
    electron.shown[0]?.emit('click');
    expect(electron.windows).toHaveLength(1);
    expect(opened).toEqual([target]);
  });

  describe('is referenced', () => {
    const target = { to: 'client', clientId: id } as const;
    /** Whether a collection would leave the first notification, with nobody but the desktop to hold it. */
    async function stays(): Promise<boolean> {
      await new Promise(resolve => setImmediate(resolve));
      collect();
      return first.deref() !== undefined;
    }
    let first: WeakRef<electron.Notification>;
    function tell(desktop: { shell: Desktop['shell'] }) {
      desktop.shell.notify({ title: 'Ananya', body: 'Where is my order?', target });
      first = new WeakRef(electron.shown.splice(0)[0]!);
    }

    test('until it is clicked, and the click still opens what it was about', async () => {
      const { desktop, opened } = stage();
      tell(desktop);
      expect(await stays()).toBe(true);
      first.deref()?.emit('click');
      expect(opened).toEqual([target]);
      expect(await stays()).toBe(false);
    });

    test('until it is closed', async () => {
      const { desktop } = stage();
      tell(desktop);
      expect(await stays()).toBe(true);
      first.deref()?.emit('close');
      expect(await stays()).toBe(false);
    });

    test('until a hundred newer ones have come, where the system never says that it was closed', async () => {
      const { desktop } = stage();
      tell(desktop);
      for (let more = 0; more < 99; more++) desktop.shell.notify({ title: 'Ravi', body: 'Thanks', target });
      expect(await stays()).toBe(true);
      desktop.shell.notify({ title: 'Ravi', body: 'Thanks', target });
      expect(await stays()).toBe(false);
    });
  });

  test('the badge is the number of unread', () => {
    stage().desktop.shell.setBadge(7);
    expect(electron.app.calls).toContainEqual(['setBadgeCount', 7]);
  });

  test('SH-17: a link only asks the console to go somewhere; one that does not fit is dropped, and the window comes anyway', () => {
    const { opened } = stage();
    electron.app.emit('second-instance', {}, ['astrix', `astrix://client/${id}?delete=1`]);
    electron.app.emit('second-instance', {}, ['astrix', `astrix://client/${id}`, '--inspect']);
    expect(opened).toEqual([]);
    expect(electron.windows).toHaveLength(1);
    electron.app.emit('second-instance', {}, ['astrix', '--inspect', `astrix://client/${id}`]);
    let prevented = false;
    const event = { preventDefault: () => (prevented = true) };
    electron.app.emit('open-url', event, `astrix://conversation/${id}/${other}`);
    electron.app.emit('open-url', event, 'astrix://run/calc');
    expect(prevented).toBe(true);
    expect(opened).toEqual([
      { to: 'client', clientId: id },
      { to: 'screen', screen: 'inbox', clientId: id, at: other },
    ]);
  });

  test('F-17: when the machine wakes up, the console looks at once', () => {
    const { woken } = stage();
    electron.powerMonitor.emit('resume');
    expect(woken()).toBe(1);
  });
});
