import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { importsOf } from './boundaries.ts';

const root = join(import.meta.dirname, '..');

/** Where the tests of the project `backend` are. */
export const BACKEND_FOLDERS: readonly string[] = ['contract', 'backend', 'sdk'];
/** Where those of the project `console` are. */
export const CONSOLE_FOLDERS: readonly string[] = ['src', 'tools'];

/** Which test files a project of vitest.config.ts has, from the root of the project, sorted. */
export function testFilesIn(folders: readonly string[]): string[] {
  return folders
    .flatMap(folder => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
    .filter(entry => entry.isFile() && entry.name.endsWith('.test.ts'))
    .map(entry => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter(path => !path.includes('node_modules/'))
    .sort();
}

const textOf = (path: string) => readFileSync(join(root, path), 'utf8');

/**
 * A file that puts other modules in the place of the real ones, or changes what every module of the process sees, has a process to itself.
 * All others share the modules that are loaded, which is most of what starting a file costs.
 */
export const needsOwnProcess = (path: string): boolean =>
  /\bvi\.(?:mock|doMock|resetModules|useFakeTimers|stubGlobal|stubEnv)\(|\bprocess\.env\.\w+ = /.test(textOf(path));

/** Whether the file does something more often under stress. */
export const isRepeated = (path: string): boolean => /\brepeated\(/.test(textOf(path));

const reached = new Map<string, boolean>();

/** Whether the result of the file can differ between the two databases: it reaches, by imports, a file that asks which one the run names. */
export function dependsOnDatabase(path: string): boolean {
  const known = reached.get(path);
  if (known !== undefined) return known;
  reached.set(path, false);
  const text = textOf(path);
  const found =
    text.includes('process.env.ASTRIX_TEST_DATABASE_URL') ||
    importsOf(text)
      .filter(({ from, typesOnly }) => !typesOnly && from.startsWith('.'))
      .map(({ from }) => posix.join(posix.dirname(path), from))
      .some(target => existsSync(join(root, target)) && dependsOnDatabase(target));
  reached.set(path, found);
  return found;
}
