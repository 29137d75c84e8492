import { defineConfig } from 'vitest/config';

/** Files run one after the other where they share a database server or the clock of a child process; each suite stays quick by itself. */
export default defineConfig({
  test: {
    environment: 'node',
    testTimeout: 30_000,
    hookTimeout: 60_000,
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
