/** `npm start`: backend with the demo agency, provider sandbox, console. Stops them all on Ctrl-C. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { build } from './build.ts';
import { SIGNALS, startChild } from './child.ts';

const HELP = `Starts Astrix Console on this machine: backend with the demo agency, provider sandbox, console.

Usage: npm start -- [options]
  --no-open          do not open the browser by itself
  --stand-in         use the local browser even where Electron could be had
  --backend <url>    the console alone, for a backend that runs already: no demo, no sandbox
  --port <n>         port of the backend                     (4700)
  --sandbox-port <n> port of the provider sandbox            (4780)
  --mail-port <n>    port that takes the demo's mail         (4781)
  --console-port <n> port of the stand-in's window           (4790)
  --data <folder>    where backend and console keep data     (data)
`;

const root = join(import.meta.dirname, '..');
const say = (text: string) => process.stdout.write(`${text}\n`);
const children: ChildProcess[] = [];

function stop(code: number): never {
  for (const child of children) child.kill('SIGTERM');
  process.exit(code);
}

function fail(message: string): never {
  process.stderr.write(`\n${message}\n`);
  return stop(1);
}

function readOptions() {
  try {
    return parseArgs({
      options: {
        'no-open': { type: 'boolean', default: false },
        'stand-in': { type: 'boolean', default: false },
        backend: { type: 'string' },
        port: { type: 'string', default: '4700' },
        'sandbox-port': { type: 'string', default: '4780' },
        'mail-port': { type: 'string', default: '4781' },
        'console-port': { type: 'string', default: '4790' },
        data: { type: 'string', default: 'data' },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    const said = error instanceof Error ? (error.message.split('. ', 1)[0] ?? '').replace(/\.$/, '') : String(error);
    process.stderr.write(`${said}. What there is:\n\n${HELP}`);
    process.exit(2);
  }
}

const values = readOptions();
if (values.help) {
  say(HELP);
  process.exit(0);
}
const PORTS = ['port', 'sandbox-port', 'mail-port', 'console-port'] as const;
for (const name of PORTS) {
  const port = Number(values[name]);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) fail(`--${name} must be a number from 1 to 65535.`);
  const same = PORTS.find(other => other !== name && Number(values[other]) === port);
  if (same) fail(`--${name} and --${same} must be two different ports; both are ${port}.`);
}

/** The parts themselves know only their own variables, and this script sets those. */
async function demandFree(name: (typeof PORTS)[number]): Promise<void> {
  const server = createServer();
  const fault = await new Promise<NodeJS.ErrnoException | null>(resolve => {
    server.once('error', resolve);
    server.listen(Number(values[name]), '127.0.0.1', () => server.close(() => resolve(null)));
  });
  if (fault?.code === 'EADDRINUSE')
    fail(`Port ${values[name]} is taken. Stop the program that uses it, or choose another: npm start -- --${name} <n>`);
  if (fault?.code === 'EACCES')
    fail(`Port ${values[name]} is for the administrator alone. Choose one above 1023: npm start -- --${name} <n>`);
  if (fault) throw fault;
}

type Ready = { readonly url: string; readonly tray?: string };

/** Starts one part and waits until it says that it is ready; its own words come through when it is not. */
function part(what: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ready> {
  const child = startChild(args, { cwd: root, env });
  children.push(child);
  child.once('exit', code => {
    if (code !== 0 && !stopping) fail(`${what} ended by itself (${code}). What it said is above.`);
  });
  return new Promise(resolve => {
    createInterface({ input: child.stdout! }).on('line', line => {
      if (line.startsWith('{"ready":true')) resolve(JSON.parse(line) as Ready);
    });
  });
}

let stopping = false;
for (const signal of SIGNALS) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    say('\nStopping …');
    const alive = children.filter(child => child.exitCode === null);
    for (const child of alive) child.kill('SIGTERM');
    void Promise.all(alive.map(child => new Promise(resolve => child.once('exit', resolve)))).then(() =>
      process.exit(0),
    );
    setTimeout(() => process.exit(0), 8000).unref();
  });
}

