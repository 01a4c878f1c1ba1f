import fc from 'fast-check';
import { expect, test } from 'vitest';

import { createOrchestrator, type OrchestratorOptions } from '../src/index.ts';
import { fakeModel } from './support/fake-model.ts';
import { build, pipelineSpec } from './support/random-pipeline.ts';

const request = { text: 'law', seed: 7 };

test('every strategy and every concurrency gives the same result and the same artifacts, cold and warm', async () => {
  await fc.assert(
    fc.asyncProperty(pipelineSpec, fc.integer({ min: 2, max: 9 }), async (spec, workers) => {
      const pipeline = build(spec);
      const ways: OrchestratorOptions[] = [
        { optimized: false },
        { maxWorkers: 1 },
        { maxWorkers: workers },
        { maxWorkers: workers, cache: false },
      ];
      let first: { text: string; artifacts: unknown; tasks: unknown } | undefined;
      for (const options of ways) {
        await using orchestrator = createOrchestrator({ model: fakeModel(), ...options });
        for (const times of ['cold', 'warm']) {
          const { status, text, artifacts, phases, error, cache } = await orchestrator.run(pipeline, request).result;
          expect(error, times).toBeUndefined();
          expect(status).toBe('succeeded');
          if (times === 'warm' && orchestrator.cache !== undefined) expect(cache.misses).toBe(0);
          const now = { text, artifacts, tasks: phases.map(({ id, tasks, status: ended }) => [id, tasks, ended]) };
          first ??= now;
          expect(now).toEqual(first);
        }
      }
    }),
    { numRuns: 40, seed: 20261123 },
  );
});
