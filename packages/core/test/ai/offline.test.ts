import { describe, expect, it } from 'vitest';

import { resolveModel } from '../../src/ai/index.ts';
import { startFaultServer } from '../../src/testing/fault-server.ts';
import { ManualClock, hurry } from './manual-clock.ts';

const noNetwork: typeof globalThis.fetch = () => {
  throw new Error('The network was touched');
};

describe('Without a model and without a key', () => {
  it('the built-in model writes, with no network and at no cost', async () => {
    const model = await resolveModel(undefined, { fetch: noNetwork });
    expect(model.id).toBe('offline/scribe');
    expect(model.capabilities).toEqual({ network: false, priced: false });
    expect(model.priceOf({ inputTokens: 1000, cachedInputTokens: 0, outputTokens: 1000 })).toBe(0);
    const reply = await model.generate({ prompt: 'Write about a lighthouse.' });
    expect(reply).toMatchObject({ finishReason: 'stop', costUsd: 0, attempts: 1 });
    const stream = model.stream({ prompt: 'Write about a lighthouse.' });
    let seen = '';
    for await (const chunk of stream) seen += chunk;
    expect(seen).toBe(reply.text);
  });

  it('its simulated faults pass through the same retries, and leave the text as it is', async () => {
    const clock = new ManualClock();
    const { events, onEvent } = hurry(clock);
    const calm = await resolveModel('offline/scribe');
    const faulty = await resolveModel('offline/scribe?failRate=0.3&rate429=0.3', {
      clock,
      onEvent,
      config: { maxRetries: 30 },
    });
    expect(faulty.identity).toEqual(calm.identity);
    for (let call = 0; call < 20; call += 1) {
      const request = { prompt: `Describe place ${call}.` };
      expect((await faulty.generate(request)).text).toBe((await calm.generate(request)).text);
    }
    const codes = new Set(events.map((event) => event.type === 'model-retry' && event.error.code));
    expect(codes).toEqual(new Set(['ERR_ORC_MODEL_RATE_LIMIT', 'ERR_ORC_MODEL_UNAVAILABLE']));
  });

  it('a knob that does not exist is refused', async () => {
    await expect(resolveModel('offline/scribe?speed=9')).rejects.toMatchObject({ code: 'ERR_ORC_MODEL_UNKNOWN' });
    await expect(resolveModel('offline/poet')).rejects.toMatchObject({ code: 'ERR_ORC_MODEL_UNKNOWN' });
  });
});

describe('The fault server', () => {
  it.each(['openai', 'anthropic'] as const)('answers as the built-in model does (%s)', async (flavour) => {
    await using server = await startFaultServer({ flavour });
    const request = {
      system: 'You plan.',
      prompt: 'Plan a story about a lighthouse.',
      schema: { type: 'object', properties: { title: { type: 'string' } }, required: ['title'] },
    };
    const env = { ANTHROPIC_API_KEY: 'sk-ant-0123456789' };
    const model = await resolveModel(flavour === 'openai' ? 'compatible/test' : 'anthropic/claude-3-haiku-20240307', {
      env,
      config: { baseUrl: server.url },
    });
    const direct = await (await resolveModel('offline/scribe')).generate(request);
    expect((await model.generate(request)).object).toEqual(direct.object);
  });
});
