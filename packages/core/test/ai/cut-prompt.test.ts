import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createOrchestrator, definePhase, definePipeline } from '../../src/index.ts';
import { resolveModel, type ModelClient, type ModelEvent } from '../../src/ai/index.ts';
import { cutPrompt } from '../../src/ai/call/cut-prompt.ts';
import { quirkText, startQuirkServer, type QuirkServer } from '../../src/testing/index.ts';

let server: QuirkServer;
beforeAll(async () => {
  server = await startQuirkServer();
});
afterAll(() => server.close());

const long = 'The tide comes and goes. '.repeat(840); // 5,250 tokens, estimated

async function clientOf(): Promise<{ readonly model: ModelClient; readonly events: readonly ModelEvent[] }> {
  const events: ModelEvent[] = [];
  const model = await resolveModel('compatible/m', {
    config: { baseUrl: server.url('cuts-prompts-at-4096') },
    onEvent: (event) => events.push(event),
  });
  return { model, events };
}

describe('A server that cuts prompts at its context', () => {
  it('fails the call at once, with what to do, and the run is told', async () => {
    const { model, events } = await clientOf();
    const before = server.calls('cuts-prompts-at-4096').length;
    await expect(model.generate({ prompt: long })).rejects.toMatchObject({
      code: 'ERR_ORC_MODEL_CONTEXT',
      retryable: false,
      message: expect.stringContaining('read only 4096 of about 5250 tokens') as string,
      hint: expect.stringContaining('OLLAMA_CONTEXT_LENGTH') as string,
      usage: { inputTokens: 4096, cachedInputTokens: 0, outputTokens: 30 },
    });
    expect(server.calls('cuts-prompts-at-4096')).toHaveLength(before + 1);
    expect(events).toContainEqual({
      type: 'model-warning',
      model: 'compatible/m',
      message: expect.stringContaining('OLLAMA_CONTEXT_LENGTH') as string,
    });
  });

  it('answers what fits', async () => {
    const { model, events } = await clientOf();
    expect((await model.generate({ prompt: long.slice(0, 15_000) })).text).toBe(quirkText);
    expect(events).toEqual([]);
  });

  it('leaves nothing in the cache: the same run asks again', async () => {
    const { model } = await clientOf();
    const asks = definePhase({ id: 'asks', kind: 'llm', prompt: () => long });
    const pipeline = definePipeline({
      id: 'asks',
      version: '1',
      description: '',
      phases: [asks],
      result: { phase: asks, text: String },
    });
    await using orchestrator = createOrchestrator({ model });
    for (const calls of [1, 2]) {
      const before = server.calls('cuts-prompts-at-4096').length;
      const { error } = await orchestrator.run(pipeline, { text: '', seed: 1 }).result;
      expect(error).toMatchObject({ code: 'ERR_ORC_MODEL_CONTEXT' });
      expect(server.calls('cuts-prompts-at-4096').length - before, `run ${calls}`).toBe(1);
    }
  });
});

describe('What a server counted is believed', () => {
  const judged = (inputTokens: number, prompt = long, cachedInputTokens = 0) =>
    cutPrompt({ prompt }, { inputTokens, cachedInputTokens, outputTokens: 1 }, 'm')?.code;

  it.each([
    ['a frugal tokenizer', judged(2200)],
    ['a window that the prompt just fills', judged(8192, long + long.slice(0, 14_800))],
    ['a constant', judged(20)],
    ['a part from the cache of the server', judged(1000, long, 800)],
    ['a short prompt', judged(512, long.slice(0, 12_000))],
  ])('where it may be right: %s', (_name, code) => {
    expect(code).toBeUndefined();
  });

  it.each([
    ['a window of its own', judged(2048)],
    ['a count far below any tokenizer', judged(2050, long + long.slice(0, 4_000))],
  ])('but not where it can’t be: %s', (_name, code) => {
    expect(code).toBe('ERR_ORC_MODEL_CONTEXT');
  });
});
