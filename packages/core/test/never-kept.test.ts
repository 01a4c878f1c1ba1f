/** What no cache ever holds: errors, replies that were cut short, what a phase says may not be kept. */
import { expect, test } from 'vitest';

import { createOrchestrator, definePhase, type Phase } from '../src/index.ts';
import { fakeModel } from './support/fake-model.ts';
import { pipelineOf, request } from './support/one-phase.ts';

test.each([
  ['truncated', 'length', 'ERR_ORC_MODEL_TRUNCATED'],
  ['filtered', 'content-filter', 'ERR_ORC_MODEL_FILTERED'],
] as const)(
  'a %s reply is an error and never kept, also where the phase goes on without it',
  async (_, finishReason, code) => {
    const model = fakeModel({ reply: () => ({ text: 'half', finishReason }) });
    const strict = definePhase({ id: 'strict', kind: 'llm', prompt: () => 'write' });
    await using orchestrator = createOrchestrator({ model });
    expect((await orchestrator.run(pipelineOf(strict), request).result).error).toMatchObject({ code });
    const lenient = definePhase({
      id: 'lenient',
      kind: 'llm',
      run: ({ model: client }) => client.text('write').catch(() => 'instead'),
    });
    const before = model.calls.length;
    for (let run = 0; run < 2; run += 1)
      expect((await orchestrator.run(pipelineOf(lenient), request).result).text).toBe('"instead"');
    expect(model.calls.length - before).toBe(2);
  },
);

test('errors are never kept', async () => {
  let runs = 0;
  const phase = definePhase({
    id: 'phase',
    kind: 'compute',
    run: () => {
      runs += 1;
      if (runs === 1) throw new Error('the first time');
      return runs;
    },
  });
  await using orchestrator = createOrchestrator();
  expect((await orchestrator.run(pipelineOf(phase), request).result).status).toBe('failed');
  expect((await orchestrator.run(pipelineOf(phase), request).result).text).toBe('2');
});

test('a phase can say that an output may not be kept, and for how long it may', async () => {
  let runs = 0;
  const now = { ms: 0 };
  const clock = { now: () => now.ms, setTimeout: () => 0, clearTimeout: () => undefined };
  const refused = definePhase({
    id: 'refused',
    kind: 'compute',
    run: () => (runs += 1),
    cache: { when: (output) => output > 1 },
  });
  const brief = definePhase({ id: 'brief', kind: 'compute', run: () => (runs += 1), cache: { ttl: 1000 } });
  const never = definePhase({ id: 'never', kind: 'compute', run: () => (runs += 1), cache: false });
  await using orchestrator = createOrchestrator({ clock });
  const texts = async (phase: Phase): Promise<string> =>
    (await orchestrator.run(pipelineOf(phase), request).result).text;
  expect([await texts(refused), await texts(refused), await texts(refused)]).toEqual(['1', '2', '2']);
  expect([await texts(brief), await texts(brief)]).toEqual(['3', '3']);
  now.ms = 1001;
  expect(await texts(brief)).toBe('4');
  expect([await texts(never), await texts(never)]).toEqual(['5', '6']);
});
