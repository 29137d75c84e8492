import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * On a Linux machine without a desktop session there is no keychain to ask. Runs `script` again inside a D-Bus session with a real,
 * unlocked gnome-keyring of its own, in a home of its own; ends this process with its exit code. True when the caller should go on itself:
 * inside such a session, on other systems, and where the two programs are not installed.
 */
export function inKeyring(script: string, args: readonly string[] = process.argv.slice(2)): boolean {
  const able =
    process.platform === 'linux' &&
    existsSync('/usr/bin/dbus-run-session') &&
    existsSync('/usr/bin/gnome-keyring-daemon');
  if (!able || process.env.ASTRIX_IN_KEYRING === '1' || process.env.DBUS_SESSION_BUS_ADDRESS) return true;
  const home = mkdtempSync(join(tmpdir(), 'astrix-keyring-'));
  const quoted = [process.execPath, script, ...args].map(part => `'${part.replaceAll("'", "'\\''")}'`).join(' ');
  const command = `echo -n unlocked | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; exec ${quoted}`;
  const run = spawnSync('dbus-run-session', ['--', 'bash', '-c', command], {
    stdio: 'inherit',
    env: {
      ...process.env,
      ASTRIX_IN_KEYRING: '1',
      XDG_DATA_HOME: join(home, 'data'),
      XDG_RUNTIME_DIR: home,
      XDG_CONFIG_HOME: join(home, 'config'),
      XDG_CACHE_HOME: join(home, 'cache'),
    },
  });
  process.exit(run.status ?? 1);
}
