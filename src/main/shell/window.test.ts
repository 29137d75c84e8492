import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { DEFAULTS, type SettingsStore, type StoredSettings } from '../settings/settings.ts';
import * as electron from '../testkit/fake-electron.ts';

vi.mock('electron', () => import('../testkit/fake-electron.ts'));
const { allWindows, createWindow, guardContents, guardSession, knownWindow } = await import('./window.ts');

function settingsOf(
  change: Partial<StoredSettings> = {},
): SettingsStore & { readonly saved: Partial<StoredSettings>[] } {
  let current: StoredSettings = { ...DEFAULTS, ...change };
  const saved: Partial<StoredSettings>[] = [];
  return {
    saved,
    get: () => current,
    set: next => {
      saved.push(next);
      current = { ...current, ...next };
      return current;
    },
  };
}
const made = () => electron.windows.at(-1)!;

beforeEach(() => electron.resetElectron());

const WALLS = {
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
};

describe('the window factory', () => {
  test('SH-02: a window has every restriction, loads our page, and runs nothing but our preload before it', () => {
    createWindow(settingsOf());
    const { options, url } = made();
    expect(options.webPreferences).toMatchObject(WALLS);
    expect(Object.keys(options.webPreferences as object).sort()).toEqual(
      [...Object.keys(WALLS), 'preload', 'spellcheck'].sort(),
    );
    expect((options.webPreferences as { preload: string }).preload).toMatch(/preload[/\\]index\.cjs$/);
    expect(url).toBe('app://console/index.html');
  });

  const HOSTILE: readonly (readonly [string, unknown])[] = [
    ...Object.entries(WALLS).map(([name, value]) => [name, !value] as const),
    ...Object.keys(WALLS).flatMap(name => [[name, null] as const, [name, 'yes'] as const, [name, 0] as const]),
    ['preload', '/tmp/evil.js'],
    ['preload', ''],
    ['enableBlinkFeatures', 'NodeIntegration'],
    ['disableBlinkFeatures', 'TrustedTypes'],
    ['additionalArguments', ['--inspect']],
    ['nodeIntegrationInServiceWorker', true],
    ['enableRemoteModule', true],
    ['enableDeprecatedPaste', true],
    ['safeDialogs', false],
    ['plugins', true],
    ['javascript', false],
    ['partition', 'persist:evil'],
    ['session', {}],
    ['affinity', 'x'],
    ['devTools', true],
    ['offscreen', true],
    ['navigateOnDragDrop', true],
    ['autoplayPolicy', 'no-user-gesture-required'],
    ['disableHtmlFullscreenWindowResize', true],
    ['defaultEncoding', 'utf-7'],
    ['backgroundThrottling', false],
    ['imageAnimationPolicy', 'noAnimation'],
    ['v8CacheOptions', 'bypassHeatCheck'],
    ['transparent', true],
  ];
  test('SH-02: 60 hostile wishes, in the settings and as a second argument, change no option', () => {
    expect(HOSTILE.length).toBeGreaterThanOrEqual(60);
    createWindow(settingsOf());
    const plain = JSON.stringify(made().options);
    for (const [name, value] of HOSTILE) {
      const wish = { [name]: value, webPreferences: { [name]: value } };
      const settings = settingsOf({ ...wish, window: { ...DEFAULTS.window, ...wish } } as Partial<StoredSettings>);
      (createWindow as (...args: unknown[]) => unknown)(settings, wish, { webPreferences: wish });
      expect(JSON.stringify(made().options), name).toBe(plain);
    }
  });

  test('it is not smaller than the design allows, and shown only once the page can be seen', () => {
    createWindow(settingsOf());
    const window = made();
    expect(window.options).toMatchObject({ minWidth: 960, minHeight: 600, show: false, width: 1360, height: 860 });
    expect(window.did).toEqual([]);
    window.emit('ready-to-show');
    expect(window.did).toEqual(['show']);
  });

  test('it comes back maximised where it was', () => {
    createWindow(settingsOf({ window: { ...DEFAULTS.window, maximized: true } }));
    made().emit('ready-to-show');
    expect(made().did).toEqual(['maximize', 'show']);
  });

  test.each([
    ['light', false, '#f7f6f3'],
    ['light', true, '#f7f6f3'],
    ['dark', false, '#17181a'],
    ['system', true, '#17181a'],
    ['system', false, '#f7f6f3'],
  ] as const)(
    'in the theme %s, on a system whose dark is %s, its ground is %s from the first frame',
    (theme, dark, ground) => {
      electron.nativeTheme.shouldUseDarkColors = dark;
      createWindow(settingsOf({ theme }));
      expect(made().options.backgroundColor).toBe(ground);
    },
  );

  test('it opens where it stood, and in the middle where that screen is gone', () => {
    createWindow(settingsOf({ window: { ...DEFAULTS.window, x: 100, y: 50 } }));
    expect(made().options).toMatchObject({ x: 100, y: 50 });
    for (const [x, y] of [
      [5000, 50],
      [100, 5000],
      [-3000, 0],
      [1900, 0],
    ] as const) {
      createWindow(settingsOf({ window: { ...DEFAULTS.window, x, y } }));
      expect(made().options, `${x},${y}`).not.toHaveProperty('x');
    }
  });

  describe.each(['linux', 'darwin', 'win32'])('on %s', system => {
    const own = Object.getOwnPropertyDescriptor(process, 'platform')!;
    beforeEach(() => {
      Object.defineProperty(process, 'platform', { ...own, value: system });
      vi.useFakeTimers();
    });
    afterEach(() => {
      vi.useRealTimers();
      Object.defineProperty(process, 'platform', own);
    });

    test('its place is written once it stands still, not for each pixel', () => {
      const settings = settingsOf();
      createWindow(settings);
      const window = made();
      window.drag(200);
      window.stretch(100);
      vi.advanceTimersByTime(300);
      window.drag(1);
      expect(settings.saved).toEqual([]);
      vi.runAllTimers();
      expect(settings.saved).toEqual([{ window: { x: 206, y: 6, width: 1100, height: 700, maximized: false } }]);
    });

    test('its place is written when it closes right after, and only if it was moved', () => {
      const settings = settingsOf();
      createWindow(settings);
      made().close();
      expect(settings.saved).toEqual([]);
      createWindow(settings);
      made().drag(10);
      made().close();
      vi.runAllTimers();
      expect(settings.saved).toEqual([{ window: { x: 15, y: 6, width: 1000, height: 700, maximized: false } }]);
    });

    test('its place is not read while it is minimised or gone', () => {
      const settings = settingsOf();
      createWindow(settings);
      const window = made();
      window.drag(1);
      window.minimized = true;
      vi.runAllTimers();
      window.minimized = false;
      window.drag(1);
      window.destroy();
      vi.runAllTimers();
      expect(settings.saved).toEqual([]);
    });
  });

  test('SH-10: only a living window of the factory is known', () => {
    createWindow(settingsOf());
    const window = made();
    const foreign = new electron.BrowserWindow({});
    const known = (of: electron.BrowserWindow) => knownWindow(of.webContents as never);
    expect([known(window), known(foreign)]).toEqual([true, false]);
    expect(allWindows()).toHaveLength(1);
    window.destroy();
    expect(known(window)).toBe(false);
    expect(allWindows()).toHaveLength(0);
  });
});

