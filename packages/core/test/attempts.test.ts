import { expect, test } from 'vitest';
import { z } from 'zod';

import { createOrchestrator, definePhase, OrcError, type Phase } from '../src/index.ts';
import { finished, ofType } from './support/events.ts';
import { fakeModel } from './support/fake-model.ts';
import { pipelineOf, request, runOf } from './support/one-phase.ts';

const soon = { backoffMs: 0 };

test.each(['standard', 'optimized'])(
  'a phase that fails is tried again, as often as it says, in every strategy (%s)',
  async (how) => {
    let attempts = 0;
    const phase = definePhase({
      id: 'phase',
      kind: 'io',
      retry: { attempts: 3, ...soon },
      run: ({ attempt }) => {
        attempts += 1;
        if (attempt < 3) throw new Error('not yet');
        return attempt;
      },
    });
    const result = await runOf([phase], { optimized: how === 'optimized' });
    expect(result.text).toBe('3');
    expect(attempts).toBe(3);
    expect(result.phases[0]).toMatchObject({ attempts: 3 });
    expect(ofType(result.events, 'task-retry').map(({ attempt, error }) => [attempt, error.message])).toEqual([
      [1, 'not yet'],
      [2, 'not yet'],
    ]);
  },
);

test('what talks to the world is tried again by default, what computes is not', async () => {
  for (const [kind, expected] of [
    ['io', 4],
    ['compute', 1],
  ] as const) {
    let attempts = 0;
    const phase = definePhase({
      id: 'phase',
      kind,
      run: (): string => {
        attempts += 1;
        throw Object.assign(new Error('down'), { code: 'ECONNRESET' });
      },
    });
    const instant = {
      now: () => 0,
      setTimeout: (call: () => void) => setImmediate(call),
      clearTimeout: (handle: unknown) => clearImmediate(handle as NodeJS.Immediate),
    };
    const { status, error } = await runOf([phase], { clock: instant, limits: { totalTimeout: 0, phaseTimeout: 0 } });
    expect(status).toBe('failed');
    expect(error).toMatchObject({ code: 'ECONNRESET', phase: 'phase', task: 'phase' });
    expect(attempts).toBe(expected);
  }
});

test('an error that says that trying again is of no use is believed', async () => {
  let attempts = 0;
  const phase = definePhase({
    id: 'phase',
    kind: 'io',
    run: (): string => {
      attempts += 1;
      throw new OrcError('ERR_ORC_MODEL_AUTH', 'no key', { retryable: false, hint: 'Set the key.' });
    },
  });
  const { error } = await runOf([phase]);
  expect(attempts).toBe(1);
  expect(error).toMatchObject({ code: 'ERR_ORC_MODEL_AUTH', hint: 'Set the key.' });
});

test('an output that does not satisfy its schema is asked for again, and is never kept', async () => {
  const replies = ['{"words":"many"}', '{"words":3}'];
  const model = fakeModel({ reply: () => replies.shift() ?? '{"words":9}' });
  const phase = definePhase({
    id: 'phase',
    kind: 'llm',
    retry: { attempts: 2, ...soon },
    prompt: () => 'count',
    outputSchema: z.string().transform((text) => z.object({ words: z.number() }).parse(JSON.parse(text))),
  });
  await using orchestrator = createOrchestrator({ model });
  const first = await orchestrator.run(pipelineOf(phase), request).result;
  expect(first.text).toBe('{"words":3}');
  const second = await orchestrator.run(pipelineOf(phase), request).result;
  expect(second.text).toBe('{"words":3}');
  expect(model.calls).toHaveLength(2);
});

test('an output that never satisfies its schema fails the run, with what is wrong with it', async () => {
  const phase = definePhase({
    id: 'phase',
    kind: 'compute',
    outputSchema: z.object({ words: z.number() }),
    run: () => ({ words: 'many' }) as never,
  });
  const { error } = await runOf([phase]);
  expect(error).toMatchObject({ code: 'ERR_ORC_OUTPUT_INVALID', message: expect.stringContaining('`words`') });
});

test('inputs that do not satisfy their schema fail the run before the phase runs', async () => {
  const words = definePhase({ id: 'words', kind: 'compute', run: () => 0 });
  const phase = definePhase({
    id: 'phase',
    kind: 'compute',
    needs: { words },
    inputSchema: z.object({ words: z.number().min(1) }),
    run: (): string => {
      throw new Error('ran');
    },
  });
  const { error } = await runOf([words, phase]);
  expect(error).toMatchObject({ code: 'ERR_ORC_INPUT_INVALID', task: 'phase' });
});

test('an output that JSON can not carry fails the run, with its path', async () => {
  for (const [output, where] of [
    [{ deep: [{ when: new Date(0) }] }, 'deep.0.when'],
    [{ size: Number.NaN }, 'size'],
    [() => 1, 'the output'],
    [undefined, 'the output'],
    [new Map(), 'the output'],
  ] as const) {
    const { error } = await runOf([definePhase({ id: 'phase', kind: 'compute', run: () => output as never })]);
    expect(error).toMatchObject({ code: 'ERR_ORC_OUTPUT_NOT_JSON', message: expect.stringContaining(where) });
  }
});

