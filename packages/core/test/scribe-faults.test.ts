import { describe, expect, it } from 'vitest';

import { createScribe } from '../src/ai/scribe/index.ts';

const request = { prompt: 'Say something about bridges.', seed: 1 };

async function attempts(id: string, prompt: string): Promise<{ failures: unknown[]; text: string }> {
  const scribe = createScribe(id);
  const failures: unknown[] = [];
  for (;;) {
    try {
      return { failures, text: (await scribe.generate({ ...request, prompt })).text };
    } catch (error) {
      failures.push(error);
      if (failures.length > 100) throw error;
    }
  }
}

describe('simulated failures of offline/scribe', () => {
  it('look like a provider that is down', async () => {
    await expect(createScribe('offline/scribe?failRate=1').generate(request)).rejects.toMatchObject({
      name: 'SimulatedFailure',
      statusCode: 503,
      isRetryable: true,
      responseHeaders: {},
    });
  });

  it('look like a rate limit, with when to come back', async () => {
    await expect(createScribe('offline/scribe?rate429=1').generate(request)).rejects.toMatchObject({
      statusCode: 429,
      isRetryable: true,
      responseHeaders: { 'retry-after': '1' },
    });
  });

  it('reach whoever iterates', async () => {
    const stream = createScribe('offline/scribe?failRate=1').stream(request);
    const read = async (): Promise<void> => {
      for await (const piece of stream) expect(piece).toBe('');
    };
    await expect(read()).rejects.toMatchObject({ statusCode: 503 });
  });

  it('strike about as often as asked, the same calls each time, and never change the text', async () => {
    let failed = 0;
    for (let call = 0; call < 200; call += 1) {
      const prompt = `Say something about bridge ${call}.`;
      const first = await attempts('offline/scribe?failRate=0.2&rate429=0.1', prompt);
      const again = await attempts('offline/scribe?failRate=0.2&rate429=0.1', prompt);
      expect(again.failures.length).toBe(first.failures.length);
      expect(first.text).toBe((await createScribe().generate({ ...request, prompt })).text);
      failed += first.failures.length > 0 ? 1 : 0;
    }
    expect(failed / 200).toBeGreaterThan(0.2);
    expect(failed / 200).toBeLessThan(0.4);
  });
});
