/** What the original promised of its pool of workers; see `claims-index.test.ts`. */
import { expect, test } from 'vitest';

import { deferred } from '../../../test-support/deferred.ts';
import { createOrchestrator, definePhase, type Phase } from '../src/index.ts';
import { pipelineOf, request } from './support/one-phase.ts';

test('independent phases really run at once', async () => {
  const all = deferred();
  const started: string[] = [];
  const phases: Phase[] = ['a', 'b', 'c', 'd'].map((id) =>
    definePhase({
      id,
      kind: 'io',
      run: async () => {
        started.push(id);
        if (started.length === 4) all.resolve();
        await all.promise;
        return id;
      },
    }),
  );
  const end = definePhase({
    id: 'end',
    kind: 'compute',
    needs: Object.fromEntries(phases.map((phase) => [phase.id, phase])),
    run: () => started.length,
  });
  await using orchestrator = createOrchestrator({ maxWorkers: 4 });
  // Ends at all only if the four wait for each other.
  expect((await orchestrator.run(pipelineOf(...phases, end), request).result).text).toBe('4');
});

test('many more phases than workers all end, and at most as many run at once as may', async () => {
  let running = 0;
  let most = 0;
  const phases: Phase[] = Array.from({ length: 40 }, (_, index) =>
    definePhase({
      id: `p${index}`,
      kind: 'io',
      run: async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise(setImmediate);
        running -= 1;
        return index;
      },
    }),
  );
  const end = definePhase({
    id: 'end',
    kind: 'compute',
    needs: Object.fromEntries(phases.map((phase) => [phase.id, phase])),
    run: ({ inputs }) => Object.values(inputs).length,
  });
  await using orchestrator = createOrchestrator({ maxWorkers: 2 });
  expect((await orchestrator.run(pipelineOf(...phases, end), request).result).text).toBe('40');
  expect(most).toBe(2);
});

test('nothing of a cancelled run shows up in the next one', async () => {
  const started = deferred();
  const late = deferred<string>();
  await using orchestrator = createOrchestrator({ maxWorkers: 2 });
  const slow = definePhase({
    id: 'slow',
    kind: 'io',
    cache: true,
    uses: { request: ['text'] },
    run: ({ request: asked }) => {
      if (asked.text !== 'first') return `quick ${asked.text}`;
      started.resolve();
      return late.promise;
    },
  });
  const run = orchestrator.run(pipelineOf(slow), { text: 'first', seed: 1 });
  await started.promise;
  run.cancel();
  late.resolve('late');
  expect((await run.result).status).toBe('cancelled');
  expect((await orchestrator.run(pipelineOf(slow), { text: 'second', seed: 1 }).result).text).toBe('"quick second"');
  expect(orchestrator.cache?.stats().size).toBe(1);
});
