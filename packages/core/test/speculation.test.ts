import fc from 'fast-check';
import { expect, test } from 'vitest';

import { temporaryFolder } from '../../../test-support/temporary-folder.ts';
import { deferred } from '../../../test-support/deferred.ts';
import { createOrchestrator, definePhase, type Pipeline } from '../src/index.ts';
import { finished, ofType } from './support/events.ts';
import { fakeModel } from './support/fake-model.ts';
import { pipelineOf, request } from './support/one-phase.ts';
import { build, pipelineSpec } from './support/random-pipeline.ts';

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await new Promise(setImmediate);
};

/** `scan` is re-run every time; `digest` and `shout` need what it gives. */
function scanning(scan: () => string | Promise<string>, log: string[]): Pipeline {
  const scanned = definePhase({
    id: 'scan',
    kind: 'io',
    cache: false,
    source: 'always the same',
    run: async () => await scan(),
  });
  const summary = definePhase({
    id: 'summary',
    kind: 'compute',
    needs: { scanned },
    run: ({ inputs }) => (log.push(`summary ${inputs.scanned}`), `summary of ${inputs.scanned}`),
    artifacts: (output) => [{ path: 'summary.txt', content: output }],
  });
  const shout = definePhase({
    id: 'shout',
    kind: 'llm',
    needs: { scanned },
    prompt: ({ inputs }) => `shout ${inputs.scanned}`,
  });
  const end = definePhase({
    id: 'end',
    kind: 'compute',
    needs: { summary, shout },
    run: ({ inputs }) => `${inputs.summary}, ${inputs.shout}`,
  });
  return pipelineOf(scanned, summary, shout, end);
}

test('dependants of a phase that is re-run start on what it gave the last time, and count when it gives the same', async () => {
  const log: string[] = [];
  let gate = deferred<string>();
  gate.resolve('files');
  const pipeline = scanning(() => gate.promise, log);
  const model = fakeModel();
  await using orchestrator = createOrchestrator({ model, prefetch: 'speculative', maxWorkers: 4 });
  const first = await orchestrator.run(pipeline, request).result;
  // Other keys for the dependants, so that they are not simply hits.
  log.length = 0;
  gate = deferred<string>();
  const run = orchestrator.run(pipeline, request, { fresh: true });
  const result = finished(run);
  await turns(30);
  // The scan has not ended; its dependants have been executed.
  expect(log).toEqual(['summary files']);
  gate.resolve('files');
  const second = await result;
  expect(second.text).toBe(first.text);
  expect(log).toEqual(['summary files']);
  expect(model.calls).toHaveLength(2);
  expect(ofType(second.events, 'speculation-start').map(({ task }) => task)).toEqual(['summary', 'shout']);
  expect(ofType(second.events, 'speculation-end').map(({ task, kept, savedMs }) => [task, kept, savedMs >= 0])).toEqual(
    [
      ['summary', true, true],
      ['shout', true, true],
    ],
  );
  expect(
    ofType(second.events, 'task-end')
      .filter(({ source }) => source === 'speculation')
      .map(({ task }) => task)
      .toSorted(),
  ).toEqual(['shout', 'summary']);
  expect(second.report.prefetch).toMatchObject({ speculated: 2, kept: 2 });
});

test('what was begun on an output that changed reaches neither journal nor cache nor artifacts', async () => {
  using data = temporaryFolder();
  const log: string[] = [];
  let gate = deferred<string>();
  gate.resolve('old');
  const pipeline = scanning(() => gate.promise, log);
  await using orchestrator = createOrchestrator({
    model: fakeModel(),
    prefetch: 'speculative',
    maxWorkers: 4,
    dataDir: data.dir,
  });
  await orchestrator.run(pipeline, request).result;
  gate = deferred<string>();
  const run = orchestrator.run(pipeline, request, { fresh: true });
  const result = finished(run);
  // Only once the guesses have begun is there something to throw away.
  while (log.length < 2) await turns(1);
  const size = orchestrator.cache?.stats().size ?? 0;
  gate.resolve('new');
  const second = await result;
  expect(second.text).toBe('"summary of new, re: shout new"');
  expect(log).toEqual(['summary old', 'summary old', 'summary new']);
  expect(ofType(second.events, 'speculation-end').map(({ task, kept }) => [task, kept])).toEqual([
    ['summary', false],
    ['shout', false],
  ]);
  const { records } = await orchestrator.sessions.read(second.sessionId);
  expect(records.get('summary')).toMatchObject({ output: 'summary of new', source: 'executed' });
  expect(ofType(second.events, 'artifact-write')).toHaveLength(1);
  expect(orchestrator.cache?.stats().size).toBe(size + 3);
});

test.each([
  ['costs money', true],
  ['may cost money', 'unknown'],
] as const)('a model that %s is never asked ahead, unless that is wanted', async (_, priced) => {
  for (const speculatePriced of [false, true]) {
    const log: string[] = [];
    let gate = deferred<string>();
    gate.resolve('files');
    const pipeline = scanning(() => gate.promise, log);
    const model = fakeModel({ priced, costUsd: 0.1 });
    await using orchestrator = createOrchestrator({ model, prefetch: 'speculative', speculatePriced, maxWorkers: 4 });
    await orchestrator.run(pipeline, request).result;
    gate = deferred<string>();
    const result = finished(orchestrator.run(pipeline, request, { fresh: true }));
    await turns(30);
    gate.resolve('files');
    expect(ofType((await result).events, 'speculation-start').map(({ task }) => task)).toEqual(
      speculatePriced ? ['summary', 'shout'] : ['summary'],
    );
  }
});

test('speculation is off unless it is asked for', async () => {
  const pipeline = scanning(() => 'files', []);
  await using orchestrator = createOrchestrator({ model: fakeModel(), maxWorkers: 4 });
  await orchestrator.run(pipeline, request).result;
  const { events } = await finished(orchestrator.run(pipeline, request, { fresh: true }));
  expect(ofType(events, 'speculation-start')).toEqual([]);
});

test('speculation changes no result and no artifact, ever', async () => {
  let kept = 0;
  await fc.assert(
    fc.asyncProperty(pipelineSpec, fc.constantFrom(2, 4, 8), async (spec, maxWorkers) => {
      const pipeline = build(spec);
      await using plain = createOrchestrator({ model: fakeModel(), maxWorkers });
      await using guessing = createOrchestrator({ model: fakeModel(), maxWorkers, prefetch: 'speculative' });
      for (const options of [{}, { fresh: true }, {}, { fresh: true }]) {
        const expected = await plain.run(pipeline, request, options).result;
        const result = await finished(guessing.run(pipeline, request, options));
        expect(result.error).toBeUndefined();
        expect(result.text).toBe(expected.text);
        expect(result.artifacts).toEqual(expected.artifacts);
        kept += ofType(result.events, 'speculation-end').filter((event) => event.kept).length;
      }
    }),
    { numRuns: 30, seed: 20261123 },
  );
  // The property would hold of a speculation that never does anything.
  expect(kept).toBeGreaterThan(0);
});
