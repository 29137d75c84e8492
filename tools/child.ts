import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const guard = pathToFileURL(join(import.meta.dirname, 'end-with-parent.mjs')).href;

/** What tells a process to end. */
export const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Starts a script of ours that ends when this process ends, by whatever signal. Its standard output is a pipe. */
export const startChild = (
  args: readonly string[],
  {
    cwd,
    env = {},
    stderr = 'inherit',
  }: {
    readonly cwd: string;
    readonly env?: Readonly<Record<string, string>>;
    readonly stderr?: 'inherit' | 'pipe';
  },
): ChildProcess =>
  spawn(process.execPath, ['--import', guard, ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', stderr, 'pipe'],
  });
