import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startScript } from '../../../tools/running.ts';
import { KEPT } from '../../src/platform/vault/kept-keys.ts';
import { kekBytes, kekNamed } from '../vault/keks.ts';

let data: string;
beforeAll(() => {
  data = mkdtempSync(join(tmpdir(), 'astrix-keys-'));
});
afterAll(() => rmSync(data, { recursive: true, force: true }));

const ADMIN = 'backend/astrix-admin.mjs';
const env = (name: string, next = '') => ({
  ASTRIX_DATA_DIR: data,
  ASTRIX_PORT: '0',
  ASTRIX_LOG_LEVEL: 'silent',
  ASTRIX_KEK: kekBytes(name).toString('base64'),
  ASTRIX_KEK_NEXT: next === '' ? '' : kekBytes(next).toString('base64'),
  DATABASE_URL: '',
});
const run = (args: readonly string[], keys: ReturnType<typeof env>) =>
  spawnSync(process.execPath, [...args], {
    cwd: join(import.meta.dirname, '..', '..', '..'),
    env: { ...process.env, ...keys },
    encoding: 'utf8',
    // The process is waited for in one call, so only this ends one that hangs.
    timeout: 300_000,
  });
const starts = async (keys: ReturnType<typeof env>) => (await startScript(['backend/src/main.ts'], keys)).stop();

/** Ends at once, with one line that names both keys by fingerprint and neither by its bytes. */
function expectRefused(given: string, wanted: string): void {
  const { status, stdout, stderr } = run(['backend/src/main.ts'], env(given));
  expect({ status, stdout, lines: stderr.trim().split('\n').length }).toEqual({ status: 1, stdout: '', lines: 1 });
  expect(stderr).toContain(`under the key-encryption key with the fingerprint ${kekNamed(wanted).fingerprint}`);
  expect(stderr).toContain(`ASTRIX_KEK is ${kekNamed(given).fingerprint}`);
  for (const name of [given, wanted]) expect(stderr).not.toContain(kekBytes(name).toString('base64').slice(0, 20));
}

test('F-24, CR-04: a backend on its own data: the wrong key is refused, the keys are changed, then the old one is refused', async () => {
  await starts(env('one'));
  expectRefused('two', 'one');
  const alone = run([ADMIN, 'rewrap-keys', '--json'], env('one'));
  expect(alone).toMatchObject({ status: 1, stdout: '' });
  expect(alone.stderr).toContain('ASTRIX_KEK_NEXT must be set');
  const moved = run([ADMIN, 'rewrap-keys', '--json'], env('one', 'two'));
  expect(moved.stderr).toBe('');
  expect(JSON.parse(moved.stdout)).toMatchObject({
    to: kekNamed('two').fingerprint,
    keptKeys: KEPT.length,
    retired: [kekNamed('one').fingerprint],
  });
  expectRefused('one', 'two');
  await starts(env('two'));
});
