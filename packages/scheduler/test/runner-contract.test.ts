import { afterAll, describe, test } from 'vitest';

import { inlineRunner, Scheduler, threadRunner } from '../dist/index.js';
import { contractTasks, runnerContract } from '../dist/testing/index.js';

describe('the inline runner', () => {
  for (const { name, run } of runnerContract(() => inlineRunner(contractTasks))) test(name, run);
});

describe('the thread runner', () => {
  const scheduler = new Scheduler({ maxWorkers: 4, maxThreads: 2, gracePeriodMs: 20 });
  afterAll(() => scheduler.close());
  for (const { name, run } of runnerContract(() => threadRunner(scheduler, contractTasks))) test(name, run);
});
