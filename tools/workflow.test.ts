import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

type Step = { uses?: string; run?: string; if?: string; with?: Record<string, unknown>; env?: Record<string, string> };
type Job = {
  'runs-on': string;
  'timeout-minutes'?: number;
  permissions?: unknown;
  strategy?: { matrix: { os: string[] } };
  services?: Record<string, { image: string }>;
  env?: Record<string, string>;
  steps: Step[];
};
type Workflow = {
  on: Record<string, unknown>;
  permissions: unknown;
  concurrency: { group: string };
  jobs: Record<string, Job>;
};

const root = join(import.meta.dirname, '..');
const folder = join(root, '.github', 'workflows');
const workflows = readdirSync(folder).map(name => {
  const text = readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n');
  return { name, text, workflow: parse(text) as Workflow };
});
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
const stepsOf = (job: Job) => job.steps.map(step => step.run ?? step.uses ?? '');

describe.each(workflows)('$name', ({ text, workflow }) => {
  const jobs = Object.entries(workflow.jobs);
  const steps = jobs.flatMap(([, job]) => job.steps);

  test('never runs a stranger’s code with our rights', () => {
    expect(Object.keys(workflow.on)).not.toContain('pull_request_target');
    expect(Object.keys(workflow.on)).not.toContain('workflow_run');
    expect(workflow.permissions).toEqual({ contents: 'read' });
    for (const [, job] of jobs) expect(job.permissions).toBeUndefined();
    expect(text).not.toMatch(/\bsecrets\./);
  });

  test('a title or a branch name never becomes part of a command', () => {
    for (const step of steps) expect(step.run ?? '').not.toMatch(/\$\{\{/);
  });

  test('every job ends by itself, and a newer push replaces an older one', () => {
    for (const [name, job] of jobs) expect(job['timeout-minutes'], name).toBeLessThanOrEqual(60);
    expect(workflow.concurrency.group).toContain('github.ref');
  });

  test('OP-10: every action is pinned by its commit, with the version beside it', () => {
    const used = [...text.matchAll(/uses: (.*)$/gm)].map(([, use = '']) => use);
    expect(used.length).toBe(steps.filter(step => step.uses).length);
    for (const use of used) expect(use).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    for (const step of steps.filter(one => one.uses?.startsWith('actions/checkout@')))
      expect(step.with?.['persist-credentials']).toBe(false);
  });

  test('what it runs is there', () => {
    const commands = steps.map(step => step.run ?? '').join('\n');
    for (const [, name = ''] of commands.matchAll(/npm (?:run )?(test|start|[\w:]+)(?= |$)/gm))
      if (!['ci', 'audit'].includes(name)) expect(Object.keys(scripts)).toContain(name);
    for (const [, path = ''] of commands.matchAll(/\b((?:tools|backend)\/[\w./-]+)/g))
      expect(readFileSync(join(root, path), 'utf8').length).toBeGreaterThan(0);
  });
});

describe('what a change must pass', () => {
  const { jobs } = workflows.find(({ name }) => name === 'ci.yml')!.workflow;
  const testing = Object.values(jobs).filter(job => stepsOf(job).some(step => /npm test$/.test(step)));

  test('the whole test run on Linux, Windows and macOS, with Node 24 and a real Electron', () => {
    const systems = testing.flatMap(job => job.strategy?.matrix.os ?? [job['runs-on']]);
    expect(systems.map(os => os.split('-')[0]).sort()).toEqual(['macos', 'ubuntu', 'windows']);
    for (const job of testing) {
      expect(stepsOf(job).some(step => step.includes('electron/install.js'))).toBe(true);
      expect(stepsOf(job)).toContain('npm ci');
      const node = job.steps.find(step => step.uses?.startsWith('actions/setup-node@'));
      expect(node?.with?.['node-version']).toBe(24);
      const kept = job.steps.find(step => step.uses?.startsWith('actions/upload-artifact@'));
      expect(kept).toMatchObject({ if: 'failure()', with: { path: expect.stringContaining('out/e2e') } });
    }
  });

  test('on Linux with a display and a PostgreSQL beside the embedded one, which a variable must not replace', () => {
    const linux = testing.find(job => job['runs-on'].startsWith('ubuntu'))!;
    expect(stepsOf(linux).some(step => /^xvfb-run .*npm test$/.test(step))).toBe(true);
    expect(linux.services?.postgres?.image).toMatch(/^postgres:\d+/);
    const names = [linux.env, ...linux.steps.map(step => step.env)].flatMap(env => Object.keys(env ?? {}));
    expect(names).not.toContain('ASTRIX_TEST_DATABASE_URL');
  });

  test('OP-09: advisories are asked about once a week, whoever pushes, and a grave one fails the run', () => {
    const { on } = workflows.find(({ name }) => name === 'ci.yml')!.workflow;
    expect(on.schedule).toEqual([{ cron: expect.stringMatching(/^\d+ \d+ \* \* [0-6]$/) }]);
    const asking = Object.values(jobs).filter(job => stepsOf(job).some(step => step.startsWith('npm audit')));
    expect(asking).toHaveLength(1);
    // A grave advisory on what is shipped ends the job, and nothing makes that harmless.
    expect(stepsOf(asking[0]!)).toContain('npm audit --audit=true --audit-level=high --omit=dev');
    expect(JSON.stringify(asking)).not.toMatch(/continue-on-error|\|\|/);
  });
});
