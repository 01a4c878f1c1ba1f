import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { expect, test } from 'vitest';

interface State {
  readonly heap: number;
  readonly handles: number;
  readonly listeners: number;
}

test('ten thousand runs in one process leave heap, handles and listeners where they were, and closing leaves nothing', async () => {
  // A process of its own: a test runner's heap says nothing. It imports the build, as users do.
  const script = fileURLToPath(new URL('fixtures/many-runs.mjs', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', script, '10000']);
  const { early, late, end } = JSON.parse(stdout) as { early: State; late: State; end: { handles: number } };
  expect(late.heap).toBeLessThan(early.heap * 1.05);
  expect(late.handles).toBe(early.handles);
  expect(late.listeners).toBe(0);
  expect(end.handles).toBe(0);
});
