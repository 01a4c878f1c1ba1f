import { AsyncLocalStorage } from 'node:async_hooks';

import { describe, expect, test } from 'vitest';

import { deferred } from '../../../test-support/deferred.ts';
import { Scheduler as BuiltScheduler, defineTask } from '../dist/index.js';
import { defineGraph, runGraph, Scheduler } from '../src/index.ts';
import { ManualClock } from '../src/testing/index.ts';

const user = new AsyncLocalStorage<string>();
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe.each([true, false])('with detectNesting: %s', (detectNesting) => {
  test('a task that waited runs in the async context of whoever submitted it', async () => {
    await using scheduler = new Scheduler({ maxWorkers: 1, detectNesting });
    const seen = await Promise.all(
      ['alice', 'bob', 'carol'].map((name) =>
        user.run(name, () =>
          scheduler.submit(async () => {
            await turn();
            return user.getStore();
          }),
        ),
      ),
    );
    expect(seen).toEqual(['alice', 'bob', 'carol']);
  });

  test('another attempt runs in the context of the first, whoever makes time go on', async () => {
    const clock = new ManualClock();
    await using scheduler = new Scheduler({ maxWorkers: 1, detectNesting, clock, random: () => 0 });
    const seen: string[] = [];
    const results = ['alice', 'bob'].map((name) =>
      user.run(name, () =>
        scheduler.submit(
          async ({ attempt }) => {
            seen.push(`${name} ${attempt} as ${user.getStore() ?? 'nobody'}`);
            if (attempt < 3) throw new Error('again');
          },
          { retry: { attempts: 3, backoffMs: 10, factor: 1 } },
        ),
      ),
    );
    for (let round = 0; round < 10; round += 1) {
      await turn();
      user.run('operator', () => clock.advance(10));
    }
    await Promise.all(results);
    expect(seen).toHaveLength(6);
    for (const line of seen) expect(line).toMatch(/^(\w+) \d as \1$/);
  });

  test('a task that was held by a pause runs in its own context, not in that of who resumes', async () => {
    await using scheduler = new Scheduler({ maxWorkers: 1, detectNesting });
    scheduler.pause();
    const result = user.run('alice', () => scheduler.submit(() => user.getStore()));
    user.run('operator', () => scheduler.resume());
    expect(await result).toBe('alice');
  });

  test('the nodes of a graph run in the context of who runs it, on a scheduler that others use too', async () => {
    await using scheduler = new Scheduler({ maxWorkers: 1, detectNesting });
    const graph = defineGraph({
      nodes: [{ id: 'a' }, { id: 'b', needs: ['a'] }, { id: 'c', needs: ['b'], lane: 'none' }, { id: 'd' }],
    });
    const seen = await Promise.all(
      ['alice', 'bob'].map((name) =>
        user.run(name, async () => {
          const run = runGraph(graph, {
            scheduler,
            execute: async () => {
              await turn();
              return `${name} as ${user.getStore() ?? 'nobody'}`;
            },
          });
          return [...(await run.result).outcomes.values()].map((outcome) =>
            outcome.status === 'fulfilled' ? outcome.value : outcome.status,
          );
        }),
      ),
    );
    expect(seen).toEqual([Array(4).fill('alice as alice'), Array(4).fill('bob as bob')]);
  });

  test('a resize starts what waits in the context of its own callers', async () => {
    await using scheduler = new Scheduler({ maxWorkers: 1, detectNesting });
    const gate = deferred();
    const first = scheduler.submit(() => gate.promise);
    const seen: (string | undefined)[] = [];
    const note = () => void seen.push(user.getStore());
    const task = user.run('alice', () => scheduler.submit(note));
    const graph = user.run('bob', () => runGraph(defineGraph({ nodes: [{ id: 'a' }] }), { scheduler, execute: note }));
    await turn();
    user.run('operator', () => scheduler.resize(3));
    await Promise.all([task, graph.result]);
    gate.resolve();
    await first;
    expect(new Set(seen)).toEqual(new Set(['alice', 'bob']));
  });
});

test('nodes that a node adds, and attempts that follow, run in the context of who runs the graph', async () => {
  const clock = new ManualClock();
  const seen: string[] = [];
  const run = user.run('alice', () =>
    runGraph(defineGraph({ nodes: [{ id: 'a' }] }), {
      concurrency: 1,
      clock,
      random: () => 0,
      retry: { attempts: 2, backoffMs: 10 },
      execute: (node, { add, attempt }) => {
        seen.push(`${node.id}${attempt} as ${user.getStore() ?? 'nobody'}`);
        if (attempt === 1) throw new Error('again');
        if (node.id === 'a') user.run('inner', () => add([{ id: 'b' }, { id: 'c', lane: 'none' }]));
      },
    }),
  );
  for (let round = 0; round < 6; round += 1) {
    await turn();
    user.run('operator', () => clock.advance(10));
  }
  expect((await run.result).status).toBe('succeeded');
  expect(new Set(seen)).toEqual(new Set(['a1', 'a2', 'b1', 'b2', 'c1', 'c2'].map((id) => `${id} as alice`)));
});

test('the progress and the result of a thread come in the context of who submitted the task', async () => {
  const steps = defineTask<number, unknown>({
    module: new URL('fixtures/tasks.mjs', import.meta.url),
    export: 'steps',
    transfer: () => {
      picked.push(user.getStore());
      return [];
    },
  });
  const picked: (string | undefined)[] = [];
  await using scheduler = new BuiltScheduler({ maxWorkers: 1 });
  const progress: string[] = [];
  const results = await Promise.all(
    ['alice', 'bob', 'carol'].map((name) =>
      user.run(name, async () => {
        let thread: string | undefined;
        await scheduler.submit({
          task: steps,
          input: 2,
          onProgress: () => void progress.push(`${name} as ${user.getStore() ?? 'nobody'}`),
          onThread: () => (thread = user.getStore()),
        });
        return [name, thread, user.getStore()];
      }),
    ),
  );
  for (const [name, thread, after] of results) expect([thread, after]).toEqual([name, name]);
  expect(new Set(progress)).toEqual(new Set(['alice as alice', 'bob as bob', 'carol as carol']));
  expect(picked).toEqual(['alice', 'bob', 'carol']);
});

test('work that starts at once captures nothing, and one that waits keeps nothing once it has started', async () => {
  await using scheduler = new Scheduler({ maxWorkers: 1 });
  const made: string[] = [];
  const { createHook } = await import('node:async_hooks');
  const hook = createHook({
    init: (_id, type) => {
      if (type === 'ORC_SCHEDULER') made.push(type);
    },
  }).enable();
  const gate = deferred();
  const first = scheduler.submit(() => gate.promise);
  expect(made).toHaveLength(0);
  const second = scheduler.submit(() => 'second');
  expect(made).toHaveLength(1);
  gate.resolve();
  await first;
  expect(await second).toBe('second');
  hook.disable();
  expect(made).toHaveLength(1);
});
