import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    environment: 'node',
    // Only a guard against a test that hangs: it must not end one that waits for its share of a busy machine.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    pool: 'forks',
    maxWorkers: 2,
    exclude: ['**/node_modules/**', 'e2e/**', 'out/**'],
    projects: [
      {
        extends: true,
        test: { name: 'backend', include: ['contract/**/*.test.ts', 'backend/**/*.test.ts', 'sdk/**/*.test.ts'] },
      },
      { extends: true, test: { name: 'console', include: ['src/**/*.test.ts', 'tools/**/*.test.ts'] } },
    ],
  },
});