/** The path of a real Electron, after trying to get one. Null with the reason where there is none. */
function electron(): { path: string } | { why: string } {
  if (values['stand-in']) return { why: 'because --stand-in was asked for' };
  const folder = join(root, 'node_modules', 'electron');
  const named = join(folder, 'path.txt');
  const missed = join(root, 'out', 'electron-missed');
  const day = new Date().toISOString().slice(0, 10);
  if (!existsSync(named) && existsSync(missed) && readFileSync(missed, 'utf8') === day)
    return { why: 'because the Electron binary could not be downloaded today' };
  if (!existsSync(named)) {
    say('Looking for Electron (a download of about 110 MB the first time) …');
    const run = spawnSync(process.execPath, [join(folder, 'install.js')], {
      cwd: folder,
      timeout: 120_000,
      stdio: 'ignore',
    });
    if (run.status !== 0 || !existsSync(named)) {
      writeFileSync(missed, day);
      return { why: 'because the Electron binary could not be downloaded' };
    }
  }
  const path = join(folder, 'dist', readFileSync(named, 'utf8').trim());
  if (!existsSync(path)) return { why: 'because the Electron binary is missing' };
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY)
    return { why: 'because this machine has no display' };
  return { path };
}

/** Over a page that only this user can read: the command line, which holds its path, is shown to everybody on this machine. */
function openBrowser(url: string, folder: string): void {
  const page = join(folder, 'open.html');
  rmSync(page, { force: true });
  writeFileSync(page, `<!doctype html><meta http-equiv="refresh" content="0;url=${url}">`, { mode: 0o600 });
  const [command, args] =
    process.platform === 'win32'
      ? ['cmd', ['/c', 'start', '', page]]
      : process.platform === 'darwin'
        ? ['open', [page]]
        : ['xdg-open', [page]];
  const child = spawn(command as string, args as string[], { stdio: 'ignore', detached: true });
  child.once('error', () => undefined);
  child.unref();
}

const started = performance.now();
const given = values.backend;
if (given !== undefined && !/^(?:https:\/\/[a-z0-9.-]+(?::\d+)?|http:\/\/127\.0\.0\.1:\d+)$/i.test(given))
  fail('--backend must be https://<host>, or http://127.0.0.1:<port> for one on this machine, without a path.');
const data = resolve(root, values.data);
const backendUrl = given ?? `http://127.0.0.1:${values.port}`;
const sandboxUrl = `http://127.0.0.1:${values['sandbox-port']}`;
if (given === undefined) for (const name of ['port', 'sandbox-port', 'mail-port'] as const) await demandFree(name);
if (!build()) fail('The console could not be built. What the build said is above.');
if (given === undefined) await startDemo();

async function startDemo(): Promise<void> {
  say('Starting the backend with the demo agency …');
  await part('The backend', ['backend/src/main.ts'], {
    ASTRIX_DATA_DIR: join(data, 'backend'),
    ASTRIX_DEMO: '1',
    ASTRIX_PORT: values.port,
    ASTRIX_LOG_LEVEL: 'warn',
    ASTRIX_WHATSAPP_APP_SECRET: 'demo-app-secret',
    ASTRIX_WHATSAPP_VERIFY_TOKEN: 'demo-verify-token',
    ASTRIX_SANDBOX_URL: sandboxUrl,
    ASTRIX_SMTP_URL: `smtp://127.0.0.1:${values['mail-port']}`,
    ASTRIX_MAIL_FROM: 'Astrix Console <console@astrix.example>',
  });
  const ports = ['--port', values['sandbox-port'], '--backend', backendUrl, '--mail-port', values['mail-port']];
  await part('The provider sandbox', ['backend/sandbox/main.ts', ...ports], {});
}

const found = electron();
const environment = {
  ASTRIX_USER_DATA: join(data, 'console'),
  ASTRIX_BACKEND_URL: backendUrl,
  ...(given === undefined ? { ASTRIX_SANDBOX_URL: sandboxUrl, ASTRIX_DEMO: '1' } : {}),
  ASTRIX_STANDIN_PORT: values['console-port'],
};
say(`\n  Backend            ${backendUrl}`);
if (given === undefined) {
  say(`  Provider sandbox   ${sandboxUrl}   write to the console as a customer`);
  say(`  Mailbox            ${sandboxUrl}/_mailbox   every mail of the demo`);
}
if ('path' in found) {
  const child = spawn(found.path, [root, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])], {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: 'inherit',
  });
  children.push(child);
  child.once('exit', () => stop(0));
  say('  Console            opens in Electron');
} else {
  await demandFree('console-port');
  const console = await part('The console', ['tools/electron-standin/run.ts', 'out/main/index.js'], {
    ...environment,
    ASTRIX_STANDIN_OPENS: '1',
  });
  say(`  Console            ${console.url}`);
  say(`  Tray               ${console.tray}`);
  say(`\n  The console runs in the local browser ${found.why}.`);
  if (!values['no-open']) openBrowser(console.url, join(data, 'console'));
}
const who = given === undefined ? 'as one of the demo people on the first page' : 'as somebody who has joined there';
say(`\nReady after ${((performance.now() - started) / 1000).toFixed(1)} s. Sign in ${who}. Ctrl-C stops everything.`);
