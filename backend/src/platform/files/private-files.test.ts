import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { keepPrivate, privateFolder } from './private-files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'astrix-private-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const modeOf = (path: string) => statSync(path).mode & 0o777;
/** Files and folders that another user of this machine may read, enter or write. */
const open = (path: string): string[] =>
  [path, ...readdirSync(path, { recursive: true }).map(name => join(path, String(name)))].filter(
    one => (modeOf(one) & 0o077) !== 0,
  );
function loosened(path: string): string {
  mkdirSync(join(path, 'deep'), { recursive: true });
  writeFileSync(join(path, 'deep', 'file'), 'x');
  chmodSync(join(path, 'deep', 'file'), 0o666);
  for (const one of [join(path, 'deep'), path]) chmodSync(one, 0o755);
  return path;
}

describe.skipIf(process.platform === 'win32')('what only this user may read', () => {
  test('a folder that is made, and one that was there with all that is in it', () => {
    const made = join(folder, 'a', 'made');
    privateFolder(made);
    expect(modeOf(made)).toBe(0o700);
    const there = loosened(join(folder, 'there'));
    expect(open(there)).toHaveLength(3);
    privateFolder(there);
    expect(open(there)).toEqual([]);
    expect(modeOf(join(there, 'deep', 'file'))).toBe(0o600);
  });

  test('what a link points to is somebody else’s, and what is gone is fine', () => {
    const other = loosened(join(folder, 'other'));
    const place = join(folder, 'place');
    privateFolder(place);
    symlinkSync(other, join(place, 'link'));
    keepPrivate(place);
    expect(open(other)).toHaveLength(3);
    keepPrivate(join(place, 'gone'));
  });

  test('the embedded database and the development key, in a folder that others could enter', () => {
    const dataDir = join(folder, 'data');
    mkdirSync(dataDir);
    chmodSync(dataDir, 0o755);
    const main = join(import.meta.dirname, '..', '..', 'admin.ts');
    const env = { PATH: process.env.PATH, ASTRIX_DATA_DIR: dataDir, ASTRIX_LOG_LEVEL: 'silent' };
    const migrate = () => spawnSync('sh', ['-c', `umask 000; exec "${process.execPath}" "${main}" migrate`], { env });
    expect(String(migrate().stderr)).toBe('');
    expect(readdirSync(dataDir).sort()).toEqual(['astrix.lock', 'development.kek', 'pglite']);
    expect(open(dataDir)).toEqual([]);
    spawnSync('chmod', ['-R', 'a+rwX', dataDir]);
    expect(open(dataDir).length).toBeGreaterThan(100);
    expect(migrate().status).toBe(0);
    expect(open(dataDir)).toEqual([]);
  });
});
