import { describe, expect, it } from 'vitest';

import { resolveModel } from '../../src/ai/index.ts';
import { TokenBucket } from '../../src/ai/layers/token-bucket.ts';
import { startFaultServer } from '../../src/testing/fault-server.ts';
import { ManualClock } from './manual-clock.ts';

const { signal } = new AbortController();
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('A bucket', () => {
  it('gives a minute at once, then what flows in, in the order of asking', async () => {
    const clock = new ManualClock();
    const bucket = new TokenBucket(60, clock);
    const taken: number[] = [];
    const takes = [50, 20, 1].map((units) => bucket.take(units, signal).then(() => taken.push(units)));
    await settle();
    expect(taken).toEqual([50]);
    clock.advance(9999);
    await settle();
    // The small one does not overtake the large one.
    expect(taken).toEqual([50]);
    clock.advance(1);
    await settle();
    expect(taken).toEqual([50, 20]);
    clock.advance(1000);
    await Promise.all(takes);
    expect(taken).toEqual([50, 20, 1]);
  });

  it('takes back what was estimated too high, and waits for what was too low', async () => {
    const clock = new ManualClock();
    const bucket = new TokenBucket(60, clock);
    await bucket.take(60, signal);
    bucket.adjust(-30);
    expect(bucket.level).toBe(30);
    bucket.adjust(60);
    expect(bucket.level).toBe(-30);
    clock.advance(60_000);
    expect(bucket.level).toBe(30);
  });

  it('lets more than a minute of units through as a whole minute, and an aborted one not at all', async () => {
    const clock = new ManualClock();
    const bucket = new TokenBucket(10, clock);
    await bucket.take(1000, signal);
    expect(bucket.level).toBe(0);
    const controller = new AbortController();
    const waiting = bucket.take(5, controller.signal);
    await settle();
    controller.abort('gone');
    await expect(waiting).rejects.toBe('gone');
    expect(clock.pending).toBe(0);
    clock.advance(6000);
    await bucket.take(1, signal);
    expect(bucket.level).toBe(0);
  });
});

describe('Limits a minute', () => {
  it('hold back requests over HTTP until their time', async () => {
    const clock = new ManualClock();
    await using server = await startFaultServer({ reply: () => 'Yes.' });
    const model = await resolveModel('compatible/test', {
      clock,
      config: { baseUrl: server.url, requestsPerMinute: 2, timeoutMs: 600_000 },
    });
    const replies = [1, 2, 3].map((index) => model.generate({ prompt: `Call ${index}` }));
    await Promise.all(replies.slice(0, 2));
    await settle();
    expect(server.calls).toHaveLength(2);
    clock.advance(30_000);
    await Promise.all(replies);
    expect(server.calls).toHaveLength(3);
  });

  it('count the tokens of the reply, not of the estimate', async () => {
    const clock = new ManualClock();
    const text = 'word '.repeat(800);
    await using server = await startFaultServer({ reply: () => text });
    const model = await resolveModel('compatible/test', {
      clock,
      config: { baseUrl: server.url, tokensPerMinute: 1200, timeoutMs: 600_000 },
    });
    const first = await model.generate({ prompt: 'Call 1', maxOutputTokens: 10 });
    expect(first.usage.outputTokens).toBe(1000);
    const second = model.generate({ prompt: 'Call 2', maxOutputTokens: 300 });
    await settle();
    expect(server.calls).toHaveLength(1);
    clock.advance(60_000);
    await second;
    expect(server.calls).toHaveLength(2);
  });
});
