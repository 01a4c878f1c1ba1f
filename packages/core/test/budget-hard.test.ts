/** A budget is a hard stop: for any client, at any concurrency, for each run by itself. */
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { Budget, resolveModel } from '../src/ai/index.ts';
import { createOrchestrator, definePhase, type Phase } from '../src/index.ts';
import { startFaultServer } from '../src/testing/fault-server.ts';
import { fakeModel, type FakeModel } from './support/fake-model.ts';
import { pipelineOf, request } from './support/one-phase.ts';

/** A fan-out of calls, and a phase that gathers them. */
function calls(count: number, maxOutputTokens?: number): readonly Phase[] {
  const each = definePhase({
    id: 'each',
    kind: 'llm',
    ...(maxOutputTokens === undefined ? {} : { model: { maxOutputTokens } }),
    forEach: () => Array.from({ length: count }, (_, index) => ({ key: `k${index}`, value: index })),
    prompt: ({ item }) => `summarise ${item}`,
  });
  return [each, definePhase({ id: 'end', kind: 'compute', needs: { each }, run: ({ inputs }) => inputs.each.length })];
}

/** A client of somebody else's: it knows nothing of budgets, and each reply takes a few turns. */
function foreign(cost: (call: number) => number): FakeModel & { readonly most: () => number } {
  let now = 0;
  let most = 0;
  let asked = 0;
  const model = fakeModel({
    priced: true,
    costUsd: 0,
    reply: async () => {
      const call = (asked += 1);
      now += 1;
      most = Math.max(most, now);
      for (let turn = 0; turn < 1 + (call % 4); turn += 1) await new Promise(setImmediate);
      now -= 1;
      return { text: 'done', costUsd: cost(call) };
    },
  });
  return { ...model, calls: model.calls, most: () => most };
}

test.each([1, 4, 64])('a client that knows nothing of budgets stays within one, %i at once', async (maxWorkers) => {
  const model = foreign(() => 0.0007);
  await using orchestrator = createOrchestrator({ model, maxWorkers, limits: { budgetUsd: 0.01 } });
  const { status, error, usage } = await orchestrator.run(pipelineOf(...calls(200)), request).result;
  expect({ status, code: error?.code }).toEqual({ status: 'failed', code: 'ERR_ORC_BUDGET' });
  expect(usage.costUsd).toBeLessThanOrEqual(0.01 + 1e-9);
  // It is used as far as it goes: fourteen calls fit.
  expect(model.calls).toHaveLength(14);
  if (maxWorkers > 1) expect(model.most()).toBeGreaterThan(1);
  expect(error?.hint).toContain('maxOutputTokens');
});

test('with every reply bounded, nothing exceeds the budget, whatever each call costs', async () => {
  const model = fakeModel({ priced: true });
  // Ten dollars for a million tokens either way, a reply of any length up to the bound.
  const priceOf = ({ inputTokens, outputTokens }: { inputTokens: number; outputTokens: number }): number =>
    (inputTokens + outputTokens) / 100_000;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(100), { minLength: 60, maxLength: 60 }),
      fc.constantFrom(1, 3, 32),
      async (lengths, maxWorkers) => {
        let call = 0;
        const bounded = {
          ...model,
          priceOf,
          generate: async () => {
            const outputTokens = lengths[(call += 1) % lengths.length] as number;
            for (let turn = 0; turn < outputTokens % 3; turn += 1) await new Promise(setImmediate);
            const usage = { inputTokens: 3, cachedInputTokens: 0, outputTokens };
            return { text: 'x', finishReason: 'stop' as const, usage, costUsd: priceOf(usage), attempts: 1 };
          },
        };
        await using orchestrator = createOrchestrator({ model: bounded, maxWorkers, limits: { budgetUsd: 0.01 } });
        const { usage } = await orchestrator.run(pipelineOf(...calls(60, 100)), request).result;
        expect(usage.costUsd).toBeLessThanOrEqual(0.01 + 1e-9);
      },
    ),
    { numRuns: 25, seed: 20261201 },
  );
});

