import { describe, expect, it } from 'vitest';

import { Budget, resolveModel, type ModelConfig } from '../../src/ai/index.ts';
import { startFaultServer } from '../../src/testing/fault-server.ts';

const { signal } = new AbortController();
const text = 'word '.repeat(800);
// 1000 output tokens cost one dollar.
const prices = { 'compatible/*': { input: 0, output: 1000 } };

async function start(config: ModelConfig, reply = text) {
  const server = await startFaultServer({ reply: () => reply });
  return {
    server,
    model: await resolveModel('compatible/test', { config: { baseUrl: server.url, prices, ...config } }),
  };
}

describe('A budget', () => {
  it('stops the call that may exceed it before it is made', async () => {
    const { server, model } = await start({ budgetUsd: 2.5 });
    await using _ = server;
    const ask = (): Promise<unknown> => model.generate({ prompt: 'Write.', maxOutputTokens: 1000 });
    await ask();
    await ask();
    await expect(ask()).rejects.toMatchObject({
      code: 'ERR_ORC_BUDGET',
      retryable: false,
      hint: expect.stringContaining('resume') as string,
    });
    expect(server.calls).toHaveLength(2);
    // What fits still goes.
    await expect(model.generate({ prompt: 'Write.', maxOutputTokens: 400 })).resolves.toMatchObject({ costUsd: 1 });
    await expect(model.generate({ prompt: 'Write.', maxOutputTokens: 1 })).rejects.toMatchObject({
      code: 'ERR_ORC_BUDGET',
    });
  });

  it('is not exceeded by calls that run at once: each sets its money aside', async () => {
    const { server, model } = await start({ budgetUsd: 3 });
    await using _ = server;
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, (_unused, index) => model.generate({ prompt: `Call ${index}`, maxOutputTokens: 1000 })),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    expect(server.calls).toHaveLength(3);
  });

  it('gives back what a call did not need', async () => {
    const { server, model } = await start({ budgetUsd: 1.2 }, 'Yes.');
    await using _ = server;
    await Promise.all([1, 2, 3, 4].map((index) => model.generate({ prompt: `Call ${index}`, maxOutputTokens: 1000 })));
    expect(server.calls).toHaveLength(4);
  });

  it('counts calls that failed', async () => {
    await using server = await startFaultServer({ reply: () => text, script: () => 'early-end' });
    const model = await resolveModel('compatible/test', {
      config: { baseUrl: server.url, prices, budgetUsd: 1.2, maxRetries: 0 },
    });
    await expect(model.generate({ prompt: 'Write.', maxOutputTokens: 1000 })).rejects.toMatchObject({
      usage: expect.objectContaining({ outputTokens: expect.any(Number) as number }) as object,
    });
    await expect(model.generate({ prompt: 'Write.', maxOutputTokens: 1000 })).rejects.toMatchObject({
      code: 'ERR_ORC_BUDGET',
    });
  });

  it('refuses a model whose price nobody knows: it would be no limit', async () => {
    const { server, model } = await start({ budgetUsd: 1, prices: {} });
    await using _ = server;
    await expect(model.generate({ prompt: 'Write.' })).rejects.toMatchObject({
      code: 'ERR_ORC_BUDGET',
      hint: expect.stringContaining('ai.prices') as string,
    });
    expect(server.calls).toHaveLength(0);
  });
});

describe('The amount', () => {
  it('can be shared by several models', async () => {
    await using server = await startFaultServer({ reply: () => text });
    const budget = new Budget(1.5);
    const options = { budget, config: { baseUrl: server.url, prices } };
    const [one, two] = await Promise.all([
      resolveModel('compatible/one', options),
      resolveModel('compatible/two', options),
    ]);
    await one.generate({ prompt: 'Write.', maxOutputTokens: 1000 });
    await expect(two.generate({ prompt: 'Write.', maxOutputTokens: 1000 })).rejects.toMatchObject({
      code: 'ERR_ORC_BUDGET',
    });
    expect(budget.spentUsd).toBeCloseTo(1);
  });

  it('goes on from what an earlier part of the run has cost', async () => {
    const budget = new Budget(1, 0.9);
    await expect(budget.reserve(0.2, signal)).rejects.toMatchObject({ code: 'ERR_ORC_BUDGET' });
    const reservation = await budget.reserve(0.1, signal);
    reservation.settle(0.05);
    reservation.settle(5);
    expect(budget.spentUsd).toBeCloseTo(0.95);
    expect(budget.reservedUsd).toBe(0);
  });

  it('lets a waiting call go when it is aborted', async () => {
    const budget = new Budget(1);
    await budget.reserve(0.8, signal);
    const controller = new AbortController();
    const waiting = budget.reserve(0.5, controller.signal);
    controller.abort('gone');
    await expect(waiting).rejects.toBe('gone');
    expect(budget.reservedUsd).toBe(0.8);
  });
});
