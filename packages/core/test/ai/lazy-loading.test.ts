import { describe, expect, it, vi } from 'vitest';

import { resolveModel } from '../../src/ai/index.ts';
import { startFaultServer } from '../../src/testing/fault-server.ts';

const { loaded, noted } = vi.hoisted(() => {
  const loaded: string[] = [];
  const noted = (name: string) => async (original: () => Promise<object>) => {
    loaded.push(name);
    return original();
  };
  return { loaded, noted };
});
vi.mock('ai', noted('ai'));
vi.mock('@ai-sdk/openai', noted('@ai-sdk/openai'));
vi.mock('@ai-sdk/anthropic', noted('@ai-sdk/anthropic'));
vi.mock('@ai-sdk/google', noted('@ai-sdk/google'));
vi.mock('@ai-sdk/openai-compatible', noted('@ai-sdk/openai-compatible'));
vi.mock('undici', noted('undici'));

describe('The packages of providers', () => {
  it('are loaded by the first call of a model that needs them, and no others', async () => {
    await (await resolveModel('offline/scribe')).generate({ prompt: 'Write.' });
    await using server = await startFaultServer({ flavour: 'anthropic', reply: () => 'Yes.' });
    const model = await resolveModel('anthropic/claude-sonnet-4-6', {
      env: { ANTHROPIC_API_KEY: 'sk-ant-0123456789' },
      config: { baseUrl: server.url },
    });
    expect(loaded).toEqual([]);
    await model.generate({ prompt: 'Write.' });
    await model.generate({ prompt: 'Write.' });
    expect(loaded.toSorted()).toEqual(['@ai-sdk/anthropic', 'ai', 'undici']);
  });
});
