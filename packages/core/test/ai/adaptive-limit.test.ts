import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { resolveModel } from '../../src/ai/index.ts';
import { AdaptiveLimit } from '../../src/ai/layers/adaptive-limit.ts';
import { startFaultServer } from '../../src/testing/fault-server.ts';
import { ManualClock, hurry } from './manual-clock.ts';

const { signal } = new AbortController();

describe('The number of calls at once', () => {
  it('is halved by throttling, once for all calls that were in flight', async () => {
    const changes: unknown[] = [];
    const limit = new AdaptiveLimit(8, (now, reason) => changes.push([now, reason]));
    const permits = await Promise.all(Array.from({ length: 8 }, () => limit.acquire(signal)));
    for (const permit of permits) limit.release(permit, 'throttled');
    expect(limit.limit).toBe(4);
    expect(changes).toEqual([[4, 'throttled']]);
  });

  it('grows by one after as many good calls as it allows, up to its maximum', async () => {
    const limit = new AdaptiveLimit(4);
    const other = await limit.acquire(signal);
    limit.release(await limit.acquire(signal), 'throttled');
    expect(limit.limit).toBe(1);
    limit.release(other, 'failed');
    const limits: number[] = [];
    for (let call = 0; call < 12; call += 1) {
      limit.release(await limit.acquire(signal), 'good');
      limits.push(limit.limit);
    }
    expect(limits).toEqual([2, 2, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4]);
  });

  it('stays where it is when a call was throttled that ran alone', async () => {
    const limit = new AdaptiveLimit(4);
    limit.release(await limit.acquire(signal), 'throttled');
    expect(limit.limit).toBe(4);
  });

  it('lets calls wait in the order they came, and forgets one that is aborted', async () => {
    const limit = new AdaptiveLimit(1);
    const running = await limit.acquire(signal);
    const order: string[] = [];
    const leaving = new AbortController();
    const waiting = [
      limit.acquire(signal).then(() => order.push('first')),
      limit.acquire(leaving.signal).catch((error: unknown) => order.push(`left: ${String(error)}`)),
      limit.acquire(signal).then(() => order.push('third')),
    ];
    leaving.abort('gone');
    await waiting[1];
    limit.release(running, 'good');
    await waiting[0];
    limit.release(running, 'good');
    await waiting[2];
    expect(order).toEqual(['left: gone', 'first', 'third']);
  });

  it('is never exceeded and never sticks, whatever becomes of the calls', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 8 }),
        fc.array(fc.constantFrom('good', 'throttled', 'failed' as const), { maxLength: 60 }),
        async (max, outcomes) => {
          const limit = new AdaptiveLimit(max);
          let running = 0;
          await Promise.all(
            outcomes.map(async (outcome) => {
              const permit = await limit.acquire(signal);
              running += 1;
              expect(running).toBeLessThanOrEqual(max);
              await Promise.resolve();
              running -= 1;
              limit.release(permit, outcome);
            }),
          );
          expect(limit.running).toBe(0);
          expect(limit.limit).toBeGreaterThanOrEqual(1);
          expect(limit.limit).toBeLessThanOrEqual(max);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('follows the provider over HTTP', async () => {
    const clock = new ManualClock();
    await using server = await startFaultServer({
      reply: () => 'Yes.',
      script: (call) => (call <= 4 ? 'rate-limit' : 'none'),
    });
    const { events, onEvent } = hurry(clock);
    const model = await resolveModel('compatible/test', {
      clock,
      onEvent,
      config: { baseUrl: server.url, maxConcurrency: 4 },
    });
    await Promise.all(Array.from({ length: 12 }, (_, index) => model.generate({ prompt: `Call ${index}` })));
    const limits = events.filter((event) => event.type === 'model-limit');
    expect(limits[0]).toMatchObject({ concurrency: 2, reason: 'throttled' });
    expect(limits.at(-1)).toMatchObject({ reason: 'recovered' });
  });
});
