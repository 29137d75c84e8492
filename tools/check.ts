/** `npm run check`: format, lint, types, dead code. The boundaries between the rooms are checked by tools/boundaries.test.ts. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const bin = (name: string) => join(root, 'node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name);

type Step = { readonly what: string; readonly command: string; readonly args: readonly string[] };

export const CHECKS: readonly Step[] = [
  { what: 'format and lint', command: bin('biome'), args: ['check', '--error-on-warnings', '.'] },
  { what: 'types of backend, main and tools', command: bin('tsc'), args: ['-p', '.'] },
  { what: 'types of the renderer', command: bin('tsc'), args: ['-p', 'src/renderer'] },
  { what: 'dead code and undeclared packages', command: bin('knip'), args: ['--no-progress', '--exclude', 'types'] },
];

export function runCheck(step: Step): boolean {
  const run = spawnSync(step.command, [...step.args], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  return run.status === 0;
}

if (process.argv[1] === import.meta.filename) {
  const failed = CHECKS.filter(step => !runCheck(step));
  for (const step of failed) process.stderr.write(`Failed: ${step.what}\n`);
  process.exit(failed.length === 0 ? 0 : 1);
}
