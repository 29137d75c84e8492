import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The only script of the pages: browsers offer passkeys to scripts alone. */
export const PASSKEY_SCRIPT = {
  name: 'passkey',
  source: readFileSync(join(import.meta.dirname, 'passkey-script.js'), 'utf8'),
} as const;
