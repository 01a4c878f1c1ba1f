import { describe, expect, it } from 'vitest';

import { resolveModel } from '../../src/ai/index.ts';
import { costOf, findPrice } from '../../src/ai/prices.ts';
import { startFaultServer } from '../../src/testing/fault-server.ts';

const usage = { inputTokens: 1_000_000, cachedInputTokens: 400_000, outputTokens: 500_000 };

describe('A price', () => {
  it('counts fresh input, cached input and output apart', () => {
    expect(costOf(usage, { input: 2, cachedInput: 0.5, output: 8 })).toBeCloseTo(0.6 * 2 + 0.4 * 0.5 + 0.5 * 8);
  });

  it('takes cached input at the full price where no other is given', () => {
    expect(costOf(usage, { input: 2, output: 8 })).toBeCloseTo(6);
  });

  it('is found by the whole id, then by the provider', () => {
    const prices = { 'openai/*': { input: 1, output: 1 }, 'openai/a': { input: 2, output: 2 } };
    expect(findPrice('openai/a', prices)).toEqual({ input: 2, output: 2 });
    expect(findPrice('openai/b', prices)).toEqual({ input: 1, output: 1 });
    expect(findPrice('constructor', prices)).toBeUndefined();
  });
});

describe('A model without a price', () => {
  it('is unpriced, never free', async () => {
    await using server = await startFaultServer({ reply: () => 'Yes.' });
    const model = await resolveModel('compatible/test', { config: { baseUrl: server.url } });
    expect(model.capabilities).toEqual({ network: true, priced: 'unknown' });
    expect(model.priceOf(usage)).toBeNull();
    expect((await model.generate({ prompt: 'Write.' })).costUsd).toBeNull();
  });

  it('costs nothing where it runs on this machine', async () => {
    const model = await resolveModel('ollama/llama3.2');
    expect(model.capabilities).toEqual({ network: false, priced: false });
    expect(model.priceOf(usage)).toBe(0);
  });
});

describe('A reply', () => {
  it('costs what its tokens cost, cached ones included', async () => {
    await using server = await startFaultServer({ reply: () => 'Yes, it is.' });
    const model = await resolveModel('compatible/test', {
      config: { baseUrl: server.url, prices: { 'compatible/test': { input: 100, cachedInput: 10, output: 1000 } } },
    });
    const { usage: used, costUsd } = await model.generate({ system: 'x'.repeat(400), prompt: 'y'.repeat(40) });
    expect(used).toEqual({ inputTokens: 110, cachedInputTokens: 100, outputTokens: 3 });
    expect(costUsd).toBeCloseTo((10 * 100 + 100 * 10 + 3 * 1000) / 1_000_000);
    expect(model.capabilities.priced).toBe(true);
  });
});
