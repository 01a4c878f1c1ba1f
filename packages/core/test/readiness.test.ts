import { expect, test } from 'vitest';

import { deferred } from '../../../test-support/deferred.ts';
import { createOrchestrator, definePhase, each, within } from '../src/index.ts';
import { pipelineOf, request } from './support/one-phase.ts';

test('a slow item holds up nothing but what needs it', async () => {
  const slow = deferred();
  const log: string[] = [];
  const chapter = definePhase({
    id: 'chapter',
    kind: 'io',
    forEach: () => ['c1', 'c2'].map((key) => ({ key, value: key })),
    run: async ({ key }) => {
      if (key === 'c1') await slow.promise;
      return key;
    },
  });
  const scene = definePhase({
    id: 'scene',
    kind: 'io',
    needs: { plan: each(chapter) },
    forEach: {
      phase: chapter,
      items: () => [
        { key: 's1', value: 1 },
        { key: 's2', value: 2 },
      ],
    },
    run: async ({ key }) => (log.push(key), key),
  });
  const score = definePhase({
    id: 'score',
    kind: 'compute',
    needs: { scenes: within(scene) },
    forEach: { phase: chapter },
    run: ({ key, inputs }) => {
      log.push(`score ${key} of ${inputs.scenes.map((one) => one.key).join(' ')}`);
      if (key === 'c2') slow.resolve();
      return key;
    },
  });
  const end = definePhase({
    id: 'end',
    kind: 'compute',
    needs: { score, scene },
    run: ({ inputs }) => inputs.scene.map(({ key }) => key),
  });
  await using orchestrator = createOrchestrator({ maxWorkers: 8 });
  const { text } = await orchestrator.run(pipelineOf(chapter, scene, score, end), request).result;
  // The second chapter went all the way through before the first one was planned.
  expect(log).toEqual(['c2/s1', 'c2/s2', 'score c2 of c2/s1 c2/s2', 'c1/s1', 'c1/s2', 'score c1 of c1/s1 c1/s2']);
  expect(JSON.parse(text)).toEqual(['c1/s1', 'c1/s2', 'c2/s1', 'c2/s2']);
});
