/** A phase that runs another pipeline on the orchestrator that runs it. */
import { expect, test } from 'vitest';

import { temporaryFolder } from '../../../test-support/temporary-folder.ts';
import { createOrchestrator, definePhase, type Orchestrator, type Pipeline } from '../src/index.ts';
import { fakeModel } from './support/fake-model.ts';
import { pipelineOf, request } from './support/one-phase.ts';

/** What is at work right now, and the most that ever was. */
function gauge(): { readonly work: <T>(value: T) => Promise<T>; readonly most: () => number } {
  let now = 0;
  let most = 0;
  return {
    work: async (value) => {
      now += 1;
      most = Math.max(most, now);
      await new Promise(setImmediate);
      now -= 1;
      return value;
    },
    most: () => most,
  };
}

/** Three tasks that one more gathers. */
function inner(gauged: ReturnType<typeof gauge>): Pipeline {
  const part = definePhase({
    id: 'part',
    kind: 'io',
    cache: true,
    uses: { request: ['text'] },
    forEach: () => ['a', 'b', 'c'].map((key) => ({ key, value: key })),
    run: async ({ item, request: { text } }) => gauged.work(`${text}${item}`),
  });
  return pipelineOf(
    part,
    definePhase({
      id: 'whole',
      kind: 'compute',
      needs: { part },
      run: ({ inputs }) => inputs.part.map(({ value }) => value).join(' '),
    }),
  );
}

test.each([1, 2, 8])(
  'eight tasks at once that each run a pipeline get its result, with %i workers',
  async (maxWorkers) => {
    const gauged = gauge();
    await using orchestrator: Orchestrator = createOrchestrator({ maxWorkers });
    const nested = inner(gauged);
    const each = definePhase({
      id: 'each',
      kind: 'io',
      forEach: () => Array.from({ length: 8 }, (_, index) => ({ key: `k${index}`, value: index })),
      run: async ({ key }) => (await orchestrator.run(nested, { text: key, seed: 1 }).result).text,
    });
    const all = definePhase({
      id: 'all',
      kind: 'compute',
      needs: { each },
      run: ({ inputs }) => inputs.each.map(({ value }) => value),
    });
    const { status, text, error } = await orchestrator.run(pipelineOf(each, all), request).result;
    expect({ status, error }).toEqual({ status: 'succeeded', error: undefined });
    expect(JSON.parse(text)).toEqual(Array.from({ length: 8 }, (_, index) => `"k${index}a k${index}b k${index}c"`));
    expect(gauged.most()).toBeLessThanOrEqual(maxWorkers);
  },
);

test('to any depth, with one worker', async () => {
  await using orchestrator: Orchestrator = createOrchestrator({ maxWorkers: 1 });
  const depths: Pipeline[] = [];
  for (let depth = 0; depth < 6; depth += 1) {
    const below = depths.at(-1);
    depths.push(
      pipelineOf(
        definePhase({
          id: `depth${depth}`,
          kind: 'io',
          run: async () => (below === undefined ? 'ground' : (await orchestrator.run(below, request).result).text),
        }),
      ),
    );
  }
  const { text } = await orchestrator.run(depths.at(-1) as Pipeline, request).result;
  expect(text).toContain('ground');
});

test('by events, by prefetch, by plan and by resume too', async () => {
  using data = temporaryFolder();
  await using orchestrator: Orchestrator = createOrchestrator({
    maxWorkers: 1,
    dataDir: data.dir,
    model: fakeModel(),
    prefetch: 'speculative',
  });
  const nested = inner(gauge());
  const stopped = orchestrator.run(nested, { text: 'z', seed: 1 });
  stopped.cancel();
  await stopped.result;
  const outer = definePhase({
    id: 'outer',
    kind: 'io',
    run: async () => {
      const types: string[] = [];
      for await (const event of orchestrator.run(nested, { text: 'x', seed: 1 })) types.push(event.type);
      const { ready } = await orchestrator.prefetch(nested, [{ text: 'y', seed: 1 }]);
      const plan = await orchestrator.plan(nested, { text: 'y', seed: 1 });
      const resumed = await orchestrator.resume(stopped.sessionId, { pipelines: () => nested });
      const { text } = await resumed.result;
      return [types.at(-1), ready, plan.totals.hits, text];
    },
  });
  const { text, error } = await orchestrator.run(pipelineOf(outer), request).result;
  expect(error).toBeUndefined();
  expect(JSON.parse(text)).toEqual(['run-end', 1, 2, '"za zb zc"']);
});

test('work that is done ahead is lent no slot: with speculation there are never more at work than workers', async () => {
  const gauged = gauge();
  const scan = definePhase({
    id: 'scan',
    kind: 'io',
    cache: false,
    source: 'same',
    run: async () => gauged.work('files'),
  });
  const after = (id: string) =>
    definePhase({ id, kind: 'llm', needs: { scan }, run: async ({ inputs }) => gauged.work(`${id} ${inputs.scan}`) });
  const one = after('one');
  const two = after('two');
  const end = definePhase({
    id: 'end',
    kind: 'compute',
    needs: { one, two },
    run: ({ inputs }) => `${inputs.one}${inputs.two}`,
  });
  const other = definePhase({ id: 'other', kind: 'io', run: async () => gauged.work('other') });
  const more = definePhase({ id: 'more', kind: 'io', run: async () => gauged.work('more') });
  const last = definePhase({ id: 'last', kind: 'compute', needs: { end, other, more }, run: () => 'last' });
  const pipeline = pipelineOf(scan, one, two, other, more, end, last);
  await using orchestrator = createOrchestrator({ maxWorkers: 2, prefetch: 'speculative', model: fakeModel() });
  for (const fresh of [false, true, true])
    expect((await orchestrator.run(pipeline, request, { fresh }).result).status).toBe('succeeded');
  expect(gauged.most()).toBeLessThanOrEqual(2);
});
