import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    globalSetup: './vitest.setup.ts',
    // Every end-to-end test owns processes of its own, and waits about half of the time: for them, or for
    // what takes 5 s. Twice the two cores of the machine that lands uses that.
    maxWorkers: 4,
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
          include: [
            'packages/hot-hook/tests/e2e/watch/**/*.test.ts',
            'packages/hot-hook/tests/e2e/options/permission.test.ts',
            'packages/hot-hook/tests/e2e/loader/light-start.test.ts',
            'packages/hot-hook/tests/e2e/reload/held-full-reload.test.ts',
          ],
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