describe('every page, of whatever kind', () => {
  function guarded() {
    const contents = new electron.FakeContents();
    const links: string[] = [];
    guardContents(contents as never, url => links.push(url));
    const prevented = (event: string, url: string) => {
      let stopped = false;
      contents.emit(event, {
        url,
        preventDefault: () => {
          stopped = true;
        },
      });
      return stopped;
    };
    return { contents, links, prevented };
  }

  test.each(['will-navigate', 'will-frame-navigate', 'will-redirect'])(
    'SH-06: %s leaves our origin for nowhere',
    event => {
      const { prevented } = guarded();
      for (const url of [
        'https://evil.example/',
        'file:///etc/passwd',
        'app://console.evil/',
        'javascript:1',
        'data:,x',
        '',
      ])
        expect(prevented(event, url), url).toBe(true);
      expect(prevented(event, 'app://console/index.html#/c/1')).toBe(false);
    },
  );

  test('SH-05: a webview is never attached', () => {
    expect(guarded().prevented('will-attach-webview', '')).toBe(true);
  });

  test('SH-07: 25 ways to open a window, a hundred times each, are all denied and go to the link broker', () => {
    const { contents, links } = guarded();
    const forms = [
      ...['https://example.com/', 'http://example.com/', 'https://user:word@example.com/', 'https://[::1]/', '//evil'],
      ...[
        'javascript:alert(1)',
        'JaVaScRiPt:alert(1)',
        ' javascript:1',
        'vbscript:x',
        'data:text/html,x',
        'blob:app://x',
      ],
      ...['about:blank', 'about:srcdoc', '', '#', '/', '\\\\evil\\share', 'file:///etc/passwd', 'C:\\Windows'],
      ...[
        'app://console/index.html',
        'app://console.evil/',
        'devtools://devtools/',
        'chrome://gpu',
        'mailto:a@example.com',
      ],
      'ms-settings:privacy',
    ];
    expect(new Set(forms).size).toBe(25);
    for (let time = 0; time < 100; time++)
      for (const url of forms) expect(contents.opener?.({ url })).toEqual({ action: 'deny' });
    expect(links).toHaveLength(2500);
  });
});

