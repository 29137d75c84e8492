/** `npm run compose:env`: makes the two files with secrets that backend/compose.yaml reads. Never replaces one: the key in it opens what it sealed. */
import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, '..', 'backend', 'compose');

/** The text of both files, with fresh secrets. */
export function composeEnv(): Readonly<Record<'backend.env' | 'database.env', string>> {
  const password = randomBytes(24).toString('base64url');
  return {
    'backend.env': `DATABASE_URL=postgres://astrix:${password}@database:5432/astrix
# Opens everything that is sealed in the database. Keep a copy outside of it and of its backups.
ASTRIX_KEK=${randomBytes(32).toString('base64')}
ASTRIX_METRICS_TOKEN=${randomBytes(24).toString('base64url')}
# From the WhatsApp app in Meta's dashboard; while it is empty every delivery is answered with 503.
ASTRIX_WHATSAPP_APP_SECRET=
# Type the same one into the dashboard.
ASTRIX_WHATSAPP_VERIFY_TOKEN=${randomBytes(24).toString('base64url')}
# Addresses of the proxy in front, separated by commas.
ASTRIX_TRUSTED_PROXIES=
`,
    'database.env': `POSTGRES_PASSWORD=${randomBytes(24).toString('base64url')}
ASTRIX_DATABASE_PASSWORD=${password}
`,
  };
}

if (process.argv[1] === import.meta.filename) {
  const files = Object.entries(composeEnv()).map(([name, text]) => ({ path: join(FOLDER, name), text }));
  const there = files.find(file => existsSync(file.path));
  if (there) {
    process.stderr.write(`${there.path} is there already; what it sealed needs it. Nothing was changed.\n`);
    process.exit(1);
  }
  for (const { path, text } of files) {
    writeFileSync(path, text, { mode: 0o600, flag: 'wx' });
    process.stdout.write(`${path}\n`);
  }
}
