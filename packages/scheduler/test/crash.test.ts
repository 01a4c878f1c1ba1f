import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { defineTask, isSchedulerError, Scheduler } from '../dist/index.js';
import type { SchedulerEvent } from '../dist/index.js';

const fixture = (name: string) => new URL(`./fixtures/${name}`, import.meta.url);
const task = (name: string) => defineTask<unknown, unknown>({ module: fixture('tasks.mjs'), export: name });
const double = defineTask<number, number>({ module: fixture('tasks.mjs'), export: 'double' });

/** What must not happen, whatever a task does: vitest itself fails a file with an uncaught exception, this names it. */
const uncaught: unknown[] = [];
const listener = (error: unknown) => void uncaught.push(error);
beforeAll(() => {
  process.on('uncaughtException', listener);
  process.on('unhandledRejection', listener);
  process.on('warning', listener);
});
afterAll(() => {
  process.off('uncaughtException', listener);
  process.off('unhandledRejection', listener);
  process.off('warning', listener);
  expect(uncaught).toEqual([]);
});

interface Row {
  readonly case: string;
  readonly work: { readonly task: ReturnType<typeof task>; readonly input?: unknown };
  readonly code: string | undefined;
  readonly message: RegExp;
  readonly timeoutMs?: number;
}

const table: Row[] = [
  {
    case: 'process.exit in a task',
    work: { task: task('exit') },
    code: 'ERR_SCHEDULER_THREAD_EXIT',
    message: /exited with code 3/,
  },
  {
    case: 'process.exit some time into a task',
    work: { task: task('exitLater') },
    code: 'ERR_SCHEDULER_THREAD_EXIT',
    message: /code 4/,
  },
  {
    case: 'process.reallyExit',
    work: { task: task('reallyExit') },
    code: 'ERR_SCHEDULER_THREAD_EXIT',
    message: /code 5/,
  },
  {
    case: 'an uncaught throw out of a timer',
    work: { task: task('throwLate') },
    code: 'ERR_SCHEDULER_THREAD_CRASH',
    message: /uncaught error.*late/,
  },
  {
    case: 'a rejection that nobody handles',
    work: { task: task('rejectNowhere') },
    code: 'ERR_SCHEDULER_THREAD_CRASH',
    message: /nobody caught me/,
  },
  {
    case: 'a message to a port that is not its own',
    work: { task: task('postMessage') },
    code: 'ERR_SCHEDULER_THREAD_CRASH',
    message: /Unexpected message/,
  },
  {
    case: 'more heap than there is',
    work: { task: task('outOfMemory') },
    code: 'ERR_SCHEDULER_THREAD_MEMORY',
    message: /out of memory/,
  },
  {
    case: 'a recursion without an end',
    work: { task: task('recurse') },
    code: undefined,
    message: /Maximum call stack/,
  },
  {
    case: 'an input that cannot be cloned',
    work: { task: task('echo'), input: { run() {} } },
    code: 'ERR_SCHEDULER_TASK_INPUT',
    message: /input of `echo`.*could not be cloned/,
  },
  {
    case: 'a result that cannot be cloned',
    work: { task: task('uncloneable') },
    code: 'ERR_SCHEDULER_TASK_RESULT',
    message: /result of `uncloneable`.*could not be cloned/,
  },
  {
    case: 'a function as the result',
    work: { task: task('aFunction') },
    code: 'ERR_SCHEDULER_TASK_RESULT',
    message: /result of `aFunction`/,
  },
  {
    case: 'a symbol as the result',
    work: { task: task('symbol') },
    code: 'ERR_SCHEDULER_TASK_RESULT',
    message: /result of `symbol`/,
  },
  {
    case: 'a thrown error that holds a function',
    work: { task: task('throwUncloneable') },
    code: 'E_FUNCTION',
    message: /with a function/,
  },
  {
    case: 'a module that throws when it is imported',
    work: { task: defineTask({ module: fixture('throws-on-import.mjs') }) },
    code: 'ERR_SCHEDULER_TASK_MODULE',
    message: /throws-on-import.*(?:Unexpected token|JSON)/,
  },
  {
    case: 'a module that exits when it is imported',
    work: { task: defineTask({ module: fixture('exits-on-import.mjs') }) },
    code: 'ERR_SCHEDULER_THREAD_EXIT',
    message: /code 9/,
  },
  {
    case: 'a module that does not exist',
    work: { task: defineTask({ module: fixture('nowhere.mjs') }) },
    code: 'ERR_SCHEDULER_TASK_MODULE',
    message: /Cannot find module/,
  },
  {
    case: 'an export that does not exist',
    work: { task: task('nope') },
    code: 'ERR_SCHEDULER_TASK_EXPORT',
    message: /to export a function `nope`, it exports .*`double`/,
  },
  {
    case: 'an export that is not a function',
    work: { task: task('notAFunction') },
    code: 'ERR_SCHEDULER_TASK_EXPORT',
    message: /function `notAFunction`/,
  },
  {
    case: 'TypeScript that this Node.js cannot run on a thread',
    work: { task: defineTask({ module: fixture('typescript.mts') }) },
    code: 'ERR_SCHEDULER_TASK_MODULE',
    message: /TypeScript|enum/,
  },
  {
    case: 'a computation that never ends',
    work: { task: task('spin') },
    code: undefined,
    message: /took longer than 40 ms/,
    timeoutMs: 40,
  },
  {
    case: 'a promise that never settles',
    work: { task: task('never') },
    code: undefined,
    message: /took longer than 40 ms/,
    timeoutMs: 40,
  },
];

