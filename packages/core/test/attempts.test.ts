import { expect, test } from 'vitest';
import { z } from 'zod';

import { createOrchestrator, definePhase, OrcError } from '../src/index.ts';
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
