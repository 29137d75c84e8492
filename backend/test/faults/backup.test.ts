import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPrivatePostgres, type PrivatePostgres, systemPostgres } from '../../../tools/private-postgres.ts';
import { startScript } from '../../../tools/running.ts';
import { kekBytes } from '../vault/keks.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const programs = systemPostgres();
const PASSWORD = 'astrix-password-of-its-own';

/** The SQL that docs/guides/install.md tells an administrator to run, by what comes before it. */
function statementsAfter(words: string): string {
  const text = readFileSync(join(root, 'docs/guides/install.md'), 'utf8');
  const at = text.indexOf(words);
  const block = /```(?:sql)?\n([^`]+)```/.exec(text.substring(at))?.[1];
  if (at < 0 || !block) throw new Error(`docs/guides/install.md has no statements after "${words}"`);
  return block.replace('…', PASSWORD);
}

/** The steps of the guide, on two servers of our own: roles belong to a whole server. */
describe.skipIf(programs === null)('backup and restore, as docs/guides/install.md says', () => {
  let folder: string;
  let first: PrivatePostgres;
  let second: PrivatePostgres;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'astrix-backup-'));
    [first, second] = await Promise.all([createPrivatePostgres(programs!), createPrivatePostgres(programs!)]);
  });
  afterAll(async () => {
    await first?.remove();
    await second?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const run = (program: string, args: readonly string[], input = '') =>
    spawnSync(program, args, { cwd: root, encoding: 'utf8', input, timeout: 120_000 });
  const administrator = (server: PrivatePostgres, sql: string) => {
    const done = run(join(programs!, 'psql'), ['-X', '-v', 'ON_ERROR_STOP=1', server.url], sql);
    expect({ status: done.status, stderr: done.stderr }).toEqual({ status: 0, stderr: '' });
    return done.stdout;
  };
  const own = (server: PrivatePostgres) =>
    server.url.replace('postgres@', `astrix:${PASSWORD}@`).replace(/postgres$/, 'astrix');
  const asAdministrator = (server: PrivatePostgres) => server.url.replace(/postgres$/, 'astrix');
  const environment = (server: PrivatePostgres, kek: 'one' | 'two' = 'one') => ({
    PATH: process.env.PATH ?? '',
    ASTRIX_ENV: 'production',
    ASTRIX_KEK: kekBytes(kek).toString('base64'),
    ASTRIX_PUBLIC_URL: 'https://console.agency.example',
    ASTRIX_PORT: '0',
    DATABASE_URL: own(server),
  });
  const admin = (server: PrivatePostgres, args: readonly string[], kek: 'one' | 'two' = 'one') =>
    spawnSync(process.execPath, ['backend/astrix-admin.mjs', ...args], {
      cwd: root,
      env: environment(server, kek),
      encoding: 'utf8',
      timeout: 120_000,
    });
  const file = () => join(folder, 'astrix.dump');

  test('an agency is made on the first server, and dumped by its administrator', () => {
    administrator(first, statementsAfter('as an administrator of the server:'));
    const made = admin(first, ['init', '--agency-name', 'Chai Katha', '--email', 'owner@agency.example']);
    expect({ status: made.status, stderr: made.stderr }).toEqual({ status: 0, stderr: '' });
    const dump = (url: string) => run(join(programs!, 'pg_dump'), ['--format=custom', `--file=${file()}`, url]);
    // This is why the guide says who has to do it.
    expect(dump(own(first)).stderr).toContain('row-level security');
    const done = dump(asAdministrator(first));
    expect({ status: done.status, stderr: done.stderr }).toEqual({ status: 0, stderr: '' });
  });

  test('it is restored on an empty server without an error, and the backend starts there', async () => {
    administrator(second, statementsAfter('Roles are not in a dump'));
    const restored = run(join(programs!, 'pg_restore'), [`--dbname=${asAdministrator(second)}`, file()]);
    expect({ status: restored.status, stderr: restored.stderr }).toEqual({ status: 0, stderr: '' });
    const running = await startScript(['backend/serve.mjs'], environment(second));
    const ready = await fetch(`${running.url}/ready`);
    await running.stop();
    expect(ready.status).toBe(200);
    const { stdout } = admin(second, ['check']);
    expect(stdout).toMatch(/ok {4}Agency +Chai Katha\./);
    expect(stdout).toMatch(/ok {4}Migrations /);
    expect(stdout).toMatch(/ok {4}Key .* opens this database/);
    const again = admin(second, ['create-owner-invitation', '--email', 'owner@agency.example']);
    expect(again.stdout).toContain('https://console.agency.example/join/');
    expect(administrator(second, '\\c astrix\nselect count(*) from invitations;')).toMatch(/\n +2\n/);
  });

  test('without the key that was kept apart nothing opens, and nothing is changed', () => {
    const other = admin(second, ['init', '--agency-name', 'x', '--email', 'a@b.example'], 'two');
    expect(other.status).toBe(1);
    expect(other.stderr).toContain('fingerprint');
  });
});
