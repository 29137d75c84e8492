/**
 * `npm test`: everything that must hold before a change lands, in one summary. `--only check|unit|postgres|build|e2e` runs a part.
 * `npm run test:stress`: the exhaustive tests alone, as often as their controls ask (testkit/repeated.ts), on both databases; up to an hour.
 * The backend's suites run on the embedded database, and those that the database can matter to again on PostgreSQL: the one on localhost,
 * else a private one.
 */
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { CHECKS, runCheck } from './check.ts';
import { createPrivatePostgres, privatePostgresAvailable } from './private-postgres.ts';
import { BACKEND_FOLDERS, CONSOLE_FOLDERS, dependsOnDatabase, isRepeated, testFilesIn } from './test-files.ts';

const root = join(import.meta.dirname, '..');
const out = join(root, 'out', 'test');
const PARTS = ['check', 'unit', 'postgres', 'build', 'e2e'] as const;
type Part = (typeof PARTS)[number];

const { values } = parseArgs({
  options: { only: { type: 'string' }, stress: { type: 'boolean' }, help: { type: 'boolean' } },
});
if (values.help) {
  process.stdout.write(`Usage: npm test -- [--only ${PARTS.join('|')}]\n       npm run test:stress\n`);
  process.exit(0);
}
if (values.only !== undefined && !(PARTS as readonly string[]).includes(values.only)) {
  process.stderr.write(`There is no part called ${values.only}. Known: ${PARTS.join(', ')}.\n`);
  process.exit(2);
}
const wanted = (part: Part) =>
  values.stress
    ? part === 'unit' || part === 'postgres'
    : values.only === undefined || values.only === part || (values.only === 'e2e' && part === 'build');
const stressed = (files: readonly string[]) => (values.stress ? files.filter(isRepeated) : files);
if (values.stress) process.env.ASTRIX_STRESS = '1';

type Result = {
  readonly what: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly seconds: number;
  /** Title and first line of the message of what failed, repeated below the summary: a log may reach its reader without its middle. */
  readonly failures?: readonly string[];
};
const results: Result[] = [];

function report(
  what: string,
  started: number,
  counts: Pick<Result, 'passed' | 'failed' | 'failures'> & { skipped?: number },
): void {
  results.push({
    what,
    ...counts,
    skipped: counts.skipped ?? 0,
    seconds: Math.round((performance.now() - started) / 1000),
  });
}

function node(args: readonly string[], env: Record<string, string> = {}): number {
  return (
    spawnSync(process.execPath, [...args], { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } }).status ?? 1
  );
}

type VitestReport = {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numFailedTestSuites: number;
  testResults: {
    name: string;
    status: string;
    message: string;
    assertionResults: { status: string; fullName: string; failureMessages: string[] | null }[];
  }[];
};

const firstLine = (text: string | undefined): string => text?.split('\n', 1)[0]?.trim() ?? '';

const failuresOf = ({ testResults }: VitestReport): string[] =>
  testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(root, name);
    const failed = assertionResults.filter(test => test.status === 'failed');
    if (failed.length === 0 && status === 'failed') return [`${file}: ${firstLine(message)}`];
    return failed.map(test => `${file} › ${test.fullName}: ${firstLine(test.failureMessages?.[0])}`);
  });

