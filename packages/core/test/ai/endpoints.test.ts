import { describe, expect, it } from 'vitest';

import { resolveModel, type ModelConfig, type ModelEvent } from '../../src/ai/index.ts';

const env = {
  OPENAI_API_KEY: 'key-of-openai-0123456789',
  GROQ_API_KEY: 'key-of-groq-0123456789',
  ANTHROPIC_API_KEY: 'key-of-anthropic-0123456789',
  MY_KEY: 'key-of-mine-0123456789',
};

interface Sent {
  readonly url: string;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
  readonly events: readonly ModelEvent[];
  readonly error: unknown;
  readonly identity: unknown;
}

/** One call of a model, and what left for the server. */
async function sent(id: string, config: ModelConfig, variables: Readonly<Record<string, string>> = env): Promise<Sent> {
  const calls: { url: string; headers: Headers; body: Readonly<Record<string, unknown>> }[] = [];
  const events: ModelEvent[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    calls.push({
      url: input as string,
      headers: new Headers(init?.headers),
      body: JSON.parse(init?.body as string) as Readonly<Record<string, unknown>>,
    });
    return new Response('{"error": {"message": "no"}}', { status: 401 });
  };
  const model = await resolveModel(id, { config, env: variables, fetch, onEvent: (event) => events.push(event) });
  const error: unknown = await model.generate({ prompt: 'x' }).catch((thrown: unknown) => thrown);
  const [call] = calls;
  if (call === undefined) throw new Error('no request was made', { cause: error });
  return { ...call, events, error, identity: model.identity };
}

const keysIn = ({ url, headers, body }: Sent): readonly string[] =>
  Object.values(env).filter((key) => `${url} ${JSON.stringify([...headers])} ${JSON.stringify(body)}`.includes(key));

describe('A key goes to its own address', () => {
  const local = { model: 'compatible/local', baseUrl: 'http://127.0.0.1:9/v1', apiKey: '${MY_KEY}' };

  it.each([
    { id: 'groq/llama', host: 'https://api.groq.com/openai/v1/', keys: [env.GROQ_API_KEY] },
    { id: 'openai/gpt-5.4-mini', host: 'https://api.openai.com/v1/', keys: [env.OPENAI_API_KEY] },
    { id: 'anthropic/claude-sonnet-4-6', host: 'https://api.anthropic.com/v1/', keys: [env.ANTHROPIC_API_KEY] },
    { id: 'ollama/llama3.2', host: 'http://localhost:11434/v1/', keys: [] },
    { id: 'compatible/other', host: 'http://127.0.0.1:9/v1/', keys: [env.MY_KEY] },
  ])('beside a server of one’s own: $id', async ({ id, host, keys }) => {
    const request = await sent(id, local);
    expect(request.url.startsWith(host)).toBe(true);
    expect(keysIn(request)).toEqual(keys);
  });

  it('and the configured address belongs to the provider of the configured model alone', async () => {
    const gateway = { model: 'openai/gpt', baseUrl: 'http://127.0.0.1:9/v1', apiKey: '${MY_KEY}' };
    expect(keysIn(await sent('openai/other', gateway))).toEqual([env.MY_KEY]);
    const beside = await sent('groq/llama', gateway);
    expect(beside.url.startsWith('https://api.groq.com/')).toBe(true);
    expect(keysIn(beside)).toEqual([env.GROQ_API_KEY]);
  });

  it.each(['openai/gpt', 'anthropic/claude', 'groq/llama'])(
    'so that a variable of the environment is not sent to a foreign server, with a word on what to set: %s',
    async (id) => {
      const request = await sent(id, { baseUrl: 'http://127.0.0.1:9/v1' });
      expect(request.url.startsWith('http://127.0.0.1:9/v1/')).toBe(true);
      expect(keysIn(request)).toEqual([]);
      const variable = `${id.split('/')[0]?.toUpperCase()}_API_KEY`;
      expect(request.events).toContainEqual(
        expect.objectContaining({
          type: 'model-warning',
          message: expect.stringContaining(`set \`ai.api_key\` to \${${variable}}`) as string,
        }),
      );
      expect(request.error).toMatchObject({ hint: expect.stringContaining(variable) as string });
    },
  );

  it('while a host below the provider’s own, and the address in its own variable, get it', async () => {
    const regional = await sent('openai/gpt', { baseUrl: 'https://eu.api.openai.com/v1' });
    expect(keysIn(regional)).toEqual([env.OPENAI_API_KEY]);
    const gateway = await sent('openai/gpt', {}, { ...env, OPENAI_BASE_URL: 'http://127.0.0.1:9/v1' });
    expect(gateway.url.startsWith('http://127.0.0.1:9/v1/')).toBe(true);
    expect(keysIn(gateway)).toEqual([env.OPENAI_API_KEY]);
    const lookalike = await sent('openai/gpt', { baseUrl: 'https://api.openai.com.example/v1' });
    expect(keysIn(lookalike)).toEqual([]);
    const plain = await sent('openai/gpt', { baseUrl: 'http://api.openai.com/v1' });
    expect(keysIn(plain)).toEqual([]);
  });
});

