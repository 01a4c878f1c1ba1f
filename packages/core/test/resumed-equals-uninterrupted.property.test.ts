import fc from 'fast-check';
import { expect, test } from 'vitest';

import { temporaryFolder } from '../../../test-support/temporary-folder.ts';
import { createOrchestrator } from '../src/index.ts';
import { fakeModel } from './support/fake-model.ts';
import { build, pipelineSpec } from './support/random-pipeline.ts';

const request = { text: 'law', seed: 7 };

test('a run that broke anywhere and was resumed, in any strategy, equals one that did not; nothing recorded is executed again', async () => {
  using data = temporaryFolder();
  await fc.assert(
    fc.asyncProperty(
      pipelineSpec,
      fc.nat(40),
      fc.constantFrom(1, 4),
      fc.constantFrom(1, 4),
      fc.boolean(),
      async (spec, breakAt, before, after, optimized) => {
        await using calm = createOrchestrator({ model: fakeModel(), maxWorkers: 4 });
        const expected = await calm.run(build(spec), request).result;

        let count = 0;
        let broken = true;
        const executed: string[] = [];
        const pipeline = build(spec, {
          executed: (task) => {
            count += 1;
            if (broken && count > breakAt) throw Object.assign(new Error('broken'), { retryable: false });
            executed.push(task);
          },
        });
        await using first = createOrchestrator({
          model: fakeModel(),
          dataDir: data.dir,
          cache: false,
          maxWorkers: before,
        });
        const broke = await first.run(pipeline, request).result;
        broken = false;
        if (broke.status === 'succeeded') {
          expect(broke.text).toBe(expected.text);
          return;
        }
        const { records } = await first.sessions.read(broke.sessionId);
        executed.length = 0;
        await using second = createOrchestrator({
          model: fakeModel(),
          dataDir: data.dir,
          cache: false,
          maxWorkers: after,
          optimized,
        });
        const resumed = await (await second.resume(broke.sessionId, { pipelines: () => pipeline })).result;
        expect(resumed.error).toBeUndefined();
        expect(resumed.text).toBe(expected.text);
        expect(resumed.artifacts).toEqual(expected.artifacts);
        expect(executed.filter((task) => records.has(task))).toEqual([]);
      },
    ),
    { numRuns: 25, seed: 20261123 },
  );
});
