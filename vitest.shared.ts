import { fileURLToPath } from 'node:url';

import { defineConfig } from 'vitest/config';

/** What every package's `vitest.config.ts` starts from. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    setupFiles: [fileURLToPath(new URL('test-support/unhandled.ts', import.meta.url))],
    dangerouslyIgnoreUnhandledErrors: false,
    restoreMocks: true,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // Some files start processes and threads of their own; two cores are enough for one more level only.
    maxWorkers: 2,
    pool: 'forks',
  },
});
