/**
 * First step of every script: brings what is missing, then runs the script under the Node that the project pins. Runs on Node 20
 * and without any dependency, because on a fresh clone there is nothing else yet.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { runScript } from './run-script.mjs';

const root = resolve(import.meta.dirname ?? '.', '..');
const [script, ...args] = process.argv.slice(2);

function stop(message) {
  process.stderr.write(`\n${message}\n`);
  process.exit(1);
}

if (Number(process.versions.node.split('.')[0]) < 20)
  stop(`Node ${process.versions.node} is too old. Install Node 20 or newer, then run this again.`);

/** What npm prints for the faults a person can mend. */
const HINTS = [
  [/ENOSPC|no space left/i, 'The disk is full. Free about 2 GB and run this again.'],
  [/EACCES|EPERM/i, 'There is no permission to write here. Run this in a folder of your own.'],
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|network/i,
    'The package registry cannot be reached. Check the network and run this again; what was loaded is kept.',
  ],
];

function install() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const stamp = join(root, 'node_modules', '.astrix-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  process.stdout.write('Installing packages (about a minute the first time) …\n');
  const started = Date.now();
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const result = spawnSync(npm, ['ci', '--no-fund', '--no-audit', '--loglevel=error'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'inherit', 'pipe'],
    shell: process.platform === 'win32',
  });
  if (result.status !== 0) {
    const said = `${result.stderr ?? ''}${result.error?.message ?? ''}`;
    process.stderr.write(said.slice(-4000));
    stop(HINTS.find(([pattern]) => pattern.test(said))?.[1] ?? 'npm ci failed; its own words are above.');
  }
  writeFileSync(stamp, lock);
  process.stdout.write(`Packages are in place after ${Math.round((Date.now() - started) / 1000)} s.\n`);
}

/** Browser and keychain for the console's own tests, where they are missing and may be installed. */
function systemPackages() {
  const isDebian = existsSync('/etc/debian_version') && process.getuid?.() === 0;
  if (!isDebian || process.env.ASTRIX_SKIP_SYSTEM_PACKAGES === '1') return;
  const wanted = [
    ['chromium', '/usr/bin/chromium'],
    ['libsecret-1-0', '/usr/lib/x86_64-linux-gnu/libsecret-1.so.0'],
    ['gnome-keyring', '/usr/bin/gnome-keyring-daemon'],
    ['dbus', '/usr/bin/dbus-run-session'],
    ['fonts-noto-core', '/usr/share/fonts/truetype/noto'],
  ];
  const missing = wanted.filter(([, path]) => !existsSync(path)).map(([name]) => name);
  if (missing.length === 0) return;
  process.stdout.write(`Installing ${missing.join(', ')} from the system's packages …\n`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  spawnSync('apt-get', ['update', '-qq'], { env, stdio: 'ignore' });
  const result = spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (result.status !== 0) process.stdout.write('They could not be installed; what needs them will say so.\n');
}

install();
if (/(test|demo)\.ts$/.test(script ?? '') || (/start\.ts$/.test(script ?? '') && !args.includes('--help')))
  systemPackages();

const bin = join(root, 'node_modules', '.bin');
const pinned = join(bin, process.platform === 'win32' ? 'node.cmd' : 'node');
const major = existsSync(pinned)
  ? Number(
      spawnSync(pinned, ['-p', 'process.versions.node.split(".")[0]'], {
        encoding: 'utf8',
        shell: process.platform === 'win32',
      }).stdout,
    )
  : 0;
const own = Number(process.versions.node.split('.')[0]) >= 24;
if (!(major >= 24) && !own)
  stop(
    `This machine has Node ${process.versions.node}, and the pinned Node 24 could not be installed for ${process.platform}-${process.arch}. Install Node 24 and run this again.`,
  );
const node = major >= 24 ? pinned : process.execPath;
process.chdir(root);
runScript(node, [join(root, script), ...args], {
  env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` },
  shell: process.platform === 'win32' && node === pinned,
});
