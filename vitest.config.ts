import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: ['packages/*/vitest.config.ts'],
    // Some files start processes and threads of their own: leave room for them.
    maxWorkers: 2,
  },
});
