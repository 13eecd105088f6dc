import { availableParallelism } from 'node:os';
import { defineConfig, type ViteUserConfig } from 'vitest/config';

const results = process.env.FERROSCOPE_TEST_RESULTS;
const tests = ['src/**/*.test.ts', 'test/**/*.test.ts'];
const slow = ['**/*.slow.test.ts'];

/** `npm test` runs the project 'fast', `npm run test:slow` the project 'slow'; `npx vitest run FILE` finds a file of either. */
const config: ViteUserConfig = defineConfig({
  test: {
    pool: 'forks',
    // Most tests keep one core busy; Vitest would leave the second of two idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        test: {
          name: 'fast',
          include: tests,
          exclude: ['**/node_modules/**', ...slow],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'slow',
          include: slow,
          exclude: ['**/node_modules/**'],
          testTimeout: 900_000,
          hookTimeout: 900_000,
        },
      },
    ],
    ...(results ? { reporters: ['default', 'json'], outputFile: { json: results } } : {}),
  },
});

export default config;
