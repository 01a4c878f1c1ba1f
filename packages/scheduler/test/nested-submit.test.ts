import { expect, test } from 'vitest';

import { Scheduler } from '../src/index.ts';
import { controllableTask, ManualClock } from '../src/testing/index.ts';

test('work that submits more work never waits for the slot that it holds itself', async () => {
  const scheduler = new Scheduler({ maxWorkers: 1, bufferSize: 1 });
  const result = await scheduler.submit(async ({ submit }) => {
    const children = Array.from({ length: 1000 }, (_, index) => submit(async () => index));
    return (await Promise.all(children)).reduce((sum, value) => sum + value, 0);
  });
  expect(result).toBe(499_500);
  expect(scheduler.stats()).toMatchObject({ running: 0, queued: 0, completed: 1001 });
});

test('to any depth', async () => {
  const scheduler = new Scheduler({ maxWorkers: 1 });
  const depth =
    (left: number) =>
    async ({ submit }: { submit: <O>(work: (context: never) => O | Promise<O>) => Promise<O> }): Promise<number> =>
      left === 0 ? 0 : 1 + (await submit(depth(left - 1) as (context: never) => Promise<number>));
  expect(await scheduler.submit(depth(50) as never)).toBe(50);
  expect(scheduler.stats()).toMatchObject({ running: 0, queued: 0 });
});

test('one child at a time runs on the slot of its parent', async () => {
  const scheduler = new Scheduler({ maxWorkers: 1 });
  const child = controllableTask();
  const parent = scheduler.submit(({ submit }) =>
    Promise.all([submit(child.work), submit(child.work), submit(child.work)]),
  );
  const first = await child.next();
  expect(child.calls).toHaveLength(1);
  first.resolve();
  (await child.next()).resolve();
  expect(child.calls).toHaveLength(2);
  (await child.next()).resolve();
  await parent;
  expect(child.calls).toHaveLength(3);
});

test('a child that outlives its parent keeps the slot until it ends', async () => {
  const scheduler = new Scheduler({ maxWorkers: 1 });
  const child = controllableTask();
  let started: Promise<void> | undefined;
  await scheduler.submit(async ({ submit }) => {
    started = submit(child.work);
    void started.then(() => undefined);
    await child.next();
  });
  const next = controllableTask();
  const behind = scheduler.submit(next.work);
  expect(scheduler.stats().running).toBe(1);
  expect(next.calls).toHaveLength(0);
  child.calls[0]?.resolve();
  await started;
  expect(next.calls).toHaveLength(1);
  next.calls[0]?.resolve();
  await behind;
  expect(scheduler.stats()).toMatchObject({ running: 0, queued: 0 });
});

test('a queued child can be aborted', async () => {
  const scheduler = new Scheduler({ maxWorkers: 1 });
  const controller = new AbortController();
  const child = controllableTask();
  const parent = scheduler.submit(async ({ submit }) => {
    const first = submit(child.work);
    const second = submit(child.work, { signal: controller.signal });
    const ends = Promise.allSettled([first, second]);
    const running = await child.next();
    controller.abort('not this one');
    running.resolve();
    return (await ends)[1];
  });
  expect(await parent).toEqual({ status: 'rejected', reason: 'not this one' });
  expect(child.calls).toHaveLength(1);
  expect(scheduler.stats()).toMatchObject({ running: 0, queued: 0 });
});

test('a running task may still submit while the scheduler closes', async () => {
  const scheduler = new Scheduler({ maxWorkers: 1 });
  const gate = controllableTask();
  const parent = scheduler.submit(async (context) => {
    await gate.work(context);
    return context.submit(() => 'child');
  });
  const closing = scheduler.close();
  gate.calls[0]?.resolve();
  expect(await parent).toBe('child');
  await closing;
});

test('a child that waits a second time, for its second attempt, starts once', async () => {
  const clock = new ManualClock();
  const scheduler = new Scheduler({ maxWorkers: 2, clock });
  const [other, first, tried, last] = [
    controllableTask(),
    controllableTask(),
    controllableTask(),
    controllableTask(),
  ] as const;
  const beside = scheduler.submit(other.work);
  const parent = scheduler.submit(async ({ submit }) => {
    const guest = submit(first.work);
    const again = submit(tried.work, { retry: { attempts: 2, backoffMs: 10, jitter: 0 } });
    const both = Promise.all([guest, again]);
    (await first.next()).resolve();
    await guest;
    // It has left the line for the slot of its parent, and fails.
    (await tried.next()).reject(new Error('not yet'));
    const next = submit(last.work).then(() => undefined);
    await last.next();
    clock.advance(10);
    // In line again; now a slot gets free.
    (await other.next()).resolve();
    await beside;
    (await tried.next()).resolve();
    await both;
    last.calls[0]?.resolve();
    await next;
  });
  await parent;
  expect(tried.calls).toHaveLength(2);
  expect(scheduler.stats()).toMatchObject({ running: 0, queued: 0, completed: 5 });
});

test('a grandchild that outlives its parent goes on as the guest of its grandparent', async () => {
  const scheduler = new Scheduler({ maxWorkers: 1 });
  const grandchild = controllableTask();
  const sibling = controllableTask();
  const parent = scheduler.submit(async ({ submit }) => {
    let left: Promise<void> | undefined;
    await submit(async (context) => {
      left = context.submit(grandchild.work);
      void left.then(() => undefined);
      await grandchild.next();
    });
    const right = submit(sibling.work).then(() => undefined);
    await Promise.resolve().then(() => undefined);
    // One slot: the sibling waits for the grandchild, which its parent has left behind.
    expect(sibling.calls).toHaveLength(0);
    grandchild.calls[0]?.resolve();
    await left;
    (await sibling.next()).resolve();
    await right;
  });
  await parent;
  expect(scheduler.stats()).toMatchObject({ running: 0, queued: 0, completed: 4 });
});
