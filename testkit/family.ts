/** For tools/child.test.ts: a parent with a child that ends only when it is told to. Prints both process ids when the child is ready. */
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startChild } from '../tools/child.ts';

if (process.argv[2] === 'child') {
  setInterval(() => undefined, 1000);
  process.stdout.write(`${process.pid}\n`);
} else {
  const child = startChild([import.meta.filename, 'child'], { cwd: join(import.meta.dirname, '..') });
  createInterface({ input: child.stdout! }).once('line', line => process.stdout.write(`${process.pid} ${line}\n`));
}
