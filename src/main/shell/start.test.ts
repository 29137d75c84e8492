import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { until } from '../../../testkit/until.ts';
import { type ConsoleEnvironment, dataFolderFor } from '../environment.ts';
import * as electron from '../testkit/fake-electron.ts';

const consoles = vi.hoisted(() => ({
  did: [] as string[],
  reached: [] as unknown[],
  stopped: Promise.withResolvers<void>(),
}));
vi.mock('electron', () => import('../testkit/fake-electron.ts'));
vi.mock('../console.ts', () => ({
  createConsole: (deps: { userData: string; shellKind: string; backendUrl: string; demo: boolean }) => {
    consoles.did.push(`made for ${deps.userData} on ${deps.shellKind}`);
    consoles.reached.push([deps.userData, deps.backendUrl, deps.demo]);
    return {
      handlers: {},
      start: async () => void consoles.did.push('start'),
      stop: async () => {
        consoles.did.push('stop');
        await consoles.stopped.promise;
      },
      signedIn: () => false,
      unsent: async () => 0,
      trayAction: async () => undefined,
      wake: () => undefined,
      open: (target: { to: string }) => void consoles.did.push(`open ${target.to}`),
    };
  },
}));
const { startDesktop } = await import('./start.ts');

let folder: string;
const given = process.argv;
const BACKEND = 'http://127.0.0.1:4700';
const start = (over: Partial<ConsoleEnvironment> = {}) =>
  startDesktop(() => ({ userData: folder, backendUrl: BACKEND, demo: false, sandboxUrl: null, ...over }));