test('outputs are frozen copies: nobody can change what others share', async () => {
  const mine = { list: [1] };
  const first = definePhase({ id: 'first', kind: 'compute', run: () => mine });
  const second = definePhase({
    id: 'second',
    kind: 'compute',
    needs: { first },
    run: ({ inputs }) => {
      mine.list.push(2);
      expect(Object.isFrozen(inputs.first.list)).toBe(true);
      return inputs.first.list.length;
    },
  });
  expect((await runOf([first, second])).text).toBe('1');
});

test('a loop keeps the best output so far, never just the last', async () => {
  const scores = [3, 7, 5];
  const rounds: unknown[] = [];
  const phase = definePhase({
    id: 'phase',
    kind: 'compute',
    run: ({ loop }) => {
      rounds.push([loop?.round, loop?.best, loop?.score]);
      return scores[(loop?.round ?? 1) - 1] as number;
    },
    loop: { max: 3, score: (output) => output },
  });
  expect((await runOf([phase])).text).toBe('7');
  expect(rounds).toEqual([
    [1, undefined, undefined],
    [2, 3, 3],
    [3, 7, 7],
  ]);
});

test('a loop ends as soon as it is good enough', async () => {
  let rounds = 0;
  const phase = definePhase({
    id: 'phase',
    kind: 'compute',
    run: () => (rounds += 1),
    loop: { max: 10, score: (output) => output, until: (output) => output >= 2 },
  });
  expect((await runOf([phase])).text).toBe('2');
});

test('an attempt that takes too long is aborted with a TimeoutError, and fails the run', async () => {
  let reason: unknown;
  const phase = definePhase({
    id: 'phase',
    kind: 'compute',
    timeout: 5,
    run: ({ signal }) =>
      new Promise<string>(() => {
        signal.addEventListener('abort', () => (reason = signal.reason));
      }),
  });
  const { status, error } = await runOf([phase]);
  expect(status).toBe('failed');
  expect(error).toMatchObject({ code: 'ERR_ORC_TIMEOUT', task: 'phase', message: expect.stringContaining('5 ms') });
  expect(reason).toMatchObject({ name: 'TimeoutError' });
});

test('a run that takes too long fails with a timeout', async () => {
  const phase = definePhase({
    id: 'phase',
    kind: 'compute',
    run: ({ signal }) =>
      new Promise<string>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
  });
  const { status, error } = await runOf([phase], { limits: { totalTimeout: 5 } });
  expect([status, error?.code]).toEqual(['failed', 'ERR_ORC_TIMEOUT']);
});

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

test('text that is written is told while it is written, and only when somebody listens', async () => {
  const phase = definePhase({ id: 'phase', kind: 'llm', prompt: () => 'one two three' });
  const { events } = await runOf([phase]);
  expect(ofType(events, 'task-delta').map(({ text }) => text)).toEqual(['re: ', 'one ', 'two ', 'three']);
  const model = fakeModel();
  const stream = model.stream.bind(model);
  let streams = 0;
  await using orchestrator = createOrchestrator({
    model: { ...model, stream: (...call) => ((streams += 1), stream(...call)) },
  });
  await orchestrator.run(pipelineOf(phase), request).result;
  expect(streams).toBe(0);
});

test('the budget stops the next call, and says what to do', async () => {
  const model = fakeModel({ costUsd: 0.4 });
  const first = definePhase({ id: 'first', kind: 'llm', prompt: () => 'a' });
  const second = definePhase({ id: 'second', kind: 'llm', needs: { first }, prompt: ({ inputs }) => inputs.first });
  const third = definePhase({ id: 'third', kind: 'llm', needs: { second }, prompt: ({ inputs }) => inputs.second });
  const result = await runOf([first, second, third], { model, limits: { budgetUsd: 0.8 } });
  expect(model.calls).toHaveLength(2);
  expect(result.error).toMatchObject({
    code: 'ERR_ORC_BUDGET',
    task: 'third',
    hint: expect.stringContaining('resume'),
  });
  expect(result.usage).toEqual({ inputTokens: 20, cachedInputTokens: 0, outputTokens: 10, costUsd: 0.8 });
});

test('a budget is no limit for a model whose price nobody knows: it is not asked', async () => {
  const model = fakeModel({ costUsd: null, priced: 'unknown' });
  const { error } = await runOf([definePhase({ id: 'phase', kind: 'llm', prompt: () => 'a' })], {
    model,
    limits: { budgetUsd: 1 },
  });
  expect(model.calls).toEqual([]);
  expect(error).toMatchObject({ code: 'ERR_ORC_BUDGET', message: expect.stringContaining('not known') });
});

test('a failed task starts nothing more, and what it leaves undone is said', async () => {
  const fails = definePhase({
    id: 'fails',
    kind: 'compute',
    run: (): string => {
      throw new Error('broken');
    },
  });
  const after = definePhase({ id: 'after', kind: 'compute', needs: { fails }, run: () => 1 });
  const result = await finished(createOrchestrator().run(pipelineOf(fails, after), request));
  expect(result).toMatchObject({
    status: 'failed',
    text: '',
    error: { code: 'ERR_ORC_PHASE_FAILED', message: 'broken', phase: 'fails', task: 'fails' },
  });
  expect(result.phases.map(({ id, status }) => [id, status])).toEqual([
    ['fails', 'failed'],
    ['after', 'skipped'],
  ]);
  expect(ofType(result.events, 'run-end')).toHaveLength(1);
});
