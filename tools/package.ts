/**
 * `npm run package`: builds the console and packs it for this system, unsigned unless the certificates of electron-builder are in the
 * environment (CSC_LINK …). `-- --dir` packs the folder without an installer. Nothing is published.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { parse } from 'yaml';
import { build } from './build.ts';

const root = join(import.meta.dirname, '..');
const target = `${process.platform}-${process.arch}`;

export type BuilderConfig = {
  readonly appId: string;
  readonly files: readonly string[];
  readonly [key: string]: unknown;
};

export const builderConfig = (): BuilderConfig =>
  parse(readFileSync(join(root, 'electron-builder.yml'), 'utf8')) as BuilderConfig;

/** Files of native modules that must come along for a system, such as `linux-x64`. */
export const nativeFiles = (system: string): string[] => [
  `node_modules/better-sqlite3-multiple-ciphers/prebuilds/${system}.node`,
  `node_modules/keytar/prebuilds/${system}/keytar.node`,
];

/** What the built main asks the packed application for, besides Node and Electron. */
export function packagesAskedFor(folder: string): string[] {
  const text = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name.endsWith('.js'))
    .map(entry => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n');
  const asked = [...text.matchAll(/\b(?:from|import|require)\s*\(?\s*["']([^"'./][^"']*)["']/g)].map(
    match => match[1]!,
  );
  const known = new Set(['electron', ...builtinModules]);
  return [...new Set(asked)].filter(name => !known.has(name.replace(/^node:/, '')));
}

type Look = { readonly has: (path: string) => boolean };

/** One sentence for each thing without which packing cannot begin, and what to do about it. */
export function missing({ has }: Look, system: string): string[] {
  const said: string[] = [];
  const named = 'node_modules/electron/path.txt';
  if (!has(named) || !has('node_modules/electron/dist'))
    said.push(
      'The Electron binary is not here. Load it with: node node_modules/electron/install.js (about 110 MB, from github.com)',
    );
  for (const path of nativeFiles(system))
    if (!has(path)) said.push(`${path} is not here: this native module has no build for ${system}.`);
  for (const path of ['resources/icon.ico', 'resources/icon.icns', 'resources/icons/512x512.png', 'resources/tray.png'])
    if (!has(path)) said.push(`${path} is not here. Draw it with: npm run icons`);
  return said;
}

function stop(lines: readonly string[]): never {
  process.stderr.write(`The console cannot be packed:\n${lines.map(line => `- ${line}`).join('\n')}\n`);
  process.exit(1);
}

function main(args: readonly string[]): void {
  const faults = missing({ has: path => existsSync(join(root, path)) }, target);
  if (faults.length > 0) stop(faults);
  if (!build()) stop(['The build failed; what it said is above.']);
  const packed = nativeFiles(target).map(path => path.split('/')[1]);
  const unpacked = packagesAskedFor(join(root, 'out', 'main')).filter(name => !packed.includes(name));
  if (unpacked.length > 0)
    stop([`The bundle of main asks for ${unpacked.join(', ')}, which electron-builder.yml leaves out.`]);
  const signed = ['CSC_LINK', 'CSC_NAME', 'WIN_CSC_LINK'].some(name => process.env[name]);
  process.stdout.write(`Packing for ${target}, ${signed ? 'signed' : 'not signed: there is no certificate here'} …\n`);
  const run = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules', 'electron-builder', 'cli.js'),
      ...['--config', 'electron-builder.yml', '--publish', 'never', `--${process.arch}`],
      '-c.electronDist=node_modules/electron/dist',
      ...args,
    ],
    { cwd: root, stdio: 'inherit' },
  );
  if (run.status !== 0) stop(['electron-builder failed; what it said is above.']);
  process.stdout.write('It is in dist/. Nothing was published.\n');
}

if (process.argv[1] === import.meta.filename) main(process.argv.slice(2));
