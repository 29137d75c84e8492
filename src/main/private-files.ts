import { chmodSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** What group and others may do with a file. */
const OTHERS = 0o077;

/**
 * Takes the rights of other users away from a file or a folder with all that is in it. Windows keeps rights elsewhere, and nothing happens there. Links
 * are left alone; a path that is gone is fine.
 */
export function keepPrivate(path: string): void {
  if (process.platform === 'win32') return;
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found || found.isSymbolicLink()) return;
  // The folder first: while it is open, somebody may still come in.
  if ((found.mode & OTHERS) !== 0) chmodSync(path, found.mode & 0o700);
  if (found.isDirectory()) for (const name of readdirSync(path)) keepPrivate(join(path, name));
}
