import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { fakeKeychain, type KeychainFault } from '../testkit/fake-keychain.ts';
import { KeychainHangs, systemKeychain } from './keychain.ts';
import { type KeychainState, probeKeychain } from './probe.ts';

const CHILD = join(import.meta.dirname, '..', 'testkit', 'keychain.child.ts');
const LIBRARY = ['/usr/lib', '/usr/lib64', '/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu'];
const able =
  process.platform === 'linux' &&
  existsSync('/usr/bin/dbus-run-session') &&
  existsSync('/usr/bin/gnome-keyring-daemon') &&
  LIBRARY.some(folder => existsSync(join(folder, 'libsecret-1.so.0')));

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'astrix-keychain-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** An environment without a desktop session, with a home of its own. */
const alone = (more: Record<string, string> = {}) => {
  const { DBUS_SESSION_BUS_ADDRESS: _bus, DISPLAY: _display, WAYLAND_DISPLAY: _wayland, ...rest } = process.env;
  const places = { XDG_DATA_HOME: `${home}/d`, XDG_CONFIG_HOME: `${home}/c`, XDG_CACHE_HOME: `${home}/k` };
  return { ...rest, ...places, XDG_RUNTIME_DIR: home, ...more };
};

const running = (command: string, args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess =>
  spawn(command, [...args], { env, stdio: ['ignore', 'pipe', 'ignore'] });

/** The line that the child says, when it has ended and its session with it. One in a call that hangs cannot end by itself. */
async function said(child: ChildProcess): Promise<{ answer: unknown }> {
  let text = '';
  const ended = once(child, 'exit');
  for await (const chunk of child.stdout!) {
    text += String(chunk);
    if (text.includes('"hanging"')) child.kill('SIGKILL');
  }
  await ended;
  return JSON.parse(text) as { answer: unknown };
}

const UNLOCKED = 'echo -n secret | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1';
const LOCKED = 'gnome-keyring-daemon --start --components=secrets >/dev/null 2>&1';
const inSession = (keyring: string, ...args: string[]) => {
  const ask = [process.execPath, CHILD, ...args].map(part => `'${part}'`).join(' ');
  return said(running('dbus-run-session', ['--', 'bash', '-c', `${keyring}; ${ask}`], alone()));
};

describe.skipIf(!able)('a real keyring (skipped without dbus-run-session, gnome-keyring and libsecret)', () => {
  test('LC-02: unlocked it is found to work, and keeps what it is given for the next start', async () => {
    expect((await inSession(UNLOCKED, 'probe')).answer).toBe('ok');
    await inSession(UNLOCKED, 'set', 'session-test', 'a value');
    expect((await inSession(UNLOCKED, 'get', 'session-test')).answer).toBe('a value');
  });

  test('LC-02, F-15: locked it reads as empty, and is told from empty', async () => {
    await inSession(UNLOCKED, 'set', 'session-test', 'a value');
    expect((await inSession(LOCKED, 'get', 'session-test')).answer).toBeNull();
    expect((await inSession(LOCKED, 'probe')).answer).toBe('locked');
    expect((await inSession(UNLOCKED, 'get', 'session-test')).answer).toBe('a value');
  });

  test('LC-02: without a bus there is none', async () => {
    expect((await said(running(process.execPath, [CHILD, 'probe'], alone()))).answer).toBe('absent');
  });

  test('LC-02, F-15: a bus that takes the call and never answers is given up', async () => {
    const socket = join(home, 'bus');
    const bus = createServer(() => undefined).listen(socket);
    const env = alone({ DBUS_SESSION_BUS_ADDRESS: `unix:path=${socket}` });
    const { answer } = await said(running(process.execPath, [CHILD, 'probe', '', '', '300'], env));
    expect(answer).toBe('hanging');
    bus.close();
  });
});

describe('the probe', () => {
  const STATES: readonly (readonly [KeychainFault, KeychainState])[] = [
    ['none', 'ok'],
    ['locked', 'locked'],
    ['hanging', 'hanging'],
    ['lying', 'absent'],
    ['forgetting', 'absent'],
  ];
  test.each(STATES)('LC-02, F-15: a keychain with the fault %s is %s', async (fault, state) => {
    const keychain = fakeKeychain();
    keychain.fault = fault;
    expect(await probeKeychain(keychain)).toBe(state);
  });

  test.each(['access denied', 'User canceled the operation', 'Interaction is not allowed with the Security Server'])(
    'F-15: "%s" means locked',
    async words => {
      const keychain = fakeKeychain();
      keychain.before = () => Promise.reject(new Error(words));
      expect(await probeKeychain(keychain)).toBe('locked');
    },
  );

  test('LC-02: where the addon cannot be loaded there is no keychain, and nothing is thrown', async () => {
    const none = await systemKeychain(() => Promise.reject(new Error('libsecret-1.so.0: cannot open shared object')));
    expect(none).toBeNull();
    expect(await probeKeychain(none)).toBe('absent');
  });

  test('LC-02: it leaves nothing behind, and two consoles that start at the same moment do not disturb each other', async () => {
    const keychain = fakeKeychain();
    let release: () => void = () => undefined;
    const both = new Promise<void>(resolve => {
      release = resolve;
    });
    let waiting = 0;
    keychain.before = async what => {
      if (what !== 'set') return;
      waiting += 1;
      if (waiting === 2) release();
      await both;
    };
    expect(await Promise.all([probeKeychain(keychain), probeKeychain(keychain)])).toEqual(['ok', 'ok']);
    expect([...keychain.items]).toEqual([]);
  });
});

test('F-15: one call that hangs is the last one until it ends: the threads it would hold are needed for files and names', async () => {
  vi.useFakeTimers();
  let end: (value: string) => void = () => undefined;
  let asked = 0;
  const keychain = await systemKeychain(async () => ({
    getPassword: () => {
      asked += 1;
      return new Promise<string>(resolve => {
        end = resolve;
      });
    },
    setPassword: async () => undefined,
    deletePassword: async () => true,
  }));
  const first = expect(keychain!.get('x')).rejects.toThrow(KeychainHangs);
  await vi.advanceTimersByTimeAsync(10_000);
  await first;
  await expect(keychain!.get('x')).rejects.toThrow(KeychainHangs);
  expect(asked).toBe(1);
  end('late');
  await vi.advanceTimersByTimeAsync(0);
  const again = keychain!.get('x');
  end('found');
  expect(await again).toBe('found');
  vi.useRealTimers();
});
