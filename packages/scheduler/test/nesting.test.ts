import { setImmediate as turn } from 'node:timers/promises';

import { expect, test } from 'vitest';

import { defineGraph, runGraph, Scheduler } from '../src/index.ts';
import { controllableTask } from '../src/testing/index.ts';

const thousand = Array.from({ length: 1000 }, (_, index) => index);

test('a task that submits 1,000 one by one to the only worker ends', async () => {
  await using scheduler = new Scheduler({ maxWorkers: 1, bufferSize: 1 });
  const sum = await scheduler.submit(async () => {
    let total = 0;
    for (const index of thousand) total += await scheduler.submit(async () => index);
    return total;
  });
  expect(sum).toBe(499_500);
  expect(scheduler.stats()).toMatchObject({ running: 0, queued: 0, completed: 1001 });
});

test('a task that submits 1,000 at once to the only worker ends', async () => {
  await using scheduler = new Scheduler({ maxWorkers: 1, bufferSize: 1 });
  const values = await scheduler.submit(() =>
    Promise.all(thousand.map((index) => scheduler.submit(() => turn(index)))),
  );
  expect(values).toEqual(thousand);
  expect(scheduler.stats()).toMatchObject({ running: 0, queued: 0, completed: 1001 });
});

test('children that end synchronously behind one that does not do not fill the stack', async () => {
  await using scheduler = new Scheduler({ maxWorkers: 1 });
  const count = await scheduler.submit(async () => {
    const slow = scheduler.submit(() => turn(1));
    const rest = Array.from({ length: 20_000 }, () => scheduler.submit(() => 1));
    return [await slow, ...(await Promise.all(rest))].length;
  });
  expect(count).toBe(20_001);
});

test('it is known across awaits, timers, callbacks and promises of others', async () => {
  await using scheduler = new Scheduler({ maxWorkers: 1 });
  const values = await scheduler.submit(async () => {
    await turn();
    const afterAwait = await scheduler.submit(() => turn('await'));
    const inTimer = await new Promise<Promise<string>>((resolve) => {
      setTimeout(() => resolve(scheduler.submit(() => turn('timer'))), 0);
    });
    const inThen = await Promise.resolve().then(() => scheduler.submit(() => turn('then')));
    const inTick = await new Promise<Promise<string>>((resolve) => {
      process.nextTick(() => resolve(scheduler.submit(() => turn('tick'))));
    });
    return [afterAwait, inTimer, inThen, inTick];
  });
  expect(values).toEqual(['await', 'timer', 'then', 'tick']);
});

test('to any depth', async () => {
  await using scheduler = new Scheduler({ maxWorkers: 1 });
  const depth = async (left: number): Promise<number> => {
    await turn();
    return left === 0 ? 0 : 1 + (await scheduler.submit(() => depth(left - 1)));
  };
  expect(await scheduler.submit(() => depth(50))).toBe(50);
  expect(scheduler.stats()).toMatchObject({ running: 0, queued: 0 });
});

test('with every slot held by a task that waits for a child', async () => {
  await using scheduler = new Scheduler({ maxWorkers: 3 });
  const parents = [1, 2, 3].map((parent) =>
    scheduler.submit(async () => {
      await turn();
      return scheduler.submit(() => scheduler.submit(() => turn(parent)));
    }),
  );
  expect(await Promise.all(parents)).toEqual([1, 2, 3]);
});

test('in a function that a task calls after it has ended, the task that started it lends its slot', async () => {
  await using scheduler = new Scheduler({ maxWorkers: 1 });
  const value = await scheduler.submit(async () => {
    let late: Promise<string> | undefined;
    await scheduler.submit(() => {
      late = turn().then(() => scheduler.submit(() => turn('late')));
    });
    return late;
  });
  expect(value).toBe('late');
});

test('a node that submits to its own scheduler, or runs a graph on it, ends', async () => {
  await using scheduler = new Scheduler({ maxWorkers: 1, bufferSize: 1 });
  const graph = defineGraph({ nodes: [{ id: 'one' }, { id: 'many', needs: ['one'] }, { id: 'graph' }] });
  const inner = defineGraph({ nodes: thousand.map((index) => ({ id: `n${index}` })) });
  const run = runGraph(graph, {
    scheduler,
    execute: async (node) => {
      await turn();
      if (node.id === 'one') return scheduler.submit(() => turn('child'));
      if (node.id === 'many') {
        const children = thousand.map((index) => scheduler.submit(() => turn(index)));
        return (await Promise.all(children)).length;
      }
      return (await runGraph(inner, { scheduler, execute: () => turn() }).result).outcomes.size;
    },
  });
  const { outcomes } = await run.result;
  const values = [...outcomes].map(([id, outcome]) => [id, outcome.status === 'fulfilled' && outcome.value]);
  expect(Object.fromEntries(values)).toEqual({ one: 'child', many: 1000, graph: 1000 });
  expect(scheduler.stats()).toMatchObject({ running: 0, queued: 0 });
});

