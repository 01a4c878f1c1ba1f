import { describe, expect, it } from 'vitest';

import { resolveModel, type ModelConfig } from '../../src/ai/index.ts';
import { startFaultServer, type FaultServerOptions } from '../../src/testing/fault-server.ts';

interface Wire {
  readonly title: string;
  readonly id: string;
  readonly flavour: 'openai' | 'anthropic';
  readonly path: string;
  readonly direct?: boolean;
}

const wires: readonly Wire[] = [
  {
    title: 'an OpenAI-compatible server',
    id: 'compatible/some/model',
    flavour: 'openai',
    path: '/v1/chat/completions',
  },
  {
    title: 'OpenAI behind another address',
    id: 'openai/gpt-5.4-mini',
    flavour: 'openai',
    path: '/v1/chat/completions',
  },
  {
    title: "OpenAI's responses API",
    id: 'openai/gpt-4.1-mini',
    flavour: 'openai',
    path: '/v1/responses',
    direct: true,
  },
  {
    title: 'Anthropic with native schemas',
    id: 'anthropic/claude-sonnet-4-6',
    flavour: 'anthropic',
    path: '/v1/messages',
  },
  {
    title: 'Anthropic with its JSON tool',
    id: 'anthropic/claude-3-haiku-20240307',
    flavour: 'anthropic',
    path: '/v1/messages',
  },
  { title: 'Ollama', id: 'ollama/llama3.2', flavour: 'openai', path: '/v1/chat/completions' },
];

const env = { OPENAI_API_KEY: 'sk-openai-0123456789', ANTHROPIC_API_KEY: 'sk-ant-0123456789' };

async function start(wire: Wire, options: FaultServerOptions, config: ModelConfig = {}) {
  const server = await startFaultServer({ flavour: wire.flavour, ...options });
  // The address of OpenAI itself is kept, so that its own API is spoken, and led to the loopback server.
  const fetch: typeof globalThis.fetch = (input, init) =>
    globalThis.fetch((input as string).replace('https://api.openai.com/v1', server.url), init);
  const model = await resolveModel(wire.id, {
    env,
    fetch,
    config: wire.direct === true ? config : { baseUrl: server.url, ...config },
  });
  return { server, model };
}

const story = Array.from({ length: 40 }, (_, index) => `Sentence ${index} of the reply.`).join(' ');
const schema = {
  type: 'object',
  properties: { title: { type: 'string' }, scenes: { type: 'array', items: { type: 'string' } } },
  required: ['title', 'scenes'],
  additionalProperties: false,
};

describe.each(wires)('$title', (wire) => {
  it('streams text, counts its tokens and tells why it ended', async () => {
    const { server, model } = await start(wire, { reply: () => story });
    await using _ = server;
    const stream = model.stream({ system: 'You write.', prompt: 'Write.', seed: 7 });
    const chunks: string[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    const reply = await stream.reply;
    expect(chunks.length).toBeGreaterThan(5);
    expect(chunks.join('')).toBe(story);
    expect(reply).toMatchObject({
      text: story,
      finishReason: 'stop',
      attempts: 1,
      costUsd: wire.id.startsWith('ollama') ? 0 : null,
    });
    expect(reply.usage).toEqual({ inputTokens: 5, cachedInputTokens: 3, outputTokens: Math.ceil(story.length / 4) });
    expect(server.calls[0]).toMatchObject({
      path: wire.path,
      request: { system: 'You write.', prompt: 'Write.' },
      body: { stream: true },
    });
    expect(model.id).toBe(wire.id);
  });

  it('hands the schema on and returns the object', async () => {
    const value = { title: 'Tides', scenes: ['dawn', 'dusk'] };
    const { server, model } = await start(wire, {
      reply: (request) => JSON.stringify(request.schema === undefined ? 'no schema came' : value),
    });
    await using _ = server;
    const reply = await model.generate({ prompt: 'A plan', schema });
    expect(reply.object).toEqual(value);
    expect(server.calls).toHaveLength(1);
    expect(server.calls[0]?.request.schema).toMatchObject({ required: ['title', 'scenes'] });
  });

  it('passes a truncated and a refused reply on as what they are', async () => {
    const { server, model } = await start(wire, {
      reply: () => story,
      script: (call) => (call === 1 ? 'truncate' : 'refuse'),
    });
    await using _ = server;
    const cut = await model.generate({ prompt: 'Write.' });
    expect(cut.finishReason).toBe('length');
    expect(story.startsWith(cut.text)).toBe(true);
    expect((await model.generate({ prompt: 'Write.' })).finishReason).toBe('content-filter');
    expect(server.calls).toHaveLength(2);
  });
});

describe('Anthropic', () => {
  it('marks the instructions, which stay the same, for its prompt cache', async () => {
    const { server, model } = await start(wires[3] as Wire, { reply: () => 'Yes.' });
    await using _ = server;
    await model.generate({ system: 'You write.', prompt: 'Write.' });
    expect(server.calls[0]?.body['system']).toEqual([
      { type: 'text', text: 'You write.', cache_control: { type: 'ephemeral' } },
    ]);
  });
});

describe('Sampling', () => {
  it('is passed on', async () => {
    const { server, model } = await start(wires[0] as Wire, { reply: () => 'Yes.' });
    await using _ = server;
    await model.generate({
      prompt: 'Write.',
      temperature: 0.3,
      topP: 0.9,
      maxOutputTokens: 50,
      stop: ['END'],
      seed: 11,
    });
    expect(server.calls[0]?.request).toMatchObject({
      temperature: 0.3,
      topP: 0.9,
      maxOutputTokens: 50,
      stop: ['END'],
      seed: 11,
    });
  });
});

describe('Google', () => {
  it('gets its key in a header, never in the address, and its stream is read', async () => {
    const seen: { url: string; key: string | null; body: unknown }[] = [];
    const fetch: typeof globalThis.fetch = async (input, init) => {
      seen.push({
        url: input as string,
        key: new Headers(init?.headers).get('x-goog-api-key'),
        body: JSON.parse(init?.body as string) as unknown,
      });
      const parts = [
        { candidates: [{ content: { parts: [{ text: '{"title":' }], role: 'model' } }] },
        {
          candidates: [{ content: { parts: [{ text: '"Tides"}' }], role: 'model' }, finishReason: 'STOP' }],
          usageMetadata: {
            promptTokenCount: 10,
            cachedContentTokenCount: 4,
            candidatesTokenCount: 5,
            totalTokenCount: 15,
          },
        },
      ];
      return new Response(parts.map((part) => `data: ${JSON.stringify(part)}\n\n`).join(''), {
        headers: { 'content-type': 'text/event-stream' },
      });
    };
    const model = await resolveModel('google/gemini-3.5-flash', { env: { GEMINI_API_KEY: 'AIza-0123456789' }, fetch });
    const reply = await model.generate({
      system: 'You plan.',
      prompt: 'A plan',
      schema: { type: 'object', properties: { title: { type: 'string' } }, required: ['title'] },
    });
    expect(reply).toMatchObject({
      object: { title: 'Tides' },
      finishReason: 'stop',
      usage: { inputTokens: 10, cachedInputTokens: 4, outputTokens: 5 },
    });
    expect(seen[0]).toMatchObject({
      key: 'AIza-0123456789',
      body: { generationConfig: { responseMimeType: 'application/json' } },
    });
    expect(seen[0]?.url).not.toContain('AIza');
  });
});
