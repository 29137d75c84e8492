import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importsOf } from './boundaries.ts';

type Manifest = {
  name: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  allowScripts?: Record<string, boolean>;
};
type Locked = { name?: string; link?: boolean; integrity?: string; resolved?: string; hasInstallScript?: boolean };

const root = join(import.meta.dirname, '..');
const json = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8')) as unknown;
const manifestOf = (folder: string) => json(`${folder}/package.json`) as Manifest;
const { packages } = json('package-lock.json') as { packages: Record<string, Locked> };
const installed = Object.entries(packages).filter(([path, entry]) => path.includes('node_modules/') && !entry.link);

/** Each package of ours, and where its own code is. */
const OURS = [
  ['.', ['src/main']],
  ['contract', ['contract']],
  ['backend', ['backend/src']],
  ['sdk', ['sdk/src']],
] as const;

/** Packages that the code of some folders names, for types as well or at run time only. */
function named(folders: readonly string[], types: 'with types' | 'without types'): string[] {
  const files = folders.flatMap(folder =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile() && /\.ts$/.test(entry.name) && !/\.test\.ts$|^fake-/.test(entry.name))
      .map(entry => join(entry.parentPath, entry.name))
      .filter(path => !path.includes('node_modules')),
  );
  const from = files
    .flatMap(file => importsOf(readFileSync(file, 'utf8')))
    .filter(one => types === 'with types' || !one.typesOnly);
  const names = from
    .filter(({ from: name }) => !/^[./]|^node:/.test(name) && !builtinModules.includes(name))
    .map(({ from: name }) => name.split('/', name.startsWith('@') ? 2 : 1).join('/'));
  return [...new Set(names)].filter(name => name !== 'electron');
}

describe('what comes from elsewhere', () => {
  test('OP-10: every package is named by its content, and none comes from a place of its own', () => {
    expect(installed.length).toBeGreaterThan(300);
    expect(installed.filter(([, entry]) => !/^sha512-/.test(entry.integrity ?? '')).map(([path]) => path)).toEqual([]);
    expect(installed.filter(([, entry]) => entry.resolved).map(([path]) => path)).toEqual([]);
  });

  test('OP-10: no package runs a script of its own when it is installed, unless somebody has looked at it', () => {
    const judged = manifestOf('.').allowScripts ?? {};
    const scripted = installed
      .filter(([, entry]) => entry.hasInstallScript)
      .map(([path, entry]) => entry.name ?? path.slice(path.lastIndexOf('node_modules/') + 13));
    expect(scripted.filter(name => judged[name] === undefined)).toEqual([]);
    expect(Object.keys(judged).filter(name => judged[name])).toEqual(['@github/keytar']);
    expect(readFileSync(join(root, '.npmrc'), 'utf8')).toContain('strict-allow-scripts=true');
  });

  test.each(OURS)('OP-10: %s asks for exact versions', folder => {
    const { dependencies, devDependencies, optionalDependencies } = manifestOf(folder);
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies }))
      if (!name.startsWith('@astrix/'))
        expect([name, version]).toEqual([name, expect.stringMatching(/^(?:npm:[\w@/-]+@)?\d+\.\d+\.\d+(?:-[\w.]+)?$/)]);
  });

  test.each(OURS)('OP-10: %s declares what its code imports, and nothing else', (folder, sources) => {
    const declared = Object.keys(manifestOf(folder).dependencies ?? {});
    expect(named(sources, 'without types').filter(name => !declared.includes(name))).toEqual([]);
    expect(declared.filter(name => !named(sources, 'with types').includes(name))).toEqual([]);
  });
});
