import { join } from 'node:path';
import { defineConfig } from '@playwright/test';

const out = join(import.meta.dirname, '..', 'out', 'e2e');

/** One after the other: each journey has a backend, a sandbox and a console of its own, on two cores. */
export default defineConfig({
  testDir: import.meta.dirname,
  testMatch: '*.spec.ts',
  workers: 1,
  // Only guards against a journey that hangs: they must not end one that waits for its share of a busy machine.
  timeout: 600_000,
  expect: { timeout: 120_000 },
  outputDir: join(out, 'results'),
  reporter: process.env.ASTRIX_E2E_REPORT
    ? [['list'], ['json', { outputFile: process.env.ASTRIX_E2E_REPORT }]]
    : [['list']],
});
