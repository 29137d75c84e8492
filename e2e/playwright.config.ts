import { join } from 'node:path';
import { defineConfig } from '@playwright/test';

const out = join(import.meta.dirname, '..', 'out', 'e2e');

/** One after the other: each journey has a backend, a sandbox and a console of its own, on two cores. */
export default defineConfig({
  testDir: import.meta.dirname,
  testMatch: '*.spec.ts',
  workers: 1,
  timeout: 90_000,
  expect: { timeout: 10_000 },
  outputDir: join(out, 'results'),
  reporter: process.env.ASTRIX_E2E_REPORT
    ? [['list'], ['json', { outputFile: process.env.ASTRIX_E2E_REPORT }]]
    : [['list']],
});
