import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { repeated } from '../../../../testkit/repeated.ts';
import { takeDirectory } from './data-directory.ts';
import { openPglite } from './engines.ts';

const source = join(import.meta.dirname, 'data-directory.ts');
let folder: string;
let children: ChildProcess[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'astrix-data-'));
  children = [];
});
afterEach(async () => {
  for (const child of children) await end(child);
  rmSync(folder, { recursive: true, force: true });
});

/** Another process that takes the directory and keeps it. Answers what it said: `taken` or the reason. */
async function starts(): Promise<{ child: ChildProcess; said: string }> {
  const script = `import { takeDirectory } from ${JSON.stringify(source)};
    let said = 'taken';
    try { takeDirectory(${JSON.stringify(folder)}); } catch (error) { said = error.message; }
    process.stdout.write(said);
    process.stdin.resume();`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  const [said] = (await once(child.stdout!, 'data')) as [Buffer];
  return { child, said: String(said) };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

test('a directory in use is refused with the process that has it, and free when that is killed', async () => {
  const { child, said } = await starts();
  expect(said).toBe('taken');
  expect(() => takeDirectory(folder)).toThrow(
    `The data directory ${folder} is in use by process ${child.pid}. Stop that one, or choose another directory.`,
  );
  await end(child);
  takeDirectory(folder)();
});

test('the number of a process that was killed may belong to another one by now', () => {
  writeFileSync(join(folder, 'astrix.pid'), String(process.ppid));
  const release = takeDirectory(folder);
  expect(readFileSync(join(folder, 'astrix.pid'), 'utf8')).toBe(String(process.pid));
  expect(() => takeDirectory(folder)).toThrow('in use');
  release();
  takeDirectory(folder)();
});

test('of several that start at once where one was killed, one gets it', async () => {
  await end((await starts()).child);
  const started = await Promise.all(Array.from({ length: repeated(5, 40) }, starts));
  expect(started.filter(({ said }) => said === 'taken')).toHaveLength(1);
});

test('a database that cannot be opened gives the directory up', async () => {
  mkdirSync(join(folder, 'pglite'));
  writeFileSync(join(folder, 'pglite', 'PG_VERSION'), '1\n');
  await expect(openPglite(folder)).rejects.toThrow();
  takeDirectory(folder)();
});
