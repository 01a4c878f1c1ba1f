/** Two runs that share a task share its result, and never each other's limits, deadlines or cancellation. */
import { expect, test } from 'vitest';

import { deferred } from '../../../test-support/deferred.ts';
import { createOrchestrator, definePhase } from '../src/index.ts';
import { ManualClock } from './ai/manual-clock.ts';
import { finished, ofType } from './support/events.ts';
import { fakeModel } from './support/fake-model.ts';
import { pipelineOf, request } from './support/one-phase.ts';

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await new Promise(setImmediate);
};

test('the limit of time of shared work holds after the run that began it was cancelled', async () => {
  const clock = new ManualClock();
  const started = deferred();
  const phase = definePhase({
    id: 'phase',
    kind: 'io',
    timeout: 800,
    retry: { attempts: 1 },
    run: ({ signal }) =>
      new Promise<string>((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
        started.resolve();
      }),
  });
  await using orchestrator = createOrchestrator({ clock });
  const first = orchestrator.run(pipelineOf(phase), request);
  await started.promise;
  const second = orchestrator.run(pipelineOf(phase), request);
  await turns(5);
  first.cancel();
  expect((await first.result).status).toBe('cancelled');
  clock.advance(800);
  expect((await second.result).error?.code).toBe('ERR_ORC_TIMEOUT');
});

/** Two calls, each held until the test lets it go on. */
function twoCalls() {
  const model = fakeModel({
    priced: true,
    costUsd: 1,
    reply: async ({ prompt }) => {
      const gate = deferred();
      gates.push(gate);
      await gate.promise;
      return prompt;
    },
  });
  const gates: ReturnType<typeof deferred<void>>[] = [];
  const phase = definePhase({
    id: 'phase',
    kind: 'llm',
    run: async (of) => [await of.model.text('one'), await of.model.text('two')].join(' '),
  });
  return { model, pipeline: pipelineOf(phase), gates };
}

test('a run with money of its own does the work itself where the one that it shared it with has none left', async () => {
  const { model, pipeline, gates } = twoCalls();
  await using orchestrator = createOrchestrator({ model, maxWorkers: 4 });
  const poor = orchestrator.run(pipeline, request, { budgetUsd: 1 });
  await turns(5);
  const rich = orchestrator.run(pipeline, request, { budgetUsd: 10 });
  await turns(5);
  for (let call = 0; call < 3; call += 1) {
    gates[call]?.resolve();
    await turns(10);
  }
  expect((await poor.result).error?.code).toBe('ERR_ORC_BUDGET');
  expect(await rich.result).toMatchObject({ status: 'succeeded', text: '"one two"', usage: { costUsd: 2 } });
  expect(model.calls).toHaveLength(3);
});

test('the money of running ahead fails no run', async () => {
  const { model, pipeline, gates } = twoCalls();
  await using orchestrator = createOrchestrator({ model, maxWorkers: 4, limits: { budgetUsd: 10 } });
  const ahead = orchestrator.prefetch(pipeline, [request], { budgetUsd: 1 });
  await turns(5);
  const run = orchestrator.run(pipeline, request);
  await turns(5);
  for (let call = 0; call < 3; call += 1) {
    gates[call]?.resolve();
    await turns(10);
  }
  expect((await ahead).missed.map(({ error }) => error.code)).toEqual(['ERR_ORC_BUDGET']);
  expect(await run.result).toMatchObject({ status: 'succeeded', usage: { costUsd: 2 } });
});

test('work that goes on for another run is paid and told by that one', async () => {
  const { model, pipeline, gates } = twoCalls();
  await using orchestrator = createOrchestrator({ model, maxWorkers: 4 });
  const first = orchestrator.run(pipeline, request);
  await turns(5);
  const second = orchestrator.run(pipeline, request, { budgetUsd: 5 });
  const told = finished(second);
  await turns(5);
  first.cancel();
  expect((await first.result).usage.costUsd).toBe(0);
  gates[0]?.resolve();
  await turns(10);
  gates[1]?.resolve();
  const { text, usage, events } = await told;
  expect({ text, costUsd: usage.costUsd }).toEqual({ text: '"one two"', costUsd: 2 });
  expect(ofType(events, 'model-end').map(({ task }) => task)).toEqual(['phase', 'phase']);
  expect(model.calls).toHaveLength(2);
});

test('it must fit into the budget of the one that pays', async () => {
  const { model, pipeline, gates } = twoCalls();
  await using orchestrator = createOrchestrator({ model, maxWorkers: 4 });
  const first = orchestrator.run(pipeline, request);
  await turns(5);
  const second = orchestrator.run(pipeline, request, { budgetUsd: 0.5 });
  await turns(5);
  first.cancel();
  await first.result;
  gates[0]?.resolve();
  await turns(10);
  expect((await second.result).error?.code).toBe('ERR_ORC_BUDGET');
});

test.each([
  ['longer', 5000, 'succeeded'],
  ['shorter', 100, 'failed'],
] as const)('a %s limit of time of its own is what counts for a run', async (_, timeout, status) => {
  const clock = new ManualClock();
  const gates: ReturnType<typeof deferred<void>>[] = [];
  const phase = (limit: number) =>
    definePhase({
      id: 'phase',
      kind: 'io',
      timeout: limit,
      retry: { attempts: 1 },
      source: 'the same',
      run: async () => {
        const gate = deferred();
        gates.push(gate);
        await gate.promise;
        return 'done';
      },
    });
  await using orchestrator = createOrchestrator({ clock, maxWorkers: 4 });
  const first = orchestrator.run(pipelineOf(phase(1000)), request);
  await turns(5);
  const second = orchestrator.run(pipelineOf(phase(timeout)), request);
  await turns(5);
  clock.advance(timeout < 1000 ? timeout : 1000);
  await turns(10);
  for (const gate of gates) gate.resolve();
  expect((await second.result).status).toBe(status);
  expect((await first.result).status).toBe(status === 'failed' ? 'succeeded' : 'failed');
});

test('a failure of the work itself is shared: nobody tries it again', async () => {
  const go = deferred();
  let runs = 0;
  const phase = definePhase({
    id: 'phase',
    kind: 'io',
    cache: true,
    retry: { attempts: 1 },
    run: async () => {
      runs += 1;
      await go.promise;
      throw new Error('broken');
    },
  });
  await using orchestrator = createOrchestrator({ maxWorkers: 8 });
  const all = [1, 2, 3].map(() => orchestrator.run(pipelineOf(phase), request).result);
  await turns(5);
  go.resolve();
  expect((await Promise.all(all)).map(({ error }) => error?.message)).toEqual(['broken', 'broken', 'broken']);
  expect(runs).toBe(1);
});
