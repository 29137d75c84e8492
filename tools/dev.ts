/**
 * `npm run dev`: what `npm start` brings, with a window that is drawn from the sources. A change in src/renderer shows at once and keeps
 * the state; main, preload and backend are started as `npm start` builds them.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { serveWindow } from './dev-window.ts';

const PORT = 4795;
const root = join(import.meta.dirname, '..');
const stack = spawn(
  process.execPath,
  [join(root, 'tools', 'start.ts'), '--stand-in', '--no-open', ...process.argv.slice(2)],
  { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
);
stack.once('exit', code => process.exit(code ?? 1));
// Ctrl-C reaches both; this one ends when everything that it started has.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stack.kill(signal));

createInterface({ input: stack.stdout }).on('line', line => {
  const [, address] = /^ {2}Console +(http:\S+)$/.exec(line) ?? [];
  if (!address) return void process.stdout.write(`${line}\n`);
  serveWindow(address, PORT).then(
    ({ url }) =>
      process.stdout.write(`  Window             ${url} (changes show at once; without the policies of the product)\n`),
    (error: Error) => {
      process.stderr.write(`The window could not be served: ${error.message}\n`);
      stack.kill('SIGTERM');
    },
  );
});
