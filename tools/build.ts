/** `npm run build`: main, preload and renderer into out/. Skipped when nothing that goes into them has changed. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const SOURCES = ['src', 'contract', 'sdk/src', 'electron.vite.config.ts', 'package-lock.json'];
const stamp = join(root, 'out', 'build.sha256');

function hashSources(): string {
  const hash = createHash('sha256');
  for (const source of SOURCES) {
    const path = join(root, source);
    const files =
      source.includes('.') && !source.includes('/')
        ? [path]
        : readdirSync(path, { recursive: true, withFileTypes: true })
            .filter(entry => entry.isFile())
            .map(entry => join(entry.parentPath, entry.name))
            .sort();
    for (const file of files) hash.update(file.slice(root.length)).update(readFileSync(file));
  }
  return hash.digest('hex');
}

/** True when out/ is what the sources say. */
export function build(): boolean {
  const wanted = hashSources();
  const built = existsSync(stamp) && existsSync(join(root, 'out/main/index.js')) ? readFileSync(stamp, 'utf8') : '';
  if (built === wanted) return true;
  const started = performance.now();
  process.stdout.write('Building the console …\n');
  const run = spawnSync(
    process.execPath,
    [join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js'), 'build', '--logLevel', 'warn'],
    { cwd: root, encoding: 'utf8' },
  );
  if (run.status !== 0) {
    process.stderr.write(`${run.stdout}${run.stderr}`);
    return false;
  }
  mkdirSync(join(root, 'out'), { recursive: true });
  writeFileSync(stamp, wanted);
  process.stdout.write(`Built in ${((performance.now() - started) / 1000).toFixed(1)} s.\n`);
  return true;
}

if (process.argv[1] === import.meta.filename) process.exit(build() ? 0 : 1);
