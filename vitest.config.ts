import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    globalSetup: './vitest.setup.ts',
    // Every end-to-end test owns processes of its own, and waits for them a part of the time: one worker
    // more than the two cores of the machine that lands uses that; more only makes them wait.
    maxWorkers: 3,
    projects: [
      {
        extends: true,
        test: {
          name: 'all',
          include: [
            'packages/*/tests/**/*.test.ts',
            'benchmarks/tests/**/*.test.ts',
            'apps/tests/**/*.test.ts',
            'docs/tests/**/*.test.ts',
            'packed/tests/**/*.test.ts',
          ],
        },
      },
      {
        extends: true,
        test: {
          // As on macOS and Windows.
          name: 'chokidar',
          include: ['packages/hot-hook/tests/e2e/watch/**/*.test.ts'],
          env: {
            HOT_HOOK_WATCHER: 'chokidar',
            HOT_HOOK_TEST_NODE: process.env.HOT_HOOK_TEST_NODE ?? '24',
          },
        },
      },
    ],
    exclude: ['**/node_modules/**', '**/fixtures/**'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