test('bookkeeping that submits borrows the slot of what the run was started in', async () => {
  await using scheduler = new Scheduler({ maxWorkers: 1 });
  const graph = defineGraph({ nodes: [{ id: 'book', lane: 'none' }] });
  const status = await scheduler.submit(async () => {
    const run = runGraph(graph, { scheduler, execute: () => scheduler.submit(() => turn('child')) });
    return (await run.result).status;
  });
  expect(status).toBe('succeeded');
});

test('a node that adds 1,000 to the only worker ends', async () => {
  await using scheduler = new Scheduler({ maxWorkers: 1, bufferSize: 1 });
  const run = runGraph(defineGraph({ nodes: [{ id: 'list' }] }), {
    scheduler,
    execute: (node, { add }) => {
      if (node.id === 'list') add(thousand.map((index) => ({ id: `item${index}`, needs: ['list'] })));
    },
  });
  expect((await run.result).outcomes.size).toBe(1001);
});

test('a task of one scheduler, waited for in another, that goes back to the first', async () => {
  await using first = new Scheduler({ maxWorkers: 1 });
  await using second = new Scheduler({ maxWorkers: 1 });
  const value = await first.submit(() => second.submit(() => first.submit(() => second.submit(() => turn('round')))));
  expect(value).toBe('round');
});

test('a producer inside a task keeps the pace with ready, and trySubmit refuses', async () => {
  await using scheduler = new Scheduler({ maxWorkers: 1, bufferSize: 1 });
  const seen: number[] = [];
  await scheduler.submit(async () => {
    const work: Promise<unknown>[] = [];
    for (const index of thousand.slice(0, 20)) {
      await scheduler.ready();
      work.push(scheduler.submit(() => turn()));
      seen.push(scheduler.stats().queued);
      if (index === 5) {
        while (scheduler.stats().queued < 1) work.push(scheduler.submit(() => turn()));
        expect(scheduler.trySubmit(() => 'no room')).toBeUndefined();
      }
    }
    await Promise.all(work);
  });
  expect(Math.max(...seen)).toBeLessThanOrEqual(1);
  expect(scheduler.stats()).toMatchObject({ running: 0, queued: 0 });
});

test('a task that waits for what somebody else submits gives its slot back with release', async () => {
  await using scheduler = new Scheduler({ maxWorkers: 1 });
  const elsewhere = controllableTask();
  const order: string[] = [];
  const first = scheduler.submit(async ({ release }) => {
    order.push('first');
    await turn();
    await release(() => other);
    order.push('first again');
    expect(scheduler.stats().running).toBe(1);
  });
  const other = scheduler.submit(elsewhere.work);
  const behind = scheduler.submit(() => void order.push('behind'));
  (await elsewhere.next()).resolve();
  await Promise.all([first, behind]);
  // It has begun already: it goes before what has not.
  expect(order).toEqual(['first', 'behind', 'first again']);
  expect(scheduler.stats()).toMatchObject({ running: 0, queued: 0 });
});

test('detectNesting: false leaves a plain submit in line, and submit of the context lends still', async () => {
  await using scheduler = new Scheduler({ maxWorkers: 1, detectNesting: false });
  const controller = new AbortController();
  const result = await scheduler.submit(async ({ submit }) => {
    const plain = scheduler.submit(() => 'plain', { signal: controller.signal });
    const lent = await submit(() => turn('lent'));
    controller.abort('still in line');
    return [lent, await plain.catch((error: unknown) => error)];
  });
  expect(result).toEqual(['lent', 'still in line']);
});

test('a task may submit, and run a graph, while its scheduler closes', async () => {
  const scheduler = new Scheduler({ maxWorkers: 1 });
  const gate = controllableTask();
  const parent = scheduler.submit(async (context) => {
    await gate.work(context);
    const graph = defineGraph({ nodes: [{ id: 'node' }] });
    const { status } = await runGraph(graph, { scheduler, execute: () => turn() }).result;
    return [await scheduler.submit(() => 'child'), status];
  });
  const closing = scheduler.close();
  await expect(scheduler.submit(() => 'outside')).rejects.toMatchObject({ code: 'ERR_SCHEDULER_CLOSED' });
  gate.calls[0]?.resolve();
  expect(await parent).toEqual(['child', 'succeeded']);
  await closing;
});
