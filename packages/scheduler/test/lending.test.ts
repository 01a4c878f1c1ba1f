import { setImmediate as turn } from 'node:timers/promises';

import { expect, test } from 'vitest';

import { defineGraph, runGraph, Scheduler } from '../src/index.ts';
import type { WorkContext } from '../src/index.ts';
import { controllableTask } from '../src/testing/index.ts';

/** A task on the only worker: what it notes down, and what its child does. */
async function orderOf(parent: (start: WorkContext['submit'], order: string[]) => unknown): Promise<string[]> {
  const order: string[] = [];
  const scheduler = new Scheduler({ maxWorkers: 1 });
  await scheduler.submit(async (context) => {
    await parent(context.submit, order);
    order.push('parent ends');
  });
  await scheduler.close();
  expect(scheduler.stats()).toMatchObject({ running: 0, queued: 0 });
  return order;
}

async function ownWork(order: string[]): Promise<void> {
  order.push('own work');
  for (let at = 0; at < 5; at += 1) await turn();
  order.push('own work done');
}

test('a child that nobody waits for starts when its parent has ended', async () => {
  const order = await orderOf(async (submit, seen) => {
    void submit(() => void seen.push('child'));
    await ownWork(seen);
  });
  expect(order).toEqual(['own work', 'own work done', 'parent ends', 'child']);
});

test('scheduler.submit inside a task does the same as submit of its context', async () => {
  const scheduler = new Scheduler({ maxWorkers: 1 });
  const order: string[] = [];
  await scheduler.submit(async () => {
    await turn();
    const awaited = scheduler.submit(() => void order.push('awaited'));
    void scheduler.submit(() => void order.push('not awaited'));
    await ownWork(order);
    await awaited;
    await ownWork(order);
  });
  await scheduler.close();
  expect(order).toEqual(['own work', 'own work done', 'awaited', 'own work', 'own work done', 'not awaited']);
});

test.each<[string, (child: Promise<void>) => unknown]>([
  ['catch', (child) => child.catch(() => undefined)],
  ['then without a function for the value', (child) => child.then(undefined, () => undefined)],
  ['finally', (child) => child.finally(() => undefined)],
  ['catch and finally', (child) => child.catch(() => undefined).finally(() => undefined)],
])('%s alone is no wait', async (_, look) => {
  const order = await orderOf(async (submit, seen) => {
    void look(submit(() => void seen.push('child')));
    await ownWork(seen);
  });
  expect(order).toEqual(['own work', 'own work done', 'parent ends', 'child']);
});

const other = Promise.resolve('other');

test.each<[string, (child: Promise<string>) => Promise<unknown>]>([
  ['await', async (child) => await child],
  ['return from an async function', async (child) => child],
  ['then', (child) => child.then((value) => value)],
  ['catch', (child) => child.catch(() => undefined)],
  ['finally', (child) => child.finally(() => undefined)],
  ['catch, then finally', (child) => child.catch(() => undefined).finally(() => undefined)],
  ['Promise.all', (child) => Promise.all([child, other])],
  ['Promise.allSettled', (child) => Promise.allSettled([child, other])],
  ['Promise.race', (child) => Promise.race([child, new Promise(() => undefined)])],
  ['Promise.any', (child) => Promise.any([child, new Promise(() => undefined)])],
  ['Promise.resolve', (child) => Promise.resolve(child)],
  ['resolve of another promise', (child) => new Promise((resolve) => resolve(child))],
  ['the value of another promise', (child) => Promise.resolve().then(() => child)],
])('a child starts at the wait for it and not before: %s', async (_, wait) => {
  const order = await orderOf(async (submit, seen) => {
    const child = submit(async () => {
      seen.push('child');
      await turn();
      return 'value';
    });
    await ownWork(seen);
    expect(JSON.stringify(await wait(child))).toContain('value');
  });
  expect(order).toEqual(['own work', 'own work done', 'child', 'parent ends']);
});

test('an error comes by way of catch and finally as of any promise', async () => {
  const error = new Error('of the child');
  let cleaned = 0;
  const order = await orderOf(async (submit, seen) => {
    const child = submit(() => Promise.reject(error)).finally(() => void (cleaned += 1));
    await child.catch((thrown: unknown) => void seen.push(String(thrown === error)));
  });
  expect(order).toEqual(['true', 'parent ends']);
  expect(cleaned).toBe(1);
});

test('what comes of the promise of a child is a plain promise', async () => {
  await orderOf(async (submit) => {
    const child = submit(() => 'value');
    const next = child.then((value) => value);
    expect(child).toBeInstanceOf(Promise);
    expect(next.constructor).toBe(Promise);
    await next;
  });
});

test('the promise of a submit outside all tasks is a plain promise', async () => {
  await using scheduler = new Scheduler({ maxWorkers: 1 });
  const promise = scheduler.submit(() => 'value');
  expect(promise.constructor).toBe(Promise);
  expect(await promise).toBe('value');
});

test('one that is not waited for stands in line by its priority', async () => {
  const scheduler = new Scheduler({ maxWorkers: 1 });
  const order: string[] = [];
  const parent = scheduler.submit(async ({ submit }) => {
    await turn();
    void submit(() => void order.push('child, low'), { priority: -1 });
    void submit(() => void order.push('child, high'), { priority: 1 });
  });
  const beside = scheduler.submit(() => void order.push('beside'));
  await Promise.all([parent, beside]);
  await scheduler.close();
  expect(order).toEqual(['child, high', 'beside', 'child, low']);
});