describe('the session', () => {
  test('SH-03: only our page may copy text and tell; every device and every other wish is denied', () => {
    guardSession();
    const contents = new electron.FakeContents();
    const asked = (permission: string) => {
      let answer: boolean | null = null;
      (electron.walls.request as (...args: unknown[]) => void)(contents, permission, (given: boolean) => {
        answer = given;
      });
      return answer;
    };
    const checked = (permission: string, origin: string) =>
      (electron.walls.check as (...args: unknown[]) => boolean)(null, permission, origin);
    expect(asked('notifications')).toBe(true);
    expect(asked('geolocation')).toBe(false);
    expect(asked('display-capture')).toBe(false);
    expect(checked('clipboard-sanitized-write', 'app://console')).toBe(true);
    expect(checked('clipboard-sanitized-write', 'app://console/')).toBe(true);
    expect(checked('clipboard-read', 'app://console/')).toBe(false);
    expect(checked('notifications', 'https://evil.example/')).toBe(false);
    contents.url = 'https://evil.example/';
    expect(asked('notifications')).toBe(false);
    expect((electron.walls.device as (...args: unknown[]) => boolean)({ deviceType: 'usb' })).toBe(false);
  });

  test('what is written is checked as Indian English, which is spelled as British, and as Hindi', () => {
    guardSession();
    expect(electron.walls.spelling).toEqual(['en-GB', 'hi']);
  });

  test('SH-01: the window itself reaches no network, whatever asks for it', () => {
    guardSession();
    const cancelled = (url: string) => {
      let cancel: boolean | undefined;
      (electron.walls.before as (...args: unknown[]) => void)({ url }, (answer: { cancel: boolean }) => {
        cancel = answer.cancel;
      });
      return cancel;
    };
    for (const url of [
      'http://example.com/',
      'https://example.com/pixel.png',
      'https://api.astrix.in/v1/me',
      'http://127.0.0.1:4700/',
      'ws://example.com/',
      'wss://example.com/',
      'ftp://example.com/',
      'file:///etc/passwd',
      'chrome-extension://x/y.js',
    ])
      expect(cancelled(url), url).toBe(true);
    for (const url of ['app://console/index.html', 'data:image/png;base64,AA', 'blob:app://console/1'])
      expect(cancelled(url), url).toBe(false);
  });
});
