/** What a run does ahead ends with it. */
import type { Tier } from '@orc/cache';
import { expect, test } from 'vitest';

import { deferred } from '../../../test-support/deferred.ts';
import { createOrchestrator, definePhase } from '../src/index.ts';
import { pipelineOf, request } from './support/one-phase.ts';

/** A tier whose reads take as long as the test wants, and which knows what is asked of it. */
function slowTier(): { readonly tier: Tier; readonly open: () => void; readonly log: string[] } {
  const gate = deferred();
  const log: string[] = [];
  let closed = false;
  const tier: Tier = {
    name: 'slow',
    get: async () => {
      log.push('get');
      await gate.promise;
      return undefined;
    },
    set: async () => {
      log.push(closed ? 'set after close' : 'set');
    },
    delete: async () => false,
    clear: async () => undefined,
    close: async () => {
      closed = true;
      log.push('close');
    },
  };
  return { tier, open: () => gate.resolve(), log };
}

const a = definePhase({ id: 'a', kind: 'compute', cache: false, run: () => 'a' });
const b = definePhase({ id: 'b', kind: 'compute', cache: false, run: () => 'b' });
const c = definePhase({ id: 'c', kind: 'compute', cache: false, needs: { a, b }, run: () => 'c' });

test('a run settles after what it looks up and keeps for the next one, and closing leaves nothing of it', async () => {
  const rejections: unknown[] = [];
  const keep = (error: unknown): void => void rejections.push(error);
  process.on('unhandledRejection', keep);
  try {
    const { tier, open, log } = slowTier();
    const orchestrator = createOrchestrator({ prefetch: 'speculative', maxWorkers: 4, cache: { tiers: [tier] } });
    let settled = false;
    const result = orchestrator.run(pipelineOf(a, b, c), request).result.then((value) => {
      settled = true;
      return value;
    });
    for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate);
    expect(settled).toBe(false);
    open();
    expect((await result).status).toBe('succeeded');
    await orchestrator.close();
    for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate);
    expect(log.filter((entry) => entry === 'set').length).toBeGreaterThan(0);
    expect(log).not.toContain('set after close');
    expect(rejections).toEqual([]);
  } finally {
    process.off('unhandledRejection', keep);
  }
});
