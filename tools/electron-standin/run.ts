/** Runs the unmodified main bundle over the stand-in: `node tools/electron-standin/run.ts out/main/index.js`. Prints where the window is. */
import { registerHooks } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startHost } from './host.ts';

const standin = pathToFileURL(join(import.meta.dirname, 'electron.ts')).href;
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron' || specifier === 'electron/main'
      ? { url: standin, shortCircuit: true }
      : next(specifier, context),
});

Object.defineProperty(process, 'type', { value: 'browser' });
Object.defineProperty(process.versions, 'electron', { value: '45.4.1' });

const url = await startHost();
const { app, fireReady } = await import('./electron.ts');
await import(pathToFileURL(resolve(process.argv[2] ?? 'out/main/index.js')).href);
fireReady();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => app.quit());
process.stdout.write(`${JSON.stringify({ ready: true, url, tray: url.replace(/\/open$/, '/tray') })}\n`);
