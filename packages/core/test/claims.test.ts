/**
 * What the system that this one is modelled on promised and did not do: tests that it would fail. `claims-index.test.ts` says for every
 * promise where its tests are.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { builtInPipelines } from '@orc/core/pipelines';
import { expect, test } from 'vitest';

import { temporaryFolder } from '../../../test-support/temporary-folder.ts';
import { createOrchestrator, definePhase } from '../src/index.ts';
import { ManualClock } from './ai/manual-clock.ts';
import { finished, ofType } from './support/events.ts';
import { fakeModel } from './support/fake-model.ts';
import { pipelineOf, request } from './support/one-phase.ts';

test("a result is keyed on what it was made from: plan B never gets plan A's text", async () => {
  const model = fakeModel();
  await using orchestrator = createOrchestrator({ model });
  const texts: string[] = [];
  for (const idea of ['plan A', 'plan B']) {
    const plan = definePhase({ id: 'plan', kind: 'compute', source: idea, run: () => idea });
    const write = definePhase({
      id: 'write',
      kind: 'llm',
      needs: { plan },
      run: async ({ inputs, model: client }) => await client.text(`write ${inputs.plan}`),
    });
    texts.push((await orchestrator.run(pipelineOf(plan, write), request).result).text);
  }
  expect(texts).toEqual(['"re: write plan A"', '"re: write plan B"']);
});

test('the cache holds at most as many results as it may, the least recently used go', async () => {
  await using orchestrator = createOrchestrator({ cache: { maxSize: 10 } });
  let runs = 0;
  const phase = definePhase({
    id: 'phase',
    kind: 'compute',
    uses: { request: ['text'] },
    run: ({ request: asked }) => ((runs += 1), asked.text),
  });
  const ask = (text: string): Promise<unknown> => orchestrator.run(pipelineOf(phase), { ...request, text }).result;
  for (let index = 0; index < 500; index += 1) {
    await ask(`text ${index}`);
    // Used over and over, so that it stays.
    await ask('text 0');
    expect(orchestrator.cache?.stats().size).toBeLessThanOrEqual(10);
  }
  expect(runs).toBe(500);
});

test('results outlive the process: another orchestrator finds them, and resumed work is not done again', async () => {
  using cache = temporaryFolder();
  const model = fakeModel();
  const phase = definePhase({ id: 'phase', kind: 'llm', prompt: () => 'write' });
  for (const tier of [undefined, 'file']) {
    await using orchestrator = createOrchestrator({ model, cache: { file: { dir: cache.dir } } });
    const { events, text } = await finished(orchestrator.run(pipelineOf(phase), request));
    expect(text).toBe('"re: write"');
    expect(ofType(events, 'task-hit').map((event) => event.tier)).toEqual(tier === undefined ? [] : [tier]);
  }
  expect(model.calls).toHaveLength(1);
});

test('hits and misses of a run are counted exactly, also with many at once', async () => {
  await using orchestrator = createOrchestrator({ maxWorkers: 8 });
  const fan = definePhase({
    id: 'fan',
    kind: 'compute',
    uses: { request: ['text'] },
    forEach: () => Array.from({ length: 50 }, (_, n) => ({ key: `k${n}`, value: n })),
    run: async ({ item, request: asked }) => (await new Promise(setImmediate), `${asked.text}${item}`),
  });
  const end = definePhase({ id: 'end', kind: 'compute', needs: { fan }, run: ({ inputs }) => inputs.fan.length });
  expect((await orchestrator.run(pipelineOf(fan, end), request).result).cache).toMatchObject({
    hits: 0,
    misses: 51,
    hitRatio: 0,
  });
  expect((await orchestrator.run(pipelineOf(fan, end), request).result).cache).toMatchObject({
    hits: 51,
    misses: 0,
    hitRatio: 1,
  });
});

test('with optimizations on, a run has the same retries, validation, timeouts and checkpoints as without', async () => {
  using data = temporaryFolder();
  const seen: unknown[] = [];
  for (const optimized of [true, false]) {
    let attempts = 0;
    const first = definePhase({ id: 'first', kind: 'compute', run: () => 1 });
    const flaky = definePhase({
      id: 'flaky',
      kind: 'io',
      needs: { first },
      retry: { attempts: 2, backoffMs: 0 },
      timeout: 60_000,
      run: ({ signal }) => {
        attempts += 1;
        if (attempts === 1) throw new Error('once');
        return signal.aborted;
      },
    });
    const last = definePhase({ id: 'last', kind: 'compute', needs: { flaky }, run: () => 'end' });
    await using orchestrator = createOrchestrator({ optimized, dataDir: data.dir });
    const result = await finished(orchestrator.run(pipelineOf(first, flaky, last), request));
    const { records } = await orchestrator.sessions.read(result.sessionId);
    seen.push([
      attempts,
      ofType(result.events, 'checkpoint').map(({ task }) => task),
      [...records.keys()],
      result.text,
    ]);
  }
  expect(seen[0]).toEqual([2, ['first', 'flaky', 'last'], ['first', 'flaky', 'last'], '"end"']);
  expect(seen[1]).toEqual(seen[0]);
});

test('what a resumed phase gets is what the finished phases gave: nested data, as it was', async () => {
  using data = temporaryFolder();
  let broken = true;
  const value = { list: [{ deep: ['x', 1, null, true, { é: '✓' }] }], text: 'line\nline' };
  const first = definePhase({ id: 'first', kind: 'compute', run: () => value });
  const second = definePhase({
    id: 'second',
    kind: 'compute',
    needs: { first },
    run: ({ inputs }) => {
      if (broken) throw new Error('broken');
      expect(inputs.first).toEqual(value);
      return inputs.first.list[0]?.deep.length ?? 0;
    },
  });
  const pipeline = pipelineOf(first, second);
  await using orchestrator = createOrchestrator({ dataDir: data.dir, cache: false });
  const { sessionId } = await orchestrator.run(pipeline, request).result;
  broken = false;
  expect((await (await orchestrator.resume(sessionId, { pipelines: () => pipeline })).result).text).toBe('5');
});

test('options that are not known are refused, not ignored', () => {
  expect(() => createOrchestrator({ maxworkers: 3 } as never)).toThrow(
    expect.objectContaining({ code: 'ERR_ORC_OPTION' }),
  );
  expect(() => createOrchestrator({ limits: { retries: 3 } } as never)).toThrow(
    expect.objectContaining({ code: 'ERR_ORC_OPTION' }),
  );
  expect(() => createOrchestrator({ maxWorkers: -1 })).toThrow(expect.objectContaining({ code: 'ERR_ORC_OPTION' }));
});

test('results are gone after half an hour, and what looks after that is gone with the orchestrator', async () => {
  const clock = new ManualClock();
  const orchestrator = createOrchestrator({ clock });
  let runs = 0;
  const phase = definePhase({ id: 'phase', kind: 'compute', run: () => (runs += 1) });
  const text = async (): Promise<string> => (await orchestrator.run(pipelineOf(phase), request).result).text;
  expect(await text()).toBe('1');
  clock.advance(29 * 60_000);
  expect(await text()).toBe('1');
  clock.advance(60_000);
  expect(orchestrator.cache?.stats().size).toBe(0);
  expect(await text()).toBe('2');
  await orchestrator.close();
  expect(clock.pending).toBe(0);
});

test('a thousand results are kept where nothing else is said, and not one more', async () => {
  await using orchestrator = createOrchestrator();
  const fan = definePhase({
    id: 'fan',
    kind: 'compute',
    forEach: () => Array.from({ length: 1500 }, (_, n) => ({ key: `k${n}`, value: n })),
    run: ({ item }) => item,
  });
  const end = definePhase({ id: 'end', kind: 'compute', needs: { fan }, run: ({ inputs }) => inputs.fan.length });
  expect((await orchestrator.run(pipelineOf(fan, end), request).result).text).toBe('1500');
  expect(orchestrator.cache?.stats().size).toBe(1000);
});

test('what a hit is compared with is a real call: without optimizations the model is asked each time, with them once', async () => {
  const phase = definePhase({ id: 'phase', kind: 'llm', prompt: () => 'write' });
  for (const [optimized, calls] of [
    [false, 3],
    [true, 1],
  ] as const) {
    const model = fakeModel();
    await using orchestrator = createOrchestrator({ model, optimized });
    for (let run = 0; run < 3; run += 1) await orchestrator.run(pipelineOf(phase), request).result;
    expect(model.calls).toHaveLength(calls);
  }
});

test('a resumed result holds what was written before it stopped, and every file of it', async () => {
  using data = temporaryFolder();
  let broken = true;
  const scenes = definePhase({
    id: 'scenes',
    kind: 'io',
    retry: { attempts: 1 },
    forEach: () => ['one', 'two', 'three'].map((key) => ({ key, value: key })),
    run: ({ item }) => {
      if (broken && item === 'three') throw new Error('broken');
      return `scene ${item}`;
    },
    artifacts: (output, { key }) => [{ path: `scenes/${key}.md`, content: output }],
  });
  const book = definePhase({
    id: 'book',
    kind: 'compute',
    needs: { scenes },
    run: ({ inputs }) => inputs.scenes.map(({ value }) => value).join('; '),
  });
  const pipeline = pipelineOf(scenes, book);
  await using orchestrator = createOrchestrator({ dataDir: data.dir, cache: false, maxWorkers: 1 });
  const first = await orchestrator.run(pipeline, request).result;
  expect(first.status).toBe('failed');
  broken = false;
  const resumed = await (await orchestrator.resume(first.sessionId, { pipelines: () => pipeline })).result;
  expect(resumed.text).toBe('"scene one; scene two; scene three"');
  expect(resumed.artifacts.map(({ path }) => path)).toEqual(['scenes/one.md', 'scenes/three.md', 'scenes/two.md']);
  expect(await readdir(join(resumed.artifactsDir ?? '', 'scenes'))).toEqual(['one.md', 'three.md', 'two.md']);
});

test('every built-in pipeline has phases, of which one makes the result', async () => {
  for (const builtIn of builtInPipelines) {
    const pipeline = await builtIn.load();
    expect(pipeline.phases.length).toBeGreaterThan(1);
    expect(pipeline.phases).toContain(pipeline.result.phase);
  }
});
