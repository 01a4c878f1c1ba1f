import { expect, test } from 'vitest';

import { defineTask, Scheduler } from '../dist/index.js';

const steps = defineTask<number, { steps: number }>({
  module: new URL('fixtures/tasks.mjs', import.meta.url),
  export: 'steps',
});

test('a result that arrives as an event, before the reply that announces it, is not lost', async () => {
  await using scheduler = new Scheduler({ maxWorkers: 4 });
  // Two ports have no order between them: over many calls, on several threads, both orders come up.
  const results = await Promise.all(
    Array.from({ length: 400 }, () => scheduler.submit({ task: steps, input: 1, onProgress: () => undefined })),
  );
  expect(results.every((result) => result.steps === 1)).toBe(true);
});
