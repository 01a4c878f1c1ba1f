import { expect, test } from 'vitest';

import { WorkerBudget } from '../../src/distributed/worker-budget.ts';
import type { ModelReply } from '../../src/index.ts';
import { deferred } from '../../../../test-support/deferred.ts';
import { fakeModel } from '../support/fake-model.ts';

const priced = (costUsd: number | null = 1): ReturnType<typeof fakeModel> => fakeModel({ priced: true, costUsd });
const ignore = (): void => undefined;

test('calls are made while they fit, then none, and the worker says why it takes no more', async () => {
  const budget = new WorkerBudget(2.5);
  const inner = priced();
  const refusals: string[] = [];
  const model = budget.bound(inner, (why) => refusals.push(why));
  expect(budget.refusal(inner)).toBeUndefined();
  await model.generate({ prompt: 'a' });
  const stream = model.stream({ prompt: 'b' });
  let text = '';
  for await (const piece of stream) text += piece;
  expect([text, (await stream.reply).costUsd]).toEqual(['re: b', 1]);
  expect(budget.refusal(inner)).toBe("the worker's budget of $2.5 is used up ($2.0000 spent)");
  await expect(model.generate({ prompt: 'c' })).rejects.toMatchObject({ code: 'ERR_ORC_BUDGET' });
  const refusedStream = model.stream({ prompt: 'd' });
  await expect(async () => {
    for await (const piece of refusedStream) text += piece;
  }).rejects.toMatchObject({ code: 'ERR_ORC_BUDGET' });
  expect(refusals).toHaveLength(2);
  expect(inner.calls).toHaveLength(2);
});

test('calls at the same time are counted before they are made', async () => {
  const budget = new WorkerBudget(1.5);
  const { promise, resolve } = deferred<Partial<ModelReply>>();
  const inner = fakeModel({ priced: true, costUsd: 1, reply: () => promise });
  const model = budget.bound(inner, ignore);
  const outcomes = Promise.allSettled(['a', 'b', 'c'].map((prompt) => model.generate({ prompt })));
  resolve({ text: 'x' });
  expect((await outcomes).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
  expect(inner.calls).toHaveLength(1);
});

test('a failed call that was paid for counts, and a price that nobody knows is no price', async () => {
  const budget = new WorkerBudget(1.5);
  const usage = { inputTokens: 1, cachedInputTokens: 0, outputTokens: 1 };
  const broken = fakeModel({
    priced: true,
    costUsd: 1,
    reply: () => Promise.reject(Object.assign(new Error('cut'), { usage })),
  });
  await expect(budget.bound(broken, ignore).generate({ prompt: 'a' })).rejects.toThrow('cut');
  expect(budget.refusal(broken)).toContain('$1.0000 spent');
  const unknown = fakeModel({ priced: 'unknown', costUsd: null });
  expect(budget.refusal(unknown)).toContain('the price of fake/echo is not known');
  await expect(budget.bound(unknown, ignore).generate({ prompt: 'a' })).rejects.toMatchObject({
    code: 'ERR_ORC_BUDGET',
  });
});

test('without a limit, and for a model that is free, nothing is in the way', () => {
  const inner = priced();
  for (const limit of [undefined, 0]) {
    expect(new WorkerBudget(limit).bound(inner, ignore)).toBe(inner);
    expect(new WorkerBudget(limit).refusal(inner)).toBeUndefined();
  }
  expect(new WorkerBudget(1).refusal(fakeModel())).toBeUndefined();
});
