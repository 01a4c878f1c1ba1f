import { spawnSync } from 'node:child_process';

import { expect, test } from 'vitest';

import { defineTask, Scheduler } from '../dist/index.js';
import { endPool, poolOfOne } from '../dist/pool-of-one.js';

const module = new URL('fixtures/tasks.mjs', import.meta.url);
const task = <I = unknown, O = unknown>(name: string) => defineTask<I, O>({ module, export: name });
const double = task<number, number>('double');

test('what a thread said before it exited counts', async () => {
  await using scheduler = new Scheduler({ maxWorkers: 1 });
  for (let round = 0; round < 5; round += 1) {
    expect(await scheduler.submit({ task: task('lastWords'), input: undefined })).toBe('last words');
    expect(await scheduler.submit({ task: double, input: 4 })).toBe(8);
  }
});

test('a task that reads its signal long after it has ended takes no call away from those that come', async () => {
  await using scheduler = new Scheduler({ maxWorkers: 1, gracePeriodMs: 10_000 });
  const go = new Int32Array(new SharedArrayBuffer(4));
  const controller = new AbortController();
  const onProgress = (): void => {
    controller.abort('enough');
    Atomics.store(go, 0, 1);
  };
  const leaking = scheduler.submit({ task: task('leakSignal'), input: go, onProgress }, { signal: controller.signal });
  await expect(leaking).rejects.toBe('enough');
  for (let input = 0; input < 30; input += 1) expect(await scheduler.submit({ task: double, input })).toBe(input * 2);
  expect(scheduler.stats().threadsStarted).toBe(1);
});

test('a flood of progress arrives whole, in order and before the result', async () => {
  await using scheduler = new Scheduler({ maxWorkers: 1 });
  const seen: unknown[] = [];
  const work = { task: task('stepsFlat'), input: 50_000, onProgress: (value: unknown) => void seen.push(value) };
  expect(await scheduler.submit(work)).toBe(50_000);
  expect(seen).toHaveLength(50_000);
  expect(seen.every((value, index) => value === index)).toBe(true);
});

/** Runs a script on its own; `node --input-type=module -e` is how many a reader tries a library first. */
function script(body: string): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const text = `import { defineTask, Scheduler } from ${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)};
    const task = (name) => defineTask({ module: ${JSON.stringify(module.href)}, export: name });
    ${body}`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', text], { encoding: 'utf8' });
}

test('all that a task has printed is out when its result is there, and threads start under --input-type', () => {
  const { stdout, stderr, status } = script(`
    const scheduler = new Scheduler({ maxWorkers: 1 });
    const lines = await scheduler.submit({ task: task('print'), input: 3000 });
    await scheduler.close();
    console.log('then', lines);`);
  expect(stderr).toBe('');
  expect(stdout.trim().split('\n')).toHaveLength(3001);
  expect(stdout.trim().split('\n').at(-1)).toBe('then 3000');
  expect(status).toBe(0);
});

test('a task in progress keeps the process alive, an idle thread does not', () => {
  const { stdout, stderr, status } = script(`
    const scheduler = new Scheduler({ maxWorkers: 1 });
    await scheduler.submit({ task: task('double'), input: 1 });
    void scheduler.submit({ task: task('later'), input: 'done' }).then(console.log);`);
  expect(stderr).toBe('');
  expect(stdout).toBe('done\n');
  expect(status).toBe(0);
});

test.each(['outOfMemory', 'exit', 'exitLater', 'throwLate', 'rejectNowhere'])(
  'the process waits for what becomes of a thread that dies: %s',
  (name) => {
    const { stdout, status } = script(`
      const scheduler = new Scheduler({ maxWorkers: 1, maxThreadMemoryMb: 24 });
      const codes = [];
      for (let round = 0; round < 5; round += 1)
        codes.push(await scheduler.submit({ task: task('${name}'), input: 1 }).catch(({ code }) => code.slice(0, 20)));
      await scheduler.close();
      console.log(codes.join(' '));`);
    expect(stdout.trim()).toBe(Array.from({ length: 5 }, () => 'ERR_SCHEDULER_THREAD').join(' '));
    expect(status).toBe(0);
  },
);

test('an idle scheduler that was never closed lets the process end', () => {
  const { stdout, status } = script(`
    const scheduler = new Scheduler();
    console.log(await Promise.all([1, 2, 3].map((input) => scheduler.submit({ task: task('double'), input }))));`);
  expect(stdout).toBe('[ 2, 4, 6 ]\n');
  expect(status).toBe(0);
});

test('a thread that fails while it is being ended ends quietly', async () => {
  const errors: unknown[] = [];
  const pool = poolOfOne(undefined, (error) => void errors.push(error));
  const [worker] = pool.threads;
  const ended = endPool(pool);
  worker?.emit('error', new TypeError('at the last moment'));
  await ended;
  expect(errors).toEqual([new TypeError('at the last moment')]);
  expect(pool.threads).toEqual([]);
});
