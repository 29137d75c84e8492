import { join } from 'node:path';
import { app, protocol } from 'electron';
import { createConsole } from '../console.ts';
import { type ConsoleEnvironment, dataFolderFor, RELEASE } from '../environment.ts';
import { APP_SCHEME, deepLinkIn } from '../guard/rules.ts';
import { openLog } from '../log/log.ts';
import type { Clock } from '../ports.ts';
import { keepPrivate } from '../private-files.ts';
import { openSettings } from '../settings/settings.ts';
import { createDesktop } from './desktop.ts';

const clock: Clock = { now: () => new Date() };

/** What the console writes into the data folder; the rest there is Chromium's, which looks after its own. */
const OWN_FILES = ['settings.json', 'settings.json.unreadable', 'logs', 'cache', 'backends'];

/**
 * A release starts with nothing or with one link (SH-18). Chromium and Node read every other argument as a switch in many spellings, and a
 * list of those that open a door into a running console would always lack one.
 */
const mayStartWith = (given: readonly string[]): boolean =>
  given.length === 0 || (given.length === 1 && deepLinkIn(given) !== null);

/** Puts the console together and keeps it until the end. Loaded once; `ready` fires only after this has returned. */
export function startDesktop(given: ConsoleEnvironment): void {
  const environment = app.isPackaged ? RELEASE : given;
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
  const userData = dataFolderFor(place, environment.backendUrl);
  // The database of the cache makes its files by itself. What a version from before has made is corrected.
  if (platform !== 'win32') process.umask(0o077);
  for (const name of OWN_FILES) keepPrivate(join(place, name));
  const log = openLog(join(userData, 'logs'), clock.now);
  const settings = openSettings(join(userData, 'settings.json'));
  const desktop = createDesktop(settings, log, environment.backendUrl, environment.sandboxUrl);
  const console = createConsole({
    userData,
    backendUrl: environment.backendUrl,
    version: app.getVersion(),
    platform,
    shellKind: '__standin' in app ? 'stand-in' : 'electron',
    demo: environment.demo,
    shell: desktop.shell,
    emit: desktop.emit,
    settings,
    log,
    clock,
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