beforeEach(() => {
  electron.resetElectron();
  folder = mkdtempSync(join(tmpdir(), 'astrix-start-'));
  vi.spyOn(electron.app, 'getPath').mockReturnValue(folder);
  consoles.did.length = 0;
  consoles.reached.length = 0;
  consoles.stopped = Promise.withResolvers<void>();
});
afterEach(() => {
  process.argv = given;
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

describe('the order of the start', () => {
  test('SH-02: sandbox, lock and scheme are settled before Electron is ready; nothing is shown before that', async () => {
    start();
    expect(electron.app.names()).toEqual([
      'setPath',
      'requestSingleInstanceLock',
      'enableSandbox',
      'setAppUserModelId',
      'setAsDefaultProtocolClient',
      'registerSchemesAsPrivileged',
    ]);
    expect(electron.schemes).toEqual([
      { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: false } },
    ]);
    expect(electron.windows).toHaveLength(0);
    electron.app.fireReady();
    await electron.app.whenReady();
    await Promise.resolve();
    expect(consoles.did).toEqual([`made for ${dataFolderFor(folder, BACKEND)} on electron`, 'start']);
    expect(electron.windows).toHaveLength(1);
  });

  test('a second console gives its place to the first one and touches nothing', async () => {
    electron.app.hasLock = false;
    start();
    electron.app.fireReady();
    await electron.app.whenReady();
    await Promise.resolve();
    expect(electron.app.names()).toEqual(['setPath', 'requestSingleInstanceLock', 'quit', 'ready']);
    expect(consoles.did).toEqual([]);
    expect(electron.windows).toHaveLength(0);
  });

  test('the end waits until the console has put everything away, and asks for that once', async () => {
    start();
    let prevented = 0;
    const leave = () => electron.app.emit('will-quit', { preventDefault: () => (prevented += 1) });
    leave();
    expect([prevented, consoles.did.at(-1)]).toEqual([1, 'stop']);
    expect(electron.app.names()).not.toContain('quit');
    consoles.stopped.resolve();
    await until(() => electron.app.names().includes('quit'));
    leave();
    expect(prevented).toBe(1);
    expect(consoles.did.filter(what => what === 'stop')).toHaveLength(1);
  });
});

describe('a link that starts the console', () => {
  const id = '0190b8a0-1111-7222-8333-444455556666';
  const ready = async () => {
    electron.app.fireReady();
    await electron.app.whenReady();
    await Promise.resolve();
  };

  test('on the command line is handed over once', async () => {
    process.argv = ['astrix', `astrix://client/${id}`];
    start();
    await ready();
    expect(consoles.did.filter(what => what.startsWith('open'))).toEqual(['open client']);
  });

  test('as an event before Electron is ready is handed over once', async () => {
    start();
    let prevented = 0;
    const event = { preventDefault: () => (prevented += 1) };
    electron.app.emit('open-url', event, `astrix://conversation/${id}/${id}`);
    electron.app.emit('open-url', event, 'astrix://run/calc');
    await ready();
    expect(consoles.did.filter(what => what.startsWith('open'))).toEqual(['open screen']);
    expect(prevented).toBe(2);
  });

  test('SH-17: that does not fit is dropped', async () => {
    process.argv = ['astrix', `astrix://client/${id}?delete=1`];
    start();
    await ready();
    expect(consoles.did).toEqual([`made for ${dataFolderFor(folder, BACKEND)} on electron`, 'start']);
  });
});

describe.skipIf(process.platform === 'win32')('files of this user alone', () => {
  const given = process.umask();
  afterEach(() => void process.umask(given));

  test('LC-03: what is there is corrected, and what is written from now on is private', () => {
    const cache = join(dataFolderFor(folder, BACKEND), 'cache');
    mkdirSync(cache, { recursive: true });
    const files = [join(cache, 'old.db'), join(folder, 'settings.json')];
    for (const file of files) writeFileSync(file, '{}');
    for (const path of [...files, cache]) chmodSync(path, 0o777);
    process.umask(0);
    start();
    writeFileSync(join(cache, 'new.db'), 'x');
    for (const path of [...files, cache, join(cache, 'new.db')]) expect(statSync(path).mode & 0o077, path).toBe(0);
  });
});

describe('the backend that gets the session', () => {
  test('LC-01: another address in the environment means another folder, so nothing of before is sent there', () => {
    const addresses = [BACKEND, 'https://staging.example.in'];
    for (const backendUrl of addresses) start({ backendUrl });
    expect(consoles.reached).toEqual(addresses.map(address => [dataFolderFor(folder, address), address, false]));
    expect(dataFolderFor(folder, addresses[1]!)).not.toBe(dataFolderFor(folder, BACKEND));
  });

  test('SH-18, SH-01: a release takes neither backend nor folder nor demo from the environment', () => {
    electron.app.isPackaged = true;
    process.argv = ['astrix'];
    start({ backendUrl: 'https://evil.example', userData: join(folder, 'elsewhere'), demo: true });
    expect(consoles.reached).toEqual([]);
    writeFileSync(join(folder, 'backend.json'), JSON.stringify({ address: 'https://console.agency.example' }));
    start({ backendUrl: 'https://evil.example', userData: join(folder, 'elsewhere'), demo: true });
    const own = dataFolderFor(folder, 'https://console.agency.example');
    expect(consoles.reached).toEqual([[own, 'https://console.agency.example', false]]);
    expect(electron.app.names()).not.toContain('setPath');
  });

  test('SH-18: what stands in the environment of a release is not even read', () => {
    electron.app.isPackaged = true;
    process.argv = ['astrix'];
    const broken = () => {
      throw new Error('ASTRIX_BACKEND_URL must be https://<host>.');
    };
    expect(() => startDesktop(broken)).not.toThrow();
    electron.app.isPackaged = false;
    expect(() => startDesktop(broken)).toThrow(/ASTRIX_BACKEND_URL/);
  });
});

describe('switches that open a door into a running console', () => {
  const REFUSED = [
    '--inspect',
    '--inspect=0.0.0.0:9229',
    '--inspect-brk',
    '--inspect-brk=9229',
    '--remote-debugging-port=9222',
    '--remote-debugging-pipe',
    '--load-extension=/tmp/evil',
    '--js-flags=--expose-gc',
    '-remote-debugging-port=9222',
    '/remote-debugging-port=9222',
    '--REMOTE-DEBUGGING-PORT=9222',
    '--inspect-wait',
    '--no-sandbox',
    '--gpu-launcher=evil',
    '--renderer-cmd-prefix=evil',
    '--log-net-log=/tmp/net.json',
    '--',
    'evil.js',
    'https://evil.example',
    'astrix://unknown/verb',
  ];
  test.each(REFUSED)('SH-18: a release does not start with %s', argument => {
    electron.app.isPackaged = true;
    process.argv = ['astrix', argument, 'astrix://client/0190b8a0-1111-7222-8333-444455556666'];
    start();
    expect(electron.app.calls).toEqual([['exit', 1]]);
    expect(consoles.did).toEqual([]);
  });

  test.each(REFUSED)('SH-18: nor with %s alone', argument => {
    electron.app.isPackaged = true;
    process.argv = ['astrix', argument];
    start();
    expect(electron.app.calls).toEqual([['exit', 1]]);
  });

  test('SH-18: a release starts with nothing or with one link, and in development a debugger may be used', () => {
    electron.app.isPackaged = true;
    writeFileSync(join(folder, 'backend.json'), JSON.stringify({ address: 'https://console.agency.example' }));
    process.argv = ['astrix', 'astrix://client/0190b8a0-1111-7222-8333-444455556666'];
    start();
    process.argv = ['astrix'];
    start();
    electron.app.isPackaged = false;
    process.argv = ['astrix', '--inspect'];
    start();
    expect(consoles.did).toHaveLength(3);
  });
});
