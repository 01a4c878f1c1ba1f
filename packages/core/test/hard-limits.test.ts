/** Limits of time hold against tasks that ignore their signal. */
import { expect, test } from 'vitest';

import { temporaryFolder } from '../../../test-support/temporary-folder.ts';
import { deferred } from '../../../test-support/deferred.ts';
import { createOrchestrator, definePhase } from '../src/index.ts';
import { ManualClock } from './ai/manual-clock.ts';
import { finished, ofType } from './support/events.ts';
import { pipelineOf, request } from './support/one-phase.ts';

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await new Promise(setImmediate);
};

/** A phase that begins, and ends when the test wants it to, whatever its signal says. */
function deaf(options: { readonly timeout?: number; readonly attempts?: number } = {}) {
  const started = deferred();
  const go = deferred();
  const phase = definePhase({
    id: 'deaf',
    kind: 'io',
    ...(options.timeout === undefined ? {} : { timeout: options.timeout }),
    retry: { attempts: options.attempts ?? 1 },
    run: async () => (started.resolve(), await go.promise, 'late'),
  });
  return { phase, started: started.promise, end: () => go.resolve() };
}

test('the total timeout ends a run whose task goes on; all its tasks have an end, and nothing of them comes later', async () => {
  const clock = new ManualClock();
  using data = temporaryFolder();
  const { phase, started, end } = deaf();
  await using orchestrator = createOrchestrator({ clock, dataDir: data.dir, limits: { totalTimeout: 300 } });
  const run = orchestrator.run(pipelineOf(phase), request);
  const result = finished(run);
  await started;
  clock.advance(299);
  await turns(5);
  clock.advance(1);
  await turns(5);
  clock.advance(30);
  const { status, error, events, sessionId } = await result;
  expect({ status, code: error?.code }).toEqual({ status: 'failed', code: 'ERR_ORC_TIMEOUT' });
  expect(ofType(events, 'task-end')).toMatchObject([{ task: 'deaf', status: 'cancelled' }]);
  expect(ofType(events, 'phase-end')).toMatchObject([{ phase: 'deaf', status: 'cancelled' }]);
  const told = events.length;
  end();
  await turns(20);
  expect(events).toHaveLength(told);
  expect(orchestrator.cache?.stats().size).toBe(0);
  expect((await orchestrator.sessions.list()).map(({ id, status: ended }) => [id, ended])).toEqual([
    [sessionId, 'failed'],
  ]);
});

test('a task that ends when it is told to has a tenth of the limit to do so', async () => {
  const clock = new ManualClock();
  const started = deferred();
  const cleaned = deferred();
  const phase = definePhase({
    id: 'phase',
    kind: 'io',
    run: async ({ signal }) => {
      started.resolve();
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      await cleaned.promise;
      throw signal.reason;
    },
  });
  await using orchestrator = createOrchestrator({ clock, limits: { totalTimeout: 1000 } });
  let settled = false;
  const result = orchestrator.run(pipelineOf(phase), request).result.then((value) => ((settled = true), value));
  await started.promise;
  clock.advance(1000);
  await turns(5);
  clock.advance(99);
  await turns(5);
  expect(settled).toBe(false);
  cleaned.resolve();
  expect((await result).status).toBe('failed');
});

test('closing goes on without tasks that ignore their signal, after ten seconds or after the time it is given', async () => {
  for (const timeoutMs of [undefined, 500, 0]) {
    const clock = new ManualClock();
    const { phase, started, end } = deaf();
    const orchestrator = createOrchestrator({ clock });
    const run = orchestrator.run(pipelineOf(phase), request);
    await started;
    let closed = false;
    const closing = orchestrator.close(timeoutMs === undefined ? {} : { timeoutMs }).then(() => (closed = true));
    clock.advance((timeoutMs ?? 10_000) - 1);
    await turns(5);
    expect(closed).toBe(false);
    clock.advance(1);
    await closing;
    expect(await run.result).toMatchObject({ status: 'cancelled', error: { code: 'ERR_ORC_CLOSED' } });
    end();
    await turns(5);
  }
});

test('a later call shortens the wait, and nothing of it keeps a timer', async () => {
  const clock = new ManualClock();
  const { phase, started, end } = deaf();
  const orchestrator = createOrchestrator({ clock, limits: { phaseTimeout: 0, totalTimeout: 0 } });
  const run = orchestrator.run(pipelineOf(phase), request);
  await started;
  const closing = orchestrator.close({ timeoutMs: Infinity });
  clock.advance(100_000);
  await turns(5);
  void orchestrator.close({ timeoutMs: 5 });
  clock.advance(5);
  await closing;
  expect((await run.result).status).toBe('cancelled');
  await orchestrator.close({ timeoutMs: 5 });
  end();
  await turns(5);
  expect(clock.pending).toBe(0);
  expect(() => orchestrator.close({ timeoutMs: -1 })).toThrow(expect.objectContaining({ code: 'ERR_ORC_OPTION' }));
});

test.each([1, 2])(
  'an attempt that ran out of time and goes on holds its slot: never more than %i at once',
  async (maxWorkers) => {
    const clock = new ManualClock();
    let now = 0;
    let most = 0;
    const going: (() => void)[] = [];
    const phase = definePhase({
      id: 'phase',
      kind: 'io',
      timeout: 50,
      retry: { attempts: 4, backoffMs: 1 },
      run: async () => {
        now += 1;
        most = Math.max(most, now);
        const go = deferred();
        going.push(() => go.resolve());
        await go.promise;
        now -= 1;
        return 'done';
      },
    });
    await using orchestrator = createOrchestrator({ clock, maxWorkers, random: () => 0 });
    const result = orchestrator.run(pipelineOf(phase), request).result;
    for (let attempt = 1; attempt <= maxWorkers; attempt += 1) {
      await turns(5);
      expect(going).toHaveLength(attempt);
      clock.advance(50);
      await turns(5);
      clock.advance(1000);
    }
    await turns(5);
    clock.advance(5000);
    await turns(5);
    // As many as there are slots have been given up, and go on: the next attempt waits until one of them has ended.
    expect(going).toHaveLength(maxWorkers);
    going[0]?.();
    await turns(5);
    expect(going).toHaveLength(maxWorkers + 1);
    going.at(-1)?.();
    expect((await result).text).toBe('"done"');
    expect(most).toBe(maxWorkers);
    for (const go of going) go();
  },
);

test('what a failed run has left to itself counts against the workers of the next one', async () => {
  const clock = new ManualClock();
  const { phase, started, end } = deaf({ timeout: 10 });
  await using orchestrator = createOrchestrator({ clock, maxWorkers: 1 });
  const first = orchestrator.run(pipelineOf(phase), request).result;
  await started;
  clock.advance(10);
  expect((await first).error?.code).toBe('ERR_ORC_TIMEOUT');
  let ran = false;
  const next = orchestrator.run(
    pipelineOf(definePhase({ id: 'next', kind: 'io', run: () => ((ran = true), 'next') })),
    request,
  ).result;
  await turns(20);
  expect(ran).toBe(false);
  end();
  expect((await next).text).toBe('"next"');
});
