/** The last step of tools/ensure.mjs, by itself so that a test can start it: runs on Node 20 and without any dependency. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const guard = pathToFileURL(join(import.meta.dirname, 'end-with-parent.mjs')).href;

/**
 * Runs a script under `node` and ends with its exit code. Signals that tell this process to end are handed on; when it is killed, the script
 * is told to end as well.
 */
export function runScript(node, args, { env = process.env, shell = false } = {}) {
  const child = spawn(node, ['--import', guard, ...args], {
    env,
    shell,
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
  });
  // npm ends before what it started when it is killed; nobody tells this process then.
  const parent = process.ppid;
  const orphaned = setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), 500);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', error => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', code => {
    clearInterval(orphaned);
    process.exit(code ?? 1);
  });
}
