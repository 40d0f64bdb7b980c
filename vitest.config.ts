import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: [
      'packages/*/tests/**/*.test.ts',
      'benchmarks/tests/**/*.test.ts',
      'apps/tests/**/*.test.ts',
      'docs/tests/**/*.test.ts',
    ],
    globalSetup: './vitest.setup.ts',
    exclude: ['**/node_modules/**', '**/fixtures/**'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Every end-to-end test owns processes of its own: more workers than cores only makes them wait.
    maxWorkers: 2,
  },
})
