import { readFileSync } from 'node:fs';
import { join } from 'node:path';

let list: ReadonlySet<string> | null = null;

/**
 * The commonest passwords of known breaches, in lower case, the commonest first: about 20,000. They are held locally, so that no part of a
 * password leaves the installation. Source and licence stand at the head of the file.
 */
export function commonPasswords(): ReadonlySet<string> {
  list ??= new Set(
    readFileSync(join(import.meta.dirname, 'common-passwords.txt'), 'utf8')
      .split('\n')
      .filter(line => line !== '' && !line.startsWith('#')),
  );
  return list;
}
