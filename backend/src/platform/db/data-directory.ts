import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { privateFolder } from '../files/index.ts';

/**
 * Keeps the directory for this process and answers the function that gives it up. Throws when another process has it.
 *
 * A lock of the operating system on an empty SQLite file decides: it ends with the process, however that ends, and no two processes can
 * take it at once. A number in a file can do neither, because numbers of processes come again. `astrix.pid` only says whom to stop.
 */
export function takeDirectory(dataDir: string): () => void {
  privateFolder(dataDir);
  const pidFile = join(dataDir, 'astrix.pid');
  const lock = new DatabaseSync(join(dataDir, 'astrix.lock'), { timeout: 0 });
  try {
    lock.exec('begin exclusive');
  } catch (error) {
    lock.close();
    if ((error as { errcode?: number }).errcode !== SQLITE_BUSY) throw error;
    throw new Error(
      `The data directory ${dataDir} is in use by process ${ownerIn(pidFile)}. Stop that one, or choose another directory.`,
      { cause: error },
    );
  }
  writeFileSync(pidFile, String(process.pid), { mode: 0o600 });
  held.add(lock);
  return () => {
    rmSync(pidFile, { force: true });
    held.delete(lock);
    lock.close();
  };
}

const SQLITE_BUSY = 5;

/** A lock that nobody refers to any more is collected, and with it the lock of the operating system. */
const held = new Set<DatabaseSync>();

/** The owner writes its number right after it has taken the lock. */
function ownerIn(pidFile: string): string {
  try {
    return readFileSync(pidFile, 'utf8').trim();
  } catch {
    return 'that has just started';
  }
}