test('a child that is waited for again and again starts once', async () => {
  await using scheduler = new Scheduler({ maxWorkers: 1 });
  const [guest, child] = [controllableTask(), controllableTask()] as const;
  await scheduler.submit(async ({ submit }) => {
    const before = submit(guest.work).then(() => undefined);
    const behind = submit(child.work);
    for (let at = 0; at < 10; at += 1) await Promise.race([behind, turn()]);
    (await guest.next()).resolve();
    await before;
    (await child.next()).resolve();
    await behind;
  });
  expect(child.calls).toHaveLength(1);
  expect(scheduler.stats()).toMatchObject({ running: 0, queued: 0, completed: 3 });
});

test('what a task waits for that is not waited for itself borrows nothing around that', async () => {
  const first = new Scheduler({ maxWorkers: 1 });
  const second = new Scheduler({ maxWorkers: 1 });
  const order: string[] = [];
  await first.submit(async () => {
    void second.submit(async () => {
      order.push('between');
      await first.submit(() => void order.push('inner'));
      order.push('between ends');
    });
    await ownWork(order);
    order.push('parent ends');
  });
  await second.close();
  await first.close();
  expect(order).toEqual(['between', 'own work', 'own work done', 'parent ends', 'inner', 'between ends']);
});

test('and borrows it from the moment on that this is waited for too', async () => {
  const first = new Scheduler({ maxWorkers: 1 });
  const second = new Scheduler({ maxWorkers: 1 });
  const order: string[] = [];
  await first.submit(async () => {
    const between = second.submit(() => first.submit(() => void order.push('inner')));
    await ownWork(order);
    await between;
    order.push('parent ends');
  });
  await Promise.all([first.close(), second.close()]);
  expect(order).toEqual(['own work', 'own work done', 'inner', 'parent ends']);
});

test('a child that was waited for while its parent had no slot gets that of the parent when it has one again', async () => {
  await using scheduler = new Scheduler({ maxWorkers: 1 });
  const between = controllableTask();
  const parent = scheduler.submit(async ({ release, submit }) => {
    let children: Promise<unknown> | undefined;
    await turn();
    await release(async () => {
      children = Promise.all([submit(() => turn('one')), submit(() => turn('two'))]);
      await between.next();
    });
    return children;
  });
  // It takes the slot while the parent is without it; then the parent goes before the child.
  const beside = scheduler.submit(between.work);
  await turn();
  await turn();
  between.calls[0]?.resolve();
  expect(await parent).toEqual(['one', 'two']);
  await beside;
});

test('a child that its parent leaves behind in line borrows the slot of what is around that', async () => {
  await using scheduler = new Scheduler({ maxWorkers: 1 });
  const [one, two] = [controllableTask<string>(), controllableTask<string>()] as const;
  const value = await scheduler.submit(async ({ submit }) => {
    let late: Promise<string[]> | undefined;
    await submit(async (context) => {
      late = Promise.all([context.submit(one.work), context.submit(two.work)]);
      await one.next();
    });
    one.calls[0]?.resolve('one');
    (await two.next()).resolve('two');
    return late;
  });
  expect(value).toEqual(['one', 'two']);
});

async function drain(run: ReturnType<typeof runGraph>): Promise<void> {
  for await (const event of run) if (event.type === 'run-end') expect(event.status).toBe('succeeded');
}

test('so does what is left behind by one that nobody waited for', async () => {
  await using first = new Scheduler({ maxWorkers: 1 });
  await using second = new Scheduler({ maxWorkers: 1 });
  const value = await first.submit(async () => {
    let late: Promise<string[]> | undefined;
    void second.submit(async () => {
      late = Promise.all([first.submit(() => turn('one')), first.submit(() => turn('two'))]);
      await turn();
    });
    while (second.stats().running > 0) await turn();
    return late;
  });
  expect(value).toEqual(['one', 'two']);
});

const graph = defineGraph({ nodes: [{ id: 'node' }, { id: 'book', lane: 'none' }] });

test('the nodes of a graph that nobody waits for start when the task that started it has ended', async () => {
  const scheduler = new Scheduler({ maxWorkers: 1 });
  const order: string[] = [];
  await scheduler.submit(async () => {
    runGraph(graph, {
      scheduler,
      execute: ({ id }) => (id === 'node' ? order.push(id) : scheduler.submit(() => order.push('child of book'))),
    });
    await ownWork(order);
  });
  await scheduler.close();
  expect(order.slice(0, 2)).toEqual(['own work', 'own work done']);
  expect(order.slice(2).toSorted()).toEqual(['child of book', 'node']);
});

test.each([
  ['its result is', (run: ReturnType<typeof runGraph>) => run.result],
  ['its events are', (run: ReturnType<typeof runGraph>) => drain(run)],
])('the nodes of a graph start when %s waited for', async (_, wait) => {
  await using scheduler = new Scheduler({ maxWorkers: 1 });
  const order: string[] = [];
  await scheduler.submit(async () => {
    const run = runGraph(graph, {
      scheduler,
      execute: ({ id }) => (id === 'node' ? order.push(id) : scheduler.submit(() => order.push('child of book'))),
    });
    await ownWork(order);
    await wait(run);
    order.push('parent ends');
  });
  expect(order.slice(0, 2)).toEqual(['own work', 'own work done']);
  expect(order.slice(2, 4).toSorted()).toEqual(['child of book', 'node']);
  expect(order[4]).toBe('parent ends');
});
