import { chmodSync, lstatSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** What group and others may do with a file. */
const OTHERS = 0o077;

/** Makes the folder, or takes the rights of other users away from one that is there. Windows keeps rights elsewhere, and nothing happens there. */
export function privateFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  keepPrivate(path);
}

/** Takes the rights of other users away from a file or a folder with all that is in it. Links are left alone; a path that is gone is fine. */
export function keepPrivate(path: string): void {
  if (process.platform === 'win32') return;
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found || found.isSymbolicLink()) return;
  // The folder first: while it is open, somebody may still come in.
  if ((found.mode & OTHERS) !== 0) chmodSync(path, found.mode & 0o700);
  if (found.isDirectory()) for (const name of readdirSync(path)) keepPrivate(join(path, name));
}
