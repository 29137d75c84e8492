/** Runs the journeys on real Electron where its binary is, else over the stand-in; says which, and never counts what did not run. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from '../tools/build.ts';
import { inKeyring } from '../tools/keyring.ts';
import { CHROMIUM, electronBinary } from './stage.ts';

const root = join(import.meta.dirname, '..');
const { values, positionals } = parseArgs({ allowPositionals: true, options: { report: { type: 'string' } } });

if (inKeyring(import.meta.filename)) {
  const electron = electronBinary();
  process.stdout.write(
    electron
      ? `Journeys on Electron: ${electron}\n`
      : `Journeys over the stand-in${CHROMIUM ? '' : ', in the browser that Playwright brings'}; no Electron binary is here, so nothing is claimed for it.\n`,
  );
  if (!build()) process.exit(1);
  const run = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules', '@playwright', 'test', 'cli.js'),
      'test',
      '-c',
      join(import.meta.dirname, 'playwright.config.ts'),
      ...positionals,
    ],
    {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, ...(values.report ? { ASTRIX_E2E_REPORT: values.report } : {}) },
    },
  );
  process.exit(run.status ?? 1);
}