describe('whatever a task does, it settles with a clear error and what waits behind it runs', () => {
  const scheduler = new Scheduler({ maxWorkers: 1, gracePeriodMs: 10, maxThreadMemoryMb: 24 });
  afterAll(() => scheduler.close());

  test.each(table)('$case', async ({ work, code, message, timeoutMs }) => {
    // Twice: the second must not find a pool that the first has broken.
    for (let round = 0; round < 2; round += 1) {
      const crash = scheduler.submit({ input: undefined, ...work }, { timeoutMs });
      const behind = [1, 2, 3, 4].map((input) => scheduler.submit({ task: double, input }));
      const error: unknown = await crash.then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(Error);
      expect((error as Error).message).toMatch(message);
      expect((error as { code?: unknown }).code === code || code === undefined).toBe(true);
      expect(isSchedulerError(error)).toBe(code?.startsWith('ERR_SCHEDULER') === true);
      expect(await Promise.all(behind)).toEqual([2, 4, 6, 8]);
    }
    expect(scheduler.stats()).toMatchObject({ running: 0, queued: 0, runningThreads: 0 });
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}

describe('a thread that ends between two tasks', () => {
  test.each([
    ['throwAfter', 'afterwards'],
    ['exitAfter', 'code 6'],
  ])('%s: is told as an event, and the next task gets a new thread', async (name, message) => {
    const events: SchedulerEvent[] = [];
    const scheduler = new Scheduler({ maxWorkers: 1, onEvent: (event) => void events.push(event) });
    expect(await scheduler.submit({ task: task(name), input: 1 })).toBe('done');
    await until(() => events.some(({ type }) => type === 'thread-end'));
    const end = events.find((event) => event.type === 'thread-end');
    expect(end).toMatchObject({ reason: 'failed', error: { message: expect.stringContaining(message) as string } });
    expect(await scheduler.submit({ task: double, input: 4 })).toBe(8);
    expect(scheduler.stats().threadsStarted).toBe(2);
    await scheduler.close();
  });
});

test('an idle thread keeps its loop turning: what a module has started goes on', async () => {
  const scheduler = new Scheduler({ maxWorkers: 1 });
  const ticks = defineTask<undefined, number>({ module: fixture('ticking.mjs') });
  // Blocked between two tasks, it would tick while a task runs at most: these take no time.
  const seen = new Set<number>();
  while (seen.size < 4) seen.add(await scheduler.submit({ task: ticks, input: undefined }));
  expect(scheduler.stats().threadsStarted).toBe(1);
  await scheduler.close();
});

test('200 tasks that wait under one signal: no warning, and all reject with its reason', async () => {
  const scheduler = new Scheduler({ maxWorkers: 1, gracePeriodMs: 5 });
  const controller = new AbortController();
  const tasks = Array.from({ length: 200 }, () =>
    scheduler.submit({ task: task('spin'), input: 1 }, { signal: controller.signal }),
  );
  const behind = scheduler.submit({ task: double, input: 1 });
  await until(() => scheduler.stats().threadsStarted === 1);
  const reason = new Error('all of you');
  controller.abort(reason);
  const outcomes = await Promise.allSettled(tasks);
  expect(outcomes.every((outcome) => outcome.status === 'rejected' && outcome.reason === reason)).toBe(true);
  expect(await behind).toBe(2);
  await scheduler.close();
});

test('a closed scheduler starts no thread', async () => {
  const scheduler = new Scheduler();
  await scheduler.submit({ task: double, input: 1 });
  await scheduler.close();
  await expect(scheduler.submit({ task: double, input: 1 })).rejects.toMatchObject({ code: 'ERR_SCHEDULER_CLOSED' });
  expect(scheduler.stats().threadsStarted).toBe(1);
});
