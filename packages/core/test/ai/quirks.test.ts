import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { resolveModel, type ModelEvent } from '../../src/ai/index.ts';
import {
  quirkSchema,
  quirkText,
  quirkValue,
  quirks,
  startQuirkServer,
  type QuirkServer,
} from '../../src/testing/index.ts';
import { ManualClock, hurry } from './manual-clock.ts';

let server: QuirkServer;
beforeAll(async () => {
  server = await startQuirkServer();
});
afterAll(() => server.close());

const asked = {
  system: 'You are terse.',
  prompt: 'What is a tide?',
  temperature: 0.4,
  topP: 0.9,
  seed: 7,
  stop: ['END'],
  maxOutputTokens: 500,
};

async function clientOf(name: string) {
  const clock = new ManualClock();
  const { events, onEvent } = hurry(clock);
  const model = await resolveModel('compatible/m', {
    config: { baseUrl: server.url(name), apiKey: 'my-own-test-key-0123456789', callTimeoutMs: 3_600_000 },
    clock,
    onEvent,
    random: () => 0,
  });
  return { model, events: events as readonly ModelEvent[] };
}

const right = quirks.filter(({ outcome }) => outcome.code === undefined);
const wrong = quirks.filter(({ outcome }) => outcome.code !== undefined);

describe('A call succeeds within two requests', () => {
  it.each(right)('$name', async ({ name, structured, outcome }) => {
    const { model } = await clientOf(name);
    const reply = await model.generate(structured ? { ...asked, schema: quirkSchema } : asked);
    expect(reply.finishReason).toBe(outcome.finishReason ?? 'stop');
    if (structured) {
      const title = (reply.object as { title: string }).title.split('\n')[0];
      expect({ ...(reply.object as object), title }).toEqual(quirkValue);
    } else expect(reply.text.trim()).toBe(quirkText);
    expect(server.calls(name).length).toBeLessThanOrEqual(2);
    expect(reply.attempts).toBe(server.calls(name).length);
  });
});

describe('A call fails with the right code and the provider’s own words, within four requests', () => {
  it.each(wrong)('$name', async ({ name, structured, outcome }) => {
    const { model } = await clientOf(name);
    const error: unknown = await model
      .generate(structured ? { ...asked, schema: quirkSchema } : asked)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: outcome.code });
    expect((error as Error).message).toContain(outcome.says ?? '');
    expect((error as { hint?: string }).hint ?? 'the reply').not.toBe('');
    expect(server.calls(name).length).toBeLessThanOrEqual(4);
  });
});

describe('What a server refused', () => {
  it.each(quirks.filter(({ name }) => name.startsWith('refuses-') && name !== 'refuses-schema-bad-sample'))(
    'it gets no more, and a warning says so once: $name',
    async ({ name, structured }) => {
      const { model, events } = await clientOf(name);
      const request = structured ? { ...asked, schema: quirkSchema } : asked;
      await model.generate(request);
      const before = server.calls(name).length;
      await model.generate(request);
      await model.generate(request);
      expect(server.calls(name).length).toBe(before + 2);
      expect(events.filter(({ type }) => type === 'model-warning')).toHaveLength(1);
    },
  );

  it('takes nothing else away from a request', async () => {
    const { model } = await clientOf('refuses-seed');
    await model.generate(asked);
    expect(server.calls('refuses-seed').at(-1)).toMatchObject({ temperature: 0.4, top_p: 0.9, stop: ['END'] });
  });

  it('is not sent in the first place where it is known', async () => {
    const sent = async (id: string): Promise<Readonly<Record<string, unknown>>> => {
      const model = await resolveModel(id, { config: { baseUrl: server.url('plain') } });
      await model.generate(asked);
      return server.calls('plain').at(-1) ?? {};
    };
    expect(await sent('mistral/mistral-large-latest')).toMatchObject({ random_seed: 7, temperature: 0.4 });
    expect(await sent('mistral/mistral-large-latest')).not.toHaveProperty('stream_options');
    expect(await sent('openai/gpt-5.4-mini')).toMatchObject({ max_completion_tokens: 500, seed: 7 });
    expect(await sent('openai/gpt-5.4-mini')).not.toHaveProperty('temperature');
    expect(await sent('compatible/anthropic/claude-opus-4-7')).not.toHaveProperty('temperature');
    expect(await sent('compatible/google/gemma-3-27b')).toMatchObject({ messages: [{ role: 'user' }] });
    expect(await sent('compatible/qwen')).toMatchObject({ temperature: 0.4, max_tokens: 500, stream_options: {} });
  });
});