describe('A provider of one’s own', () => {
  const providers: NonNullable<ModelConfig['providers']> = {
    azure: {
      api: 'openai-chat',
      baseUrl: 'https://me.example/openai/deployments/gpt',
      headers: { 'api-key': '${MY_KEY}', 'x-team': 'writers' },
      query: { 'api-version': '2024-10-21' },
      extraBody: { provider: { order: ['a'] }, max_tokens: 7 },
    },
    second: { api: 'anthropic', baseUrl: 'http://127.0.0.1:9/v1', apiKey: '${MY_KEY}' },
    groq: { extraBody: { service_tier: 'flex' } },
  };

  it('is spoken to at its address, with its parameters, headers and members', async () => {
    const request = await sent('azure/gpt-5', { providers });
    expect(request.url).toBe('https://me.example/openai/deployments/gpt/chat/completions?api-version=2024-10-21');
    expect(request.headers.get('api-key')).toBe(env.MY_KEY);
    expect(request.body).toMatchObject({ model: 'gpt-5', provider: { order: ['a'] }, max_tokens: 7 });
    expect(keysIn(request)).toEqual([env.MY_KEY]);
  });

  it('is told apart by what shapes its replies, and never by a secret', async () => {
    const { identity } = await sent('azure/gpt-5', { providers });
    expect(identity).toEqual({
      provider: 'azure',
      model: 'gpt-5',
      baseUrl: 'https://me.example/openai/deployments/gpt',
      query: { 'api-version': '2024-10-21' },
      headers: { 'x-team': 'writers' },
      body: { provider: { order: ['a'] }, max_tokens: 7 },
    });
  });

  it('keeps its key to itself, and leaves the others theirs', async () => {
    expect(keysIn(await sent('second/claude', { providers }))).toEqual([env.MY_KEY]);
    const changed = await sent('groq/llama', { providers });
    expect(changed.url.startsWith('https://api.groq.com/')).toBe(true);
    expect(changed.body['service_tier']).toBe('flex');
    expect(keysIn(changed)).toEqual([env.GROQ_API_KEY]);
  });

  it.each([
    { provider: { baseUrl: 'http://127.0.0.1:9' }, member: 'providers.mine.api' },
    { provider: { api: 'openai-chat' as const }, member: 'providers.mine.baseUrl' },
    { provider: { api: 'openai-chat' as const, baseUrl: 'ftp://x' }, member: 'providers.mine.baseUrl' },
  ])('says which member is missing: $member', async ({ provider, member }) => {
    await expect(resolveModel('mine/x', { config: { providers: { mine: provider } } })).rejects.toMatchObject({
      code: 'ERR_ORC_OPTION',
      message: expect.stringContaining(member) as string,
    });
  });

  it('is looked up among its own names alone', async () => {
    await expect(resolveModel('constructor/x', { config: { providers } })).rejects.toMatchObject({
      code: 'ERR_ORC_MODEL_UNKNOWN',
    });
  });
});

describe('An address with a query', () => {
  const secret = 'query-secret-0123456789';

  it('gets it back behind each path, and shows it nowhere', async () => {
    const baseUrl = `http://127.0.0.1:9/v1/?key=${secret}&api-version=3`;
    const request = await sent('compatible/m', { baseUrl });
    expect(request.url).toBe(`http://127.0.0.1:9/v1/chat/completions?key=${secret}&api-version=3`);
    expect(request.identity).toMatchObject({ baseUrl: 'http://127.0.0.1:9/v1', query: { 'api-version': '3' } });
    const shown = JSON.stringify([request.identity, request.events, request.error, String(request.error)]);
    expect(shown).not.toContain(secret);
  });

  it.each([
    { baseUrl: `ftp://host/?key=${secret}` },
    { baseUrl: `not an address?key=${secret}` },
    { baseUrl: `http://user:${secret}@host/v1` },
  ])('is not in the error about it either: $baseUrl', async ({ baseUrl }) => {
    const error: unknown = await resolveModel('compatible/m', { config: { baseUrl } }).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'ERR_ORC_OPTION' });
    expect(String(error)).not.toContain(secret);
  });

  it('is not in the error that asks for a model either', async () => {
    const error: unknown = await resolveModel(undefined, { config: { baseUrl: `http://h/v1?key=${secret}` } }).catch(
      (e: unknown) => e,
    );
    expect(error).toMatchObject({ code: 'ERR_ORC_MODEL_MISSING' });
    expect(String(error)).not.toContain(secret);
  });
});