test.each([4, 64])(
  'a client of this package that many runs share gives each its own limit, %i at once',
  async (maxWorkers) => {
    await using server = await startFaultServer({ seed: 7, failRate: 0 });
    const model = await resolveModel('compatible/test', {
      config: { baseUrl: server.url, prices: { 'compatible/*': { input: 1, output: 10 } } },
    });
    await using orchestrator = createOrchestrator({ model, maxWorkers, cache: false, limits: { budgetUsd: 0.004 } });
    const pipeline = pipelineOf(...calls(40));
    const results = await Promise.all([1, 2, 3].map((seed) => orchestrator.run(pipeline, { text: 'x', seed }).result));
    for (const { error, usage } of results) {
      expect(error?.code).toBe('ERR_ORC_BUDGET');
      expect(usage.costUsd).toBeGreaterThan(0.001);
      // One honest call costs a fraction of a cent: by no more than that.
      expect(usage.costUsd).toBeLessThanOrEqual(0.0045);
    }
  },
);

test('a run can have a budget of its own', async () => {
  const model = fakeModel({ priced: true, costUsd: 1 });
  await using orchestrator = createOrchestrator({ model, maxWorkers: 2, limits: { budgetUsd: 100 } });
  const pipeline = pipelineOf(...calls(9));
  const { error, usage } = await orchestrator.run(pipeline, request, { budgetUsd: 3 }).result;
  expect([error?.code, usage.costUsd]).toEqual(['ERR_ORC_BUDGET', 3]);
  expect(() => orchestrator.run(pipeline, request, { budgetUsd: -1 })).toThrow(
    expect.objectContaining({ code: 'ERR_ORC_OPTION', message: expect.stringContaining('`budgetUsd`') }),
  );
  expect((await orchestrator.run(pipeline, { ...request, seed: 2 }, { budgetUsd: 0 }).result).status).toBe('succeeded');
});

test('a call that is aborted, or that fails, gives back what was set aside', async () => {
  const budget = new Budget(1);
  const { signal } = new AbortController();
  const call = { model: 'm', leastUsd: 0.1, mostUsd: 0.9 };
  const first = await budget.reserveCall(call, signal);
  const controller = new AbortController();
  const waiting = budget.reserveCall(call, controller.signal);
  controller.abort('gone');
  await expect(waiting).rejects.toBe('gone');
  first.settle(0, { replied: false });
  expect(budget.reservedUsd).toBe(0);
  (await budget.reserveCall(call, signal)).settle(0.5);
  await expect(budget.reserveCall(call, signal)).rejects.toMatchObject({ code: 'ERR_ORC_BUDGET' });
});

test('calls of unknown size go one at a time until one of them tells', async () => {
  const budget = new Budget(10);
  const { signal } = new AbortController();
  const call = { model: 'm', leastUsd: 0.1 };
  const order: string[] = [];
  const first = await budget.reserveCall(call, signal);
  const others = [1, 2].map(async (name) => {
    const reservation = await budget.reserveCall(call, signal);
    order.push(`begin ${name}`);
    return reservation;
  });
  // Another model is another matter.
  (await budget.reserveCall({ model: 'other', leastUsd: 0.1 }, signal)).settle(0.1);
  expect(order).toEqual([]);
  // A call that came to nothing tells nothing: the next one goes alone again.
  first.settle(0, { replied: false });
  const second = await (others[0] as Promise<Awaited<ReturnType<Budget['reserveCall']>>>);
  expect(order).toEqual(['begin 1']);
  second.settle(4);
  await expect(others[1]).resolves.toBeDefined();
  expect(budget.reservedUsd).toBe(4);
});

test('input that is longer than its text lets expect is learnt from', async () => {
  const budget = new Budget(1);
  const { signal } = new AbortController();
  const call = { model: 'm', leastUsd: 0.1, mostUsd: 0.2 };
  (await budget.reserveCall(call, signal)).settle(0.3);
  await budget.reserveCall(call, signal);
  expect(budget.reservedUsd).toBeCloseTo(0.3);
});

test('once a price turns out not to be known, no call is made any more', async () => {
  const budget = new Budget(1);
  const { signal } = new AbortController();
  (await budget.reserveCall({ model: 'm', leastUsd: 0 }, signal)).settle(null, { model: 'm' });
  await expect(budget.reserveCall({ model: 'm', leastUsd: 0 }, signal)).rejects.toMatchObject({
    code: 'ERR_ORC_BUDGET',
    message: expect.stringContaining('not known'),
  });
});
