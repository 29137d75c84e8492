import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const FAMILY = join(root, 'testkit', 'family.ts');
const runner = JSON.stringify(join(root, 'tools', 'run-script.mjs'));

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const started: number[] = [];
afterEach(() => {
  for (const pid of started.splice(0)) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
});

/** What npm starts, what that starts, and what that starts: the runner of the scripts, a script, a part of it. */
async function family(): Promise<{ runner: ChildProcess; pids: number[] }> {
  const code = `import(${runner}).then(({ runScript }) => runScript(process.execPath, [${JSON.stringify(FAMILY)}]))`;
  const child = spawn(process.execPath, ['-e', code], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string];
  const pids = [child.pid!, ...line.split(' ').map(Number)];
  started.push(...pids);
  return { runner: child, pids };
}

// A process of Windows has no signals: it is ended, and what it started with it by the pipe.
test.each(
  process.platform === 'win32' ? (['SIGKILL'] as const) : (['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const),
)('all that was started ends when the first is told to by %s', async signal => {
  const { runner: first, pids } = await family();
  expect(pids.every(isAlive)).toBe(true);
  first.kill(signal);
  await expect.poll(() => pids.filter(isAlive)).toEqual([]);
});

test('all that was started ends when the one in the middle is killed', async () => {
  const { pids } = await family();
  process.kill(pids[1]!, 'SIGKILL');
  await expect.poll(() => pids.filter(isAlive)).toEqual([]);
});
