import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startScript } from '../../../tools/running.ts';
import { kekBytes } from '../vault/keks.ts';

const root = join(import.meta.dirname, '..', '..', '..');
/** Every module that Node loads, one a line. */
const WATCH = `data:text/javascript,${encodeURIComponent(`
import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
registerHooks({
  load(url, context, next) {
    appendFileSync(process.env.LOADED_FILES, url + '\\n');
    return next(url, context);
  },
});`)}`;

/** What fills a demo, stands in for providers or tests. The types of a demo and the refusal of its database are none of it. */
const isDemo = (path: string): boolean =>
  /^backend\/(?:src\/demo|sandbox|test)\/|\/seed(?:\.ts|\/)|\/imitation|^testkit\/|\.test\.ts$/.test(path) ||
  path === 'backend/src/modules/identity/demo.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'astrix-production-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const environment = (file: string) => ({
  PATH: process.env.PATH ?? '',
  LOADED_FILES: join(folder, file),
  ASTRIX_ENV: 'production',
  ASTRIX_KEK: kekBytes('one').toString('base64'),
  ASTRIX_PUBLIC_URL: 'https://console.agency.example',
  ASTRIX_DATA_DIR: join(folder, 'backend'),
  ASTRIX_PORT: '0',
});

const loadedBy = (file: string): string[] =>
  readFileSync(join(folder, file), 'utf8')
    .split('\n')
    .filter(url => url.startsWith('file:') && !url.includes('/node_modules/'))
    .map(url => relative(root, fileURLToPath(url)).split(sep).join('/'));

test('a backend in production has loaded nothing of the demo, of the sandbox or of the tests', async () => {
  const running = await startScript(['--import', WATCH, 'backend/serve.mjs'], environment('serve'));
  await running.stop();
  const loaded = loadedBy('serve');
  expect(loaded.filter(isDemo)).toEqual([]);
  expect(loaded).toContain('backend/src/modules/identity/index.ts');
  expect(loaded.length).toBeGreaterThan(200);
});

test('nor has the command of operators', () => {
  const args = ['--import', WATCH, 'backend/astrix-admin.mjs', '--help'];
  expect(spawnSync(process.execPath, args, { cwd: root, env: environment('admin') }).status).toBe(0);
  expect(loadedBy('admin').filter(isDemo)).toEqual([]);
  expect(loadedBy('admin')).toContain('backend/src/admin/people.ts');
});

test('the files that are looked for exist: each module that seeds the demo, its stories, the sandbox', () => {
  const files = readdirSync(join(root, 'backend'), { recursive: true, encoding: 'utf8' })
    .map(path => `backend/${path.split(sep).join('/')}`)
    .filter(isDemo);
  for (const path of [
    'backend/src/demo/index.ts',
    'backend/src/modules/clients/seed.ts',
    'backend/src/modules/connections/seed.ts',
    'backend/src/modules/conversations/seed/index.ts',
    'backend/src/modules/identity/demo.ts',
    'backend/sandbox/main.ts',
  ])
    expect(files).toContain(path);
});
