import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { composeEnv } from './compose-env.ts';
import {
  copiedFiles,
  databaseScript,
  envLines,
  envOf,
  healthcheckOf,
  productionPackages,
  readCompose,
  readDockerfile,
  textsOf,
} from './container.ts';
import { createPrivatePostgres, type PrivatePostgres, privatePostgresAvailable } from './private-postgres.ts';

/**
 * The image without an engine: its command, in its environment, allowed to read what the Dockerfile copies and installs and nothing else,
 * and to write nothing at all. The walls are Node's permission model instead of the kernel's.
 */
const root = join(import.meta.dirname, '..');
const [build, image] = [readDockerfile()[0]!, readDockerfile().at(-1)!];
const readable = [...copiedFiles(build), ...productionPackages()].map(path => join(root, path)).filter(existsSync);
const WALLS = ['--permission', '--allow-addons', ...readable.map(path => `--allow-fs-read=${path}`)];
const files = composeEnv();
const roles = Object.entries(readCompose().services).flatMap(([name, { environment }]) =>
  environment?.ASTRIX_ROLE ? [[name, environment.ASTRIX_ROLE] as const] : [],
);

let postgres: PrivatePostgres;
const children: ChildProcess[] = [];

async function freePort(): Promise<string> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise<void>(resolve => server.close(() => resolve()));
  return String(port);
}

/** As the database image runs it, on the empty volume. */
async function prepareDatabase(): Promise<void> {
  const password = envLines(files['database.env']).ASTRIX_DATABASE_PASSWORD!;
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  for (const statement of databaseScript().split('\n'))
    await client.query(statement.replace(":'password'", client.escapeLiteral(password)));
  await client.end();
}

type Run = { readonly url: string; readonly child: ChildProcess; readonly env: Record<string, string>; log: string };

async function start(role: string): Promise<Run> {
  const address = new URL(envLines(files['backend.env']).DATABASE_URL!);
  address.host = new URL(postgres.url).host;
  const env = {
    ...envOf(image),
    ...envLines(files['backend.env']),
    ASTRIX_ROLE: role,
    DATABASE_URL: address.href,
    ASTRIX_HOST: '127.0.0.1',
    ASTRIX_PORT: await freePort(),
  };
  const [command] = JSON.parse(textsOf(image, 'CMD').at(-1)!) as [string];
  const child = spawn(process.execPath, [...WALLS, command], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  const run: Run = { url: `http://127.0.0.1:${env.ASTRIX_PORT}`, child, env, log: '' };
  child.stderr.on('data', chunk => {
    run.log += String(chunk);
  });
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', line => line.startsWith('{"ready":true') && resolve());
    child.once('exit', code => reject(new Error(`it ended with ${code}: ${run.log}`)));
  });
  return run;
}

const isHealthy = (env: Record<string, string>) =>
  spawnSync(process.execPath, healthcheckOf(image).slice(1), { env, stdio: 'ignore' }).status === 0;

describe.skipIf(process.platform === 'win32' || !privatePostgresAvailable())('the command of the image', () => {
  beforeAll(async () => {
    postgres = await createPrivatePostgres();
    await prepareDatabase();
  });
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await postgres?.remove();
  });

  test.each(roles)(
    'OP-11: %s runs on a file system it cannot write, with what was copied and no more',
    async (_name, role) => {
      const run = await start(role);
      expect(isHealthy(run.env)).toBe(true);
      const meta = await fetch(`${run.url}/v1/meta`);
      expect(await meta.json()).toMatchObject({ name: 'astrix', demo: false });
      // The dearest path: a password is judged by the native hash, and the attempt is recorded in the database.
      const refused = await fetch(`${run.url}/v1/auth/sign-in`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          email: 'nobody@example.com',
          password: 'not a password',
          device: { name: 'test', platform: 'cli', key: 'a'.repeat(43) },
        }),
      });
      expect(await refused.json()).toMatchObject({ code: 'sign_in_refused' });
      const ended = new Promise(resolve => run.child.once('exit', resolve));
      run.child.kill('SIGTERM');
      expect(await ended, run.log).toBe(0);
      expect(run.log).not.toMatch(/"level":"error"/);
      expect(isHealthy(run.env)).toBe(false);
    },
  );

  test('the backend is no superuser of its database', async () => {
    const client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    const { rows } = await client.query(
      "select rolname, rolsuper, rolbypassrls from pg_roles where rolname like 'astrix%' order by 1",
    );
    await client.end();
    expect(rows).toEqual(
      ['astrix', 'astrix_system', 'astrix_tenant'].map(rolname => ({ rolname, rolsuper: false, rolbypassrls: false })),
    );
  });
});
