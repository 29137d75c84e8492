/** `npm run bench`: runs each benchmark in a process of its own; `--write` puts the tables into docs/benchmarks.md. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type BenchReport, machine, markdown, OUT } from './report.ts';

const BENCHES = ['ingest', 'cache', 'start', 'egress', 'connections'] as const;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { write: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
});

if (values.help) {
  process.stdout.write(
    `Usage: npm run bench -- [${BENCHES.join('|')}…] [--write]\n  --write   put the tables into docs/benchmarks.md\n`,
  );
  process.exit(0);
}
const unknown = positionals.filter(name => !(BENCHES as readonly string[]).includes(name));
if (unknown.length > 0) {
  process.stderr.write(`There is no benchmark called ${unknown.join(', ')}. Known: ${BENCHES.join(', ')}.\n`);
  process.exit(2);
}

let failed = 0;
for (const name of positionals.length > 0 ? positionals : BENCHES) {
  process.stdout.write(`\n# ${name}\n`);
  const run = spawnSync(process.execPath, [join(import.meta.dirname, `${name}.ts`)], { stdio: 'inherit' });
  if (run.status !== 0) failed += 1;
}

if (values.write) {
  const order = (file: string) => BENCHES.findIndex(name => file.startsWith(name));
  const reports = existsSync(OUT)
    ? readdirSync(OUT)
        .filter(file => file.endsWith('.json') && order(file) >= 0)
        .sort((a, b) => order(a) - order(b))
        .map(file => JSON.parse(readFileSync(join(OUT, file), 'utf8')) as BenchReport)
    : [];
  const head = [
    '# Benchmarks',
    '',
    'Measured by `npm run bench -- --write`; ours and the peer ran side by side in the same run, on the same machine. Numbers differ from machine to machine, ratios less so.',
    '',
    `Machine: ${machine()}.`,
    '',
  ];
  const page = [...head, ...reports.map(markdown)].join('\n').trimEnd();
  writeFileSync(join(import.meta.dirname, '..', 'docs', 'benchmarks.md'), `${page}\n`);
}
process.exit(failed === 0 ? 0 : 1);
