import { afterEach, describe, expect, it, vi } from 'vitest';

import { resolveModel } from '../../src/ai/index.ts';
import type { FaultKind } from '../../src/testing/fault-server-plan.ts';
import { startFaultServer } from '../../src/testing/fault-server.ts';

const text = 'A sentence that never ends in the middle. '.repeat(50);
const env = { OPENAI_API_KEY: 'sk-openai-0123456789', ANTHROPIC_API_KEY: 'sk-ant-0123456789' };
const breaks: readonly FaultKind[] = ['cut', 'early-end', 'stream-error', 'content-type'];
const wires = ['compatible/test', 'openai/gpt-4.1-mini', 'anthropic/claude-sonnet-4-6'];

const unhandled: unknown[] = [];
const note = (error: unknown): void => void unhandled.push(error);
process.on('unhandledRejection', note);
afterEach(() => {
  expect(unhandled).toEqual([]);
});

async function broken(id: string, fault: FaultKind) {
  const server = await startFaultServer({
    flavour: id.startsWith('anthropic') ? 'anthropic' : 'openai',
    reply: () => text,
    script: () => fault,
  });
  const direct = id.startsWith('openai/');
  const fetch: typeof globalThis.fetch = (input, init) =>
    globalThis.fetch((input as string).replace('https://api.openai.com/v1', server.url), init);
  const model = await resolveModel(id, {
    env,
    fetch,
    config: { ...(direct ? {} : { baseUrl: server.url }), maxRetries: 0 },
  });
  return { server, model };
}

describe.each(wires)('A stream of %s that breaks', (id) => {
  it.each(breaks.map((fault) => ({ fault })))(
    'rejects, though text had come, and prints nothing: $fault',
    async ({ fault }) => {
      const printed = (['log', 'info', 'warn', 'error', 'debug'] as const).map((name) => vi.spyOn(console, name));
      const written = [vi.spyOn(process.stdout, 'write'), vi.spyOn(process.stderr, 'write')];
      const { server, model } = await broken(id, fault);
      await using _ = server;
      await expect(model.generate({ prompt: 'Write.' })).rejects.toMatchObject({ name: 'OrcError', retryable: true });

      const stream = model.stream({ prompt: 'Write.' });
      let seen = '';
      const read = async (): Promise<void> => {
        for await (const chunk of stream) seen += chunk;
      };
      await expect(read()).rejects.toMatchObject({ retryable: true });
      await expect(stream.reply).rejects.toMatchObject({ retryable: true });
      expect(seen.length).toBeLessThan(text.length);
      for (const spy of [...printed, ...written]) expect(spy).not.toHaveBeenCalled();
    },
  );
});

describe('A broken call', () => {
  it('says what it cost all the same', async () => {
    const { server, model } = await broken('compatible/test', 'early-end');
    await using _ = server;
    const error = (await model.generate({ prompt: 'Write.' }).catch((thrown: unknown) => thrown)) as {
      readonly usage: { readonly outputTokens: number };
    };
    expect(error.usage.outputTokens).toBeGreaterThan(100);
  });

  it('is not an unhandled rejection for somebody who looks at the text alone', async () => {
    const { server, model } = await broken('compatible/test', 'stream-error');
    await using _ = server;
    await expect(
      (async () => {
        for await (const chunk of model.stream({ prompt: 'Write.' })) expect(text).toContain(chunk);
      })(),
    ).rejects.toMatchObject({ code: 'ERR_ORC_MODEL_UNAVAILABLE' });
  });
});

describe('Warnings of the provider', () => {
  it('become events, said once, and are not printed', async () => {
    const warn = vi.spyOn(console, 'warn');
    const info = vi.spyOn(console, 'info');
    await using server = await startFaultServer({ flavour: 'anthropic', reply: () => 'Yes.' });
    const events: unknown[] = [];
    const model = await resolveModel('anthropic/claude-sonnet-4-6', {
      env,
      config: { baseUrl: server.url, apiKey: '${ANTHROPIC_API_KEY}' },
      onEvent: (event) => events.push(event),
    });
    await model.generate({ prompt: 'Write.', seed: 7 });
    await model.generate({ prompt: 'Write.', seed: 8 });
    expect(events).toEqual([
      {
        type: 'model-warning',
        model: 'anthropic/claude-sonnet-4-6',
        message: expect.stringContaining('seed') as string,
      },
    ]);
    expect(warn).not.toHaveBeenCalled();
    expect(info).not.toHaveBeenCalled();
    expect((globalThis as { AI_SDK_LOG_WARNINGS?: unknown }).AI_SDK_LOG_WARNINGS).toBeUndefined();
  });
});
