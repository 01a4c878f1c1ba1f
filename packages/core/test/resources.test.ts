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

test('a process whose run waits for nothing but time lives until it has ended, and no longer', async () => {
  const script = `
    import { createOrchestrator, definePhase, definePipeline } from ${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)};
    let attempts = 0;
    const flaky = definePhase({ id: 'flaky', kind: 'io', retry: { attempts: 2, backoffMs: 5 }, run: () => {
      if ((attempts += 1) === 1) throw new Error('once');
      return 'mended';
    } });
    const stuck = definePhase({ id: 'stuck', kind: 'io', needs: { flaky }, timeout: 5, retry: { attempts: 1 }, run: () => new Promise(() => {}) });
    const pipeline = definePipeline({ id: 'p', version: '1', description: '', phases: [flaky, stuck], result: { phase: stuck, text: String } });
    const { phases, error } = await createOrchestrator().run(pipeline, { text: '', seed: 1 }).result;
    console.log(phases[0].status, error.code);`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  expect(stdout.trim()).toBe('fulfilled ERR_ORC_TIMEOUT');
});
