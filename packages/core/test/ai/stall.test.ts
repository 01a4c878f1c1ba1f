import { describe, expect, it } from 'vitest';

import { resolveModel } from '../../src/ai/index.ts';
import { startFaultServer } from '../../src/testing/fault-server.ts';
import { ManualClock, hurry } from './manual-clock.ts';

const text = 'A long and patient reply. '.repeat(50);

describe('A stream that goes silent', () => {
  it('is given up after the longest silence and asked for again', async () => {
    const clock = new ManualClock();
    await using server = await startFaultServer({
      reply: () => text,
      script: (call) => (call === 1 ? 'stall' : 'none'),
    });
    const { events, onEvent } = hurry(clock);
    const model = await resolveModel('compatible/test', {
      clock,
      onEvent,
      random: () => 0,
      config: { baseUrl: server.url, timeoutMs: 5000 },
    });
    const stream = model.stream({ prompt: 'Write.' });
    const iterator = stream[Symbol.asyncIterator]();
    await iterator.next();
    // Text has come, so it is past the start; now nothing does.
    clock.advance(4999);
    expect(events).toHaveLength(0);
    clock.advance(1);
    const reply = await stream.reply;
    expect(reply).toMatchObject({ text, attempts: 2 });
    expect(events).toEqual([
      expect.objectContaining({
        type: 'model-retry',
        error: expect.objectContaining({ code: 'ERR_ORC_MODEL_TIMEOUT' }),
      }),
    ]);
  });

  it('fails with what to do when there is no retry left, and leaves no timer behind', async () => {
    const clock = new ManualClock();
    await using server = await startFaultServer({ reply: () => text, script: () => 'stall' });
    const model = await resolveModel('compatible/test', {
      clock,
      config: { baseUrl: server.url, timeoutMs: 5000, maxRetries: 0 },
    });
    const stream = model.stream({ prompt: 'Write.' });
    await stream[Symbol.asyncIterator]().next();
    clock.advance(5000);
    await expect(stream.reply).rejects.toMatchObject({
      code: 'ERR_ORC_MODEL_TIMEOUT',
      message: 'compatible/test sent nothing for 5 s',
      hint: expect.stringContaining('ai.timeout') as string,
    });
    expect(clock.pending).toBe(0);
  });
});

describe('The deadline of a call', () => {
  it('ends it, whatever it does then', async () => {
    const clock = new ManualClock();
    await using server = await startFaultServer({ reply: () => text, script: () => 'stall' });
    const model = await resolveModel('compatible/test', {
      clock,
      config: { baseUrl: server.url, timeoutMs: 600_000, callTimeoutMs: 10_000 },
    });
    const stream = model.stream({ prompt: 'Write.' });
    await stream[Symbol.asyncIterator]().next();
    clock.advance(10_000);
    await expect(stream.reply).rejects.toMatchObject({ code: 'ERR_ORC_MODEL_TIMEOUT', retryable: false });
    expect(clock.pending).toBe(0);
  });
});
