import { defineConfig } from 'vitest/config';
import { repeated } from './testkit/repeated.ts';
import { SlowestFirst } from './tools/slowest-first.ts';
import { BACKEND_FOLDERS, CONSOLE_FOLDERS, needsOwnProcess, testFilesIn } from './tools/test-files.ts';

/** A project, and beside it the same for the files that need a process of their own. */
function project(name: string, folders: readonly string[]) {
  const files = testFilesIn(folders);
  return [
    { extends: true as const, test: { name, include: files.filter(file => !needsOwnProcess(file)), isolate: false } },
    { extends: true as const, test: { name: `${name}-alone`, include: files.filter(needsOwnProcess) } },
  ];
}

export default defineConfig({
  test: {
    environment: 'node',
    // Only a guard against a test that hangs: it must not end one that waits for its share of a busy machine.
    testTimeout: repeated(600_000, 7_200_000),
    hookTimeout: 600_000,
    // What is polled for happens sooner or later: how soon is a matter of the machine.
    expect: { poll: { timeout: 300_000, interval: 20 } },
    pool: 'forks',
    maxWorkers: 2,
    sequence: { sequencer: SlowestFirst },
    projects: [...project('backend', BACKEND_FOLDERS), ...project('console', CONSOLE_FOLDERS)],
  },
});
