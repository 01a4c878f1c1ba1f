import { describe, expect, it } from 'vitest';

import { createOrchestrator, definePhase, definePipeline } from '../src/index.ts';

describe('a run of many tasks at once', () => {
  it('gives no warning of a leak: each task in flight listens on the one signal of the run', async () => {
    const warnings: Error[] = [];
    const keep = (warning: Error): void => void warnings.push(warning);
    process.on('warning', keep);
    const waiting = definePhase({
      id: 'waiting',
      kind: 'io',
      timeout: 60_000,
      forEach: () => Array.from({ length: 32 }, (_, index) => ({ key: `k${index}`, value: index })),
      run: async ({ signal, item }) => {
        signal.throwIfAborted();
        await new Promise((resolve) => setImmediate(resolve));
        return item;
      },
    });
    const start = definePhase({ id: 'start', kind: 'compute', run: () => 'start' });
    const end = definePhase({ id: 'end', kind: 'compute', needs: { start, waiting }, run: () => 'end' });
    const pipeline = definePipeline({
      id: 'many',
      version: '1',
      description: '',
      phases: [start, waiting, end],
      result: { phase: end, text: (output) => output },
    });
    const orchestrator = createOrchestrator({ cache: false, maxWorkers: 32 });
    const { status, strategy } = await orchestrator.run(pipeline, { text: '', seed: 1 }).result;
    await orchestrator.close();
    // A warning is given in the next turn.
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', keep);
    expect([status, strategy.name]).toEqual(['succeeded', 'parallel']);
    expect(warnings).toEqual([]);
  });
});
