import { describe, expect, it } from 'vitest';

import { listModels, resolveModel, type ModelConfig } from '../../src/ai/index.ts';

type Variables = Readonly<Record<string, string>>;

/** Where the call of a model goes, and with which headers. */
async function sent(id: string, env: Variables, config: ModelConfig = {}): Promise<{ url: string; headers: Headers }> {
  const calls: { url: string; headers: Headers }[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    calls.push({ url: input as string, headers: new Headers(init?.headers) });
    return new Response('{"error": {"message": "no"}}', { status: 401 });
  };
  const model = await resolveModel(id, { env, config, fetch });
  await model.generate({ prompt: 'x' }).catch(() => undefined);
  const [call] = calls;
  if (call === undefined) throw new Error('no request was made');
  return call;
}

describe('ANTHROPIC_BASE_URL', () => {
  it.each([
    'https://gateway.example',
    'https://gateway.example/',
    'https://gateway.example/v1',
    'https://gateway.example/v1/',
  ])('is the root of a server, with or without its version: %s', async (address) => {
    const { url, headers } = await sent('anthropic/claude', {
      ANTHROPIC_BASE_URL: address,
      ANTHROPIC_API_KEY: 'a-key',
    });
    expect(url).toBe('https://gateway.example/v1/messages');
    expect(headers.get('x-api-key')).toBe('a-key');
  });

  it('may have a path and a query', async () => {
    const env = { ANTHROPIC_BASE_URL: 'https://gateway.example/anthropic?tenant=7', ANTHROPIC_API_KEY: 'a-key' };
    expect((await sent('anthropic/claude', env)).url).toBe('https://gateway.example/anthropic/v1/messages?tenant=7');
  });
});

describe('ANTHROPIC_AUTH_TOKEN', () => {
  const token = { ANTHROPIC_AUTH_TOKEN: 'a-token-0123456789' };

  it('goes into the Authorization header, alone, also beside a key', async () => {
    for (const env of [token, { ...token, ANTHROPIC_API_KEY: 'a-key' }]) {
      const { url, headers } = await sent('anthropic/claude', {
        ...env,
        ANTHROPIC_BASE_URL: 'https://gateway.example',
      });
      expect(url).toBe('https://gateway.example/v1/messages');
      expect(headers.get('authorization')).toBe('Bearer a-token-0123456789');
      expect(headers.has('x-api-key')).toBe(false);
    }
  });

  it('chooses the provider, and is shown as a key that is there', () => {
    const { providers, chosen } = listModels({ env: token });
    expect(chosen).toMatchObject({ id: 'anthropic/claude-sonnet-4-6', reason: 'ANTHROPIC_AUTH_TOKEN is set' });
    expect(providers.find(({ provider }) => provider === 'anthropic')).toMatchObject({ hasKey: true, ready: true });
  });

  it('goes to no other address', async () => {
    const { headers } = await sent('anthropic/claude', token, { baseUrl: 'http://127.0.0.1:9/v1' });
    expect(JSON.stringify([...headers])).not.toContain(token.ANTHROPIC_AUTH_TOKEN);
  });

  it('gives way to a configured key', async () => {
    const { headers } = await sent('anthropic/claude', token, { apiKey: 'the-configured-key' });
    expect(headers.get('x-api-key')).toBe('the-configured-key');
    expect(headers.has('authorization')).toBe(false);
  });
});

it.each(['https://gateway.example/gemini', 'https://gateway.example/gemini/v1beta'])(
  'GOOGLE_GEMINI_BASE_URL is the root of a server, with or without its version: %s',
  async (address) => {
    const { url, headers } = await sent('google/gemini-3.5-flash', {
      GOOGLE_GEMINI_BASE_URL: address,
      GEMINI_API_KEY: 'a-key',
    });
    expect(url).toMatch(/^https:\/\/gateway\.example\/gemini\/v1beta\/models\/gemini-3\.5-flash:/);
    expect(headers.get('x-goog-api-key')).toBe('a-key');
  },
);

describe('OLLAMA_HOST', () => {
  it.each([
    ['gpu.lan', 'http://gpu.lan:11434'],
    ['gpu.lan:8080', 'http://gpu.lan:8080'],
    [' "gpu.lan:8080" ', 'http://gpu.lan:8080'],
    [':8080', 'http://127.0.0.1:8080'],
    ['0.0.0.0', 'http://127.0.0.1:11434'],
    ['0.0.0.0:8080', 'http://127.0.0.1:8080'],
    ['::1', 'http://[::1]:11434'],
    ['[::1]', 'http://[::1]:11434'],
    ['[::]:8080', 'http://[::1]:8080'],
    ['http://gpu.lan', 'http://gpu.lan'],
    ['http://gpu.lan:11434/', 'http://gpu.lan:11434'],
    ['https://ollama.example', 'https://ollama.example'],
    ['https://ollama.example/models', 'https://ollama.example/models'],
    ['https://ollama.example/v1', 'https://ollama.example'],
  ])('is read as Ollama’s own client reads it: %s', async (value, address) => {
    expect((await sent('ollama/llama3.2', { OLLAMA_HOST: value })).url).toBe(`${address}/v1/chat/completions`);
  });

  it('has to be an address', async () => {
    await expect(resolveModel('ollama/llama3.2', { env: { OLLAMA_HOST: 'gpu lan' } })).rejects.toMatchObject({
      code: 'ERR_ORC_OPTION',
      message: expect.stringContaining('OLLAMA_HOST') as string,
    });
  });

  it('gives way to a configured address', async () => {
    const { url } = await sent('ollama/a', { OLLAMA_HOST: 'gpu.lan' }, { baseUrl: 'http://127.0.0.1:9/v1' });
    expect(url).toBe('http://127.0.0.1:9/v1/chat/completions');
  });
});