function vitest(what: string, args: readonly string[], env: Record<string, string> = {}): void {
  process.stdout.write(`\n── ${what}\n`);
  const started = performance.now();
  const file = join(out, `${what.replaceAll(/\W+/g, '-')}.json`);
  const status = node(
    [
      join(root, 'node_modules', 'vitest', 'vitest.mjs'),
      'run',
      ...args,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${file}`,
    ],
    env,
  );
  const counts = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as VitestReport) : null;
  const failed = counts?.numFailedTests ?? 0;
  // A suite that could not even start has no failed test of its own.
  report(what, started, {
    passed: counts?.numPassedTests ?? 0,
    failed: status === 0 ? failed : Math.max(1, failed),
    skipped: counts?.numPendingTests ?? 0,
    failures: counts ? failuresOf(counts) : [],
  });
}

async function postgresUrl(): Promise<{ url: string; release: () => Promise<void> } | null> {
  const local = process.env.ASTRIX_TEST_DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';
  const client = new pg.Client({ connectionString: local, connectionTimeoutMillis: 2000 });
  try {
    await client.connect();
    await client.end();
    return { url: local, release: async () => undefined };
  } catch {
    if (!privatePostgresAvailable()) return null;
    const server = await createPrivatePostgres();
    return { url: server.url, release: server.remove };
  }
}

/** Starts the journeys with their output in a file. What is answered waits for their end, prints it and reports. */
function startJourneys(): () => Promise<void> {
  const [file, log] = [join(out, 'e2e.json'), join(out, 'e2e.log')];
  rmSync(file, { force: true });
  const output = openSync(log, 'w');
  const child = spawn(process.execPath, [join(root, 'e2e', 'run.ts'), '--report', file], {
    cwd: root,
    stdio: ['ignore', output, output],
  });
  const ended = new Promise<number>(resolve => child.once('exit', code => resolve(code ?? 1)));
  return async () => {
    const status = await ended;
    closeSync(output);
    process.stdout.write(readFileSync(log, 'utf8'));
    const stats = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as JourneyReport).stats : null;
    results.push({
      what: 'journeys',
      passed: stats?.expected ?? 0,
      failed: status === 0 ? 0 : Math.max(1, stats?.unexpected ?? 1),
      skipped: stats?.skipped ?? 0,
      seconds: Math.round((stats?.duration ?? 0) / 1000),
    });
  };
}
type JourneyReport = {
  stats: { expected: number; unexpected: number; skipped: number; duration: number };
};

mkdirSync(out, { recursive: true });
if (wanted('check')) {
  for (const step of CHECKS) {
    process.stdout.write(`\n── ${step.what}\n`);
    const started = performance.now();
    report(step.what, started, runCheck(step) ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });
  }
}
if (wanted('build')) {
  process.stdout.write('\n── build\n');
  const started = performance.now();
  const status = node([join(root, 'tools', 'build.ts')]);
  report('build', started, status === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });
}
// A journey waits for windows more than it works, so the journeys run beside the suites, which leave a third of two cores idle.
const journeys = wanted('e2e') ? startJourneys() : null;
if (wanted('unit'))
  vitest(
    'tests on the embedded database',
    values.stress ? stressed(testFilesIn([...BACKEND_FOLDERS, ...CONSOLE_FOLDERS])) : [],
  );
if (wanted('postgres')) {
  const postgres = await postgresUrl();
  if (postgres === null)
    process.stdout.write(
      '\nNo PostgreSQL answers and none can be started here: the suites ran on the embedded database only.\n',
    );
  else {
    const files = stressed(testFilesIn(BACKEND_FOLDERS).filter(dependsOnDatabase));
    vitest('backend on PostgreSQL', ['--project', 'backend*', ...files], {
      ASTRIX_TEST_DATABASE_URL: postgres.url,
    });
    await postgres.release();
  }
}
if (journeys) {
  process.stdout.write('\n── journeys in the built console\n');
  await journeys();
}

const sum = (key: 'passed' | 'failed' | 'skipped') => results.reduce((total, result) => total + result[key], 0);
process.stdout.write('\n');
for (const result of results)
  process.stdout.write(
    `${result.failed === 0 ? 'ok  ' : 'FAIL'}  ${result.what}: ${result.passed} passed, ${result.failed} failed, ${result.skipped} skipped (${result.seconds} s)\n`,
  );
for (const { what, failures = [] } of results)
  for (const failure of failures) process.stdout.write(`\n${what}: ${failure}\n`);
process.stdout.write(`\n${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped\n`);
process.exit(sum('failed') === 0 ? 0 : 1);
