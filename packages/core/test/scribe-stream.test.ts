import { ManualClock } from '@orc/cache/testing';
import { describe, expect, it } from 'vitest';

import { createScribe } from '../src/ai/scribe/index.ts';

const request = { prompt: 'Say something about bridges in 80 words.', seed: 3 };

async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

describe('a stream of offline/scribe', () => {
  it('is the reply, piece by piece', async () => {
    const stream = createScribe().stream(request);
    const pieces: string[] = [];
    for await (const piece of stream) pieces.push(piece);
    const reply = await stream.reply;
    expect(pieces.length).toBeGreaterThan(20);
    expect(pieces.join('')).toBe(reply.text);
    expect(reply).toMatchObject({ finishReason: 'stop', costUsd: 0, attempts: 1 });
    expect(reply.usage.inputTokens).toBe(Math.ceil(request.prompt.length / 4));
    expect(reply.usage.outputTokens).toBe(Math.ceil(reply.text.length / 4));
  });

  it('is the same whoever asks, and how fast', async () => {
    const fast = await createScribe().generate(request);
    const again = await createScribe().generate(request);
    const other = await createScribe().generate({ ...request, seed: 4 });
    const knob = await createScribe('offline/scribe?seed=4').generate(request);
    expect(again).toEqual(fast);
    expect(other.text).not.toBe(fast.text);
    expect(knob.text).not.toBe(fast.text);
  });

  it('starts after the latency and keeps to the speed', async () => {
    const clock = new ManualClock();
    const scribe = createScribe('offline/scribe?latencyMs=500&tokensPerSecond=100', { clock });
    const stream = scribe.stream(request);
    const pieces: string[] = [];
    const reading = (async () => {
      for await (const piece of stream) pieces.push(piece);
    })();
    clock.advance(499);
    await settle();
    expect(pieces).toEqual([]);
    for (let step = 0; step < 2000; step += 1) {
      clock.advance(10);
      await settle();
    }
    await reading;
    expect(pieces.join('')).toBe((await createScribe().generate(request)).text);
  });

  it('ends with exactly the reason of its signal, and leaves no timer', async () => {
    const clock = new ManualClock();
    const scribe = createScribe('offline/scribe?latencyMs=500', { clock });
    const controller = new AbortController();
    const reason = new Error('no longer wanted');
    const reply = scribe.generate(request, { signal: controller.signal });
    controller.abort(reason);
    await expect(reply).rejects.toBe(reason);
    await expect(scribe.generate(request, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it('is cut by a token limit, and says so', async () => {
    const reply = await createScribe().generate({ ...request, maxOutputTokens: 10 });
    expect(reply.finishReason).toBe('length');
    expect(reply.text.length).toBe(40);
  });

  it('ends before a stop text', async () => {
    const whole = (await createScribe().generate(request)).text;
    const stop = whole.split(' ')[7] ?? '';
    const reply = await createScribe().generate({ ...request, stop: [stop] });
    expect(reply.text).toBe(whole.slice(0, whole.indexOf(stop)));
    expect(reply.finishReason).toBe('stop');
  });
});
