import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { startChild } from './child.ts';

const root = join(import.meta.dirname, '..');

/** A process of ours that can be stopped kindly, or killed as when the power goes. */
export type Running = {
  readonly url: string;
  /** What it said when it was ready. */
  readonly said: Readonly<Record<string, unknown>>;
  readonly process: ChildProcess;
  readonly stop: () => Promise<void>;
  readonly kill: () => Promise<void>;
};

/** Starts a script of ours and waits for the line that says it is ready. Throws with its last words when it ends before. */
export async function startScript(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Running> {
  const child = startChild(args, { cwd: root, env, stderr: 'pipe' });
  let errors = '';
  child.stderr?.on('data', chunk => {
    errors = (errors + String(chunk)).slice(-4000);
  });
  const said = await new Promise<Record<string, unknown>>((resolve, reject) => {
    createInterface({ input: child.stdout! }).on('line', line => {
      if (line.startsWith('{"ready":true')) resolve(JSON.parse(line) as Record<string, unknown>);
    });
    child.once('exit', code => reject(new Error(`${args[0]} ended with ${code} before it was ready: ${errors}`)));
  });
  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>(resolve => child.once('exit', () => resolve()));
    child.kill(signal);
    await ended;
  };
  return { said, url: String(said.url), process: child, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') };
}
