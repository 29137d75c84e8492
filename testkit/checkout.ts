import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** One line that a new module adds to a file that exists. */
export type AddedLine = { readonly file: string; readonly line: string };

export type SampleModule = {
  readonly lines: readonly AddedLine[];
  /** Files of its own, relative to the checkout. */
  readonly files: readonly string[];
  readonly folder: string;
};

/** A module that is no part of the product: `testkit/<name>/files` holds its own files, `lines.json` what it adds to others. */
export function readSample(name: string): SampleModule {
  const folder = join(root, 'testkit', name, 'files');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name).slice(folder.length + 1));
  return { lines: JSON.parse(readFileSync(join(root, 'testkit', name, 'lines.json'), 'utf8')), files, folder };
}

export type Checkout = {
  readonly root: string;
  /** Runs a script of the checkout under this Node; answers its exit code and everything it printed. */
  readonly node: (
    args: readonly string[],
    env?: Readonly<Record<string, string>>,
  ) => { status: number; output: string };
  readonly write: (file: string, text: string) => void;
  readonly read: (file: string) => string;
  readonly add: (lines: readonly AddedLine[]) => void;
  readonly remove: () => void;
};

const LINK = process.platform === 'win32' ? 'junction' : 'dir';
/** Folders in which tools keep what they made: each checkout has its own. */
const OWN = new Set(['.vite', '.vitest', '.cache', '@astrix', '.package-lock.json']);

/** A copy of this checkout, uncommitted changes included, in a folder of its own. Its packages are the ones that are installed here. */
export function copyCheckout(): Checkout {
  const copy = mkdtempSync(join(tmpdir(), 'astrix-checkout-'));
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], { cwd: root });
  for (const file of listed.toString().split('\0').filter(Boolean)) {
    if (!existsSync(join(root, file)) || /\.(png|ico|icns)$/.test(file)) continue;
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(root, file), join(copy, file));
  }
  linkPackages(join(root, 'node_modules'), join(copy, 'node_modules'));
  linkPackages(join(root, 'backend', 'node_modules'), join(copy, 'backend', 'node_modules'));
  mkdirSync(join(copy, 'node_modules', '@astrix'));
  for (const name of ['contract', 'backend', 'sdk'])
    symlinkSync(join(copy, name), join(copy, 'node_modules', '@astrix', name), LINK);

  const read = (file: string) => readFileSync(join(copy, file), 'utf8');
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    writeFileSync(join(copy, file), text);
  };
  return {
    root: copy,
    read,
    write,
    add(lines) {
      for (const { file, line } of lines) write(file, `${read(file).trimEnd()}\n${line}\n`);
    },
    node(args, env = {}) {
      const run = spawnSync(process.execPath, [...args], {
        cwd: copy,
        encoding: 'utf8',
        env: { ...process.env, ...env },
      });
      return { status: run.status ?? 1, output: `${run.stdout}${run.stderr}` };
    },
    remove: () => rmSync(copy, { recursive: true, force: true, maxRetries: 3 }),
  };
}

function linkPackages(from: string, to: string): void {
  if (!existsSync(from)) return;
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) if (!OWN.has(name)) symlinkSync(join(from, name), join(to, name), LINK);
}
