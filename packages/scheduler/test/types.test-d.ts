import { expectTypeOf } from 'vitest';

import { defineGraph, defineTask, inlineRunner, runGraph, Scheduler, threadRunner } from '../src/index.ts';
import type { NodeOutcome, TaskHandle, TaskRunner, ThreadResult, WorkContext } from '../src/index.ts';

const countWords = defineTask<string, number>({ module: 'file:///count.js' });
const anything = defineTask<unknown, { ok: boolean }>({ module: 'file:///any.js' });
declare const scheduler: Scheduler;

expectTypeOf(countWords).toEqualTypeOf<TaskHandle<string, number>>();
expectTypeOf(countWords).toExtend<TaskHandle>();
expectTypeOf(anything).toExtend<TaskHandle>();

// What a task returns is what submitting it gives, and its input is checked.
expectTypeOf(scheduler.submit({ task: countWords, input: 'a b' })).toEqualTypeOf<Promise<number>>();
expectTypeOf(scheduler.trySubmit({ task: countWords, input: 'a b' })).toEqualTypeOf<Promise<number> | undefined>();
expectTypeOf(scheduler.submit({ task: anything, input: 7 })).toEqualTypeOf<Promise<{ ok: boolean }>>();
// @ts-expect-error a number is no text
void scheduler.submit({ task: countWords, input: 7 });
// @ts-expect-error a lane that does not exist
void scheduler.submit(() => 1, { lane: 'gpu' });

expectTypeOf(scheduler.submit(() => 'x')).toEqualTypeOf<Promise<string>>();
expectTypeOf(scheduler.submit(async ({ signal, attempt }) => [signal.aborted, attempt] as const)).toEqualTypeOf<
  Promise<readonly [boolean, number]>
>();
void scheduler.submit((context) => {
  expectTypeOf(context).toEqualTypeOf<WorkContext>();
  expectTypeOf(context.submit(() => 1)).toEqualTypeOf<Promise<number>>();
});

const run = runGraph(defineGraph({ nodes: [{ id: 'a', needs: [{ id: 'b', optional: true }] }] }), {
  execute: (_node, { thread }) => {
    expectTypeOf(thread(countWords, 'text')).toEqualTypeOf<Promise<ThreadResult<number>>>();
    // @ts-expect-error a number is no text
    void thread(countWords, 7);
  },
});
void run.result.then(({ outcomes }) => expectTypeOf(outcomes).toEqualTypeOf<ReadonlyMap<string, NodeOutcome>>());

// Options that are forwarded may be undefined.
void new Scheduler({ maxWorkers: undefined, clock: undefined });
expectTypeOf(threadRunner(scheduler, { countWords })).toEqualTypeOf<TaskRunner>();
expectTypeOf(inlineRunner({ countWords, double: (value: number) => value * 2 })).toEqualTypeOf<TaskRunner>();
