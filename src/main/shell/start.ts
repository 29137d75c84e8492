import { join } from 'node:path';
import { app, protocol } from 'electron';
import { createMovableConsole, type MovableConsole } from '../backend/movable-console.ts';
import { openRemembered, type Packaged, type RememberedBackend, readPackaged } from '../backend/remembered.ts';
import { createConsole } from '../console.ts';
import { type ConsoleEnvironment, dataFolderFor, RELEASE } from '../environment.ts';
import { APP_SCHEME, deepLinkIn } from '../guard/rules.ts';
import { type ConsoleLog, openLog } from '../log/log.ts';
import type { Clock } from '../ports.ts';
import { keepPrivate } from '../private-files.ts';
import { openSettings, type SettingsStore } from '../settings/settings.ts';
import { createDesktop } from './desktop.ts';

const clock: Clock = { now: () => new Date() };

/** What the console writes into the data folder; the rest there is Chromium's, which looks after its own. */
const OWN_FILES = [
  ...['settings.json', 'settings.json.unreadable', 'backend.json', 'backend.json.unreadable'],
  ...['logs', 'cache', 'backends'],
];

/** Inside of the archive, whose integrity covers it. */
const PACKAGED = join(import.meta.dirname, '..', '..', 'resources', 'backend.json');

/**
 * A release starts with nothing or with one link (SH-18). Chromium and Node read every other argument as a switch in many spellings, and a
 * list of those that open a door into a running console would always lack one.
 */
const mayStartWith = (given: readonly string[]): boolean =>
  given.length === 0 || (given.length === 1 && deepLinkIn(given) !== null);

/** The environment of a developer decides first, then the person, then the package; a package may keep the person out. */
function firstBackend(given: string | null, remembered: RememberedBackend, log: ConsoleLog) {
  if (given !== null) return { address: given, canChange: false };
  const packaged = packagedBackend(log);
  if (packaged?.canChange === false) return packaged;
  return { address: remembered.get() ?? packaged?.address ?? null, canChange: true };
}

/** A package with a file that cannot be read asks the person. */
function packagedBackend(log: ConsoleLog): Packaged | null {
  try {
    return readPackaged(PACKAGED);
  } catch (error) {
    log('package: backend not read', { error: error instanceof Error ? error.message : 'unknown' });
    return null;
  }
}

/** Puts the console together and keeps it until the end. Loaded once; `ready` fires only after this has returned. */
export function startDesktop(readGiven: () => ConsoleEnvironment): void {
  const environment = app.isPackaged ? RELEASE : readGiven();
  if (app.isPackaged && !mayStartWith(process.argv.slice(1))) {
    app.exit(1);
    return;
  }
  if (environment.userData) app.setPath('userData', environment.userData);
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  app.enableSandbox();
  app.setAppUserModelId('in.astrix.console');
  app.setAsDefaultProtocolClient('astrix');
  protocol.registerSchemesAsPrivileged([
    { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: false } },
  ]);

  const platform = process.platform === 'win32' || process.platform === 'darwin' ? process.platform : 'linux';
  const place = app.getPath('userData');
  // The database of the cache makes its files by itself. What a version from before has made is corrected.
  if (platform !== 'win32') process.umask(0o077);
  for (const name of OWN_FILES) keepPrivate(join(place, name));
  const log = openLog(join(place, 'logs'), clock.now);
  const info = {
    version: app.getVersion(),
    platform,
    shellKind: '__standin' in app ? 'stand-in' : 'electron',
    demo: environment.demo,
  } as const;
  const remembered = openRemembered(place);
  const first = firstBackend(environment.backendUrl, remembered, log);
  // The window and the console need each other; neither asks for the other before both are there.
  const settings: SettingsStore = { get: () => console.settings.get(), set: change => console.settings.set(change) };
  const desktop = createDesktop(settings, log, () => console.backendUrl(), environment.sandboxUrl);
  const console: MovableConsole = createMovableConsole({
    ...first,
    remembered,
    settings: openSettings(join(place, 'settings.json')),
    info,
    shell: desktop.shell,
    emit: desktop.emit,
    fetch,
    make(own) {
      const userData = dataFolderFor(place, own.backendUrl);
      const ownSettings = openSettings(join(userData, 'settings.json'));
      const ownLog = openLog(join(userData, 'logs'), clock.now);
      return {
        console: createConsole({ ...own, ...info, userData, settings: ownSettings, log: ownLog, clock }),
        settings: ownSettings,
      };
    },
  });

  let stopped = false;
  app.on('will-quit', event => {
    if (stopped) return;
    event.preventDefault();
    void console.stop().finally(() => {
      stopped = true;
      app.quit();
    });
  });
  void app.whenReady().then(() => {
    desktop.attach(console);
    // The cache opens while the window loads; the window asks for the state and is told when it changes.
    void console.start();
    desktop.openWindow();
  });
}
