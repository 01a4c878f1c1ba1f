import { describe, expect, it } from 'vitest';

import { chooseModel, listModels, resolveModel } from '../../src/ai/index.ts';

const noNetwork: typeof globalThis.fetch = () => {
  throw new Error('The network was touched');
};
const keys = { OPENAI_API_KEY: 'sk-0123456789', GEMINI_API_KEY: 'AIza-0123456789', ANTHROPIC_API_KEY: ' ' };

describe('The model', () => {
  it('is the one asked for, else the configured one, else that of the first provider with a key, else the built-in one', () => {
    const config = { model: 'ollama/llama3.2' };
    expect(chooseModel('exec/mine', config, keys)).toMatchObject({ id: 'exec/mine', source: 'explicit' });
    expect(chooseModel(undefined, config, keys)).toMatchObject({ id: 'ollama/llama3.2', source: 'config' });
    expect(chooseModel(undefined, { model: '' }, keys)).toMatchObject({
      id: 'openai/gpt-5.4-mini',
      source: 'environment',
      reason: 'OPENAI_API_KEY is set',
    });
    expect(chooseModel(undefined, {}, { GEMINI_API_KEY: 'x' })).toMatchObject({
      source: 'environment',
      reason: 'GEMINI_API_KEY is set',
    });
    expect(chooseModel(undefined, {}, { ANTHROPIC_API_KEY: '' })).toMatchObject({
      id: 'offline/scribe',
      source: 'offline',
    });
    expect(() => chooseModel(undefined, { baseUrl: 'http://localhost:8000/v1' }, {})).toThrow(
      expect.objectContaining({ code: 'ERR_ORC_MODEL_MISSING' }) as Error,
    );
  });

  it('is made without touching the network', async () => {
    for (const id of ['openai/gpt-5.4-mini', 'google/gemini-3.5-flash', 'ollama/llama3.2', 'lmstudio/qwen']) {
      const model = await resolveModel(id, { env: keys, fetch: noNetwork });
      expect(model.id).toBe(id);
    }
  });

  it.each([
    { id: 'gpt-5', code: 'ERR_ORC_MODEL_UNKNOWN' },
    { id: 'nobody/model', code: 'ERR_ORC_MODEL_UNKNOWN' },
    { id: 'openai/', code: 'ERR_ORC_MODEL_UNKNOWN' },
    { id: 'compatible/x', code: 'ERR_ORC_MODEL_UNKNOWN' },
    { id: 'exec/x', code: 'ERR_ORC_MODEL_UNKNOWN' },
    { id: 'exec/constructor', code: 'ERR_ORC_MODEL_UNKNOWN' },
    { id: 'anthropic/claude-sonnet-4-6', code: 'ERR_ORC_MODEL_AUTH' },
  ])('is refused with what to do: $id', async ({ id, code }) => {
    await expect(resolveModel(id, { config: { exec: {} } })).rejects.toMatchObject({
      code,
      hint: expect.any(String) as string,
    });
  });

  it.each([
    { config: { baseUrl: 'localhost:8000' } },
    { config: { baseUrl: 'http://user:pass@host/v1' } },
    { config: { maxRetries: -1 } },
    { config: { maxRetries: 1.5 } },
    { config: { requestsPerMinute: Number.NaN } },
  ])('is refused with a configuration that makes no sense: $config', async ({ config }) => {
    await expect(resolveModel('ollama/x', { config })).rejects.toMatchObject({
      code: 'ERR_ORC_OPTION',
      message: expect.not.stringContaining('pass@') as string,
    });
  });

  it('names a variable that a configured key refers to and that is not set', async () => {
    await expect(resolveModel('openai/x', { config: { apiKey: '${NOWHERE}' } })).rejects.toMatchObject({
      code: 'ERR_ORC_MODEL_AUTH',
      message: expect.stringContaining('NOWHERE') as string,
    });
  });
});

describe('The identity', () => {
  it('tells apart what shapes a reply: provider, address and model', async () => {
    const identities = await Promise.all([
      resolveModel('openai/a', { env: keys }),
      resolveModel('openai/b', { env: keys }),
      resolveModel('openai/a', { env: keys, config: { baseUrl: 'http://localhost:1/v1/' } }),
      resolveModel('openai/a', { env: { ...keys, OPENAI_BASE_URL: 'http://localhost:2/v1' } }),
      resolveModel('compatible/a', { config: { baseUrl: 'http://localhost:1/v1' } }),
    ]);
    expect(new Set(identities.map(({ identity }) => JSON.stringify(identity))).size).toBe(5);
    expect(identities[2]?.identity).toEqual({ provider: 'openai', model: 'a', baseUrl: 'http://localhost:1/v1' });
  });

  it('of another name at a server is the whole name', async () => {
    const model = await resolveModel('meta-llama/Llama-3.3', { config: { baseUrl: 'http://localhost:1/v1' } });
    expect(model.identity).toMatchObject({ provider: 'compatible', model: 'meta-llama/Llama-3.3' });
  });
});

describe('The list of providers', () => {
  it('says whether a key is there, and never which', () => {
    const list = listModels({ config: { exec: { mine: { command: 'my-model' } } }, env: keys });
    expect(list.providers.find(({ provider }) => provider === 'openai')).toMatchObject({
      hasKey: true,
      ready: true,
      keyVariables: ['OPENAI_API_KEY'],
    });
    expect(list.providers.find(({ provider }) => provider === 'anthropic')).toMatchObject({
      hasKey: false,
      ready: false,
    });
    expect(list.providers.find(({ provider }) => provider === 'ollama')).toMatchObject({
      hasKey: false,
      ready: true,
      network: false,
    });
    expect(list.providers.map(({ example }) => example)).toEqual(
      expect.arrayContaining(['offline/scribe', 'exec/mine']),
    );
    expect(list.chosen).toMatchObject({ id: 'openai/gpt-5.4-mini' });
    expect(JSON.stringify(list)).not.toContain('0123456789');
  });
});
