import { setImmediate } from 'node:timers';

import { afterEach } from 'vitest';

/**
 * Set-up of every test file: a rejection or an exception that nobody looks after fails the test in which it came, and not only the whole
 * run. Processes that tests start end with one by themselves: Node.js throws it.
 */
const unhandled: unknown[] = [];
process.on('unhandledRejection', (reason) => void unhandled.push(reason));
process.on('uncaughtException', (error) => void unhandled.push(error));

afterEach(async () => {
  // It is told when the microtasks have run; the timers are those of before the test faked them.
  await new Promise<void>((resolve) => {
    setImmediate(resolve);
  });
  const first = unhandled[0];
  if (unhandled.splice(0).length > 0)
    throw new Error('Nobody looked after a rejection or an exception in this test', { cause: first });
});
