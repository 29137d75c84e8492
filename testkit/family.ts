/** For tools/child.test.ts: a parent with a child that ends only when it is told to. Prints both process ids when the child is ready. */
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';
import { startChild } from '../tools/child.ts';

if (process.argv[2] === 'child') {
  setInterval(() => undefined, 1000);
  // Threads come and go beside it, as those of the cache do.
  for (let n = 0; n < 2; n += 1) await once(new Worker('', { eval: true }), 'exit');
  process.stdout.write(`${process.pid}\n`);
} else {
  const child = startChild([import.meta.filename, 'child'], { cwd: join(import.meta.dirname, '..') });
  createInterface({ input: child.stdout! }).once('line', line => process.stdout.write(`${process.pid} ${line}\n`));
}
