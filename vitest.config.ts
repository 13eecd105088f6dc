import { defineConfig, type ViteUserConfig } from 'vitest/config';

const results = process.env.FERROSCOPE_TEST_RESULTS;

const config: ViteUserConfig = defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    ...(results ? { reporters: ['default', 'json'], outputFile: { json: results } } : {}),
  },
});

export default config;
