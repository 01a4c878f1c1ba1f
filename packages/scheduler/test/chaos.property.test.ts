import { getEventListeners } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { defineTask, Scheduler } from '../dist/index.js';
import type { SubmitOptions } from '../dist/index.js';

const module = new URL('fixtures/tasks.mjs', import.meta.url);
const endless = ['spin', 'spinPolitely', 'waitPolitely', 'never'];
const deadly = [
  'exit',
  'exitLater',
  'exitAfter',
  'lastWords',
  'throwLate',
  'throwAfter',
  'rejectNowhere',
  'postMessage',
];
const harmless = ['double', 'echo', 'uncloneable', 'teapot', 'stepsFlat', 'failTwice'];

interface Step {
  readonly work: string;
  readonly signal: number;
  readonly timeoutMs: number | undefined;
  readonly attempts: number;
  /** Which signal is aborted after it, if any. */
  readonly abort: number;
  /** Turns of the event loop after it. */
  readonly turns: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  work: fc.constantFrom(...endless, ...deadly, ...harmless, 'nested', 'returns', 'throws'),
  signal: fc.nat(3),
  timeoutMs: fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined }),
  attempts: fc.integer({ min: 1, max: 2 }),
  abort: fc.nat(30),
  turns: fc.nat(3),
});
const scheduler = fc.record({
  maxWorkers: fc.integer({ min: 1, max: 3 }),
  bufferSize: fc.nat(2),
  gracePeriodMs: fc.constantFrom(0, 1, 10),
});

test('whatever runs, fails, kills its thread, is aborted or closed, and whenever: all of it settles', async () => {
  const uncaught: unknown[] = [];
  const listener = (error: unknown): void => void uncaught.push(error);
  for (const event of ['uncaughtException', 'unhandledRejection', 'warning']) process.on(event, listener);
  try {
    await fc.assert(
      fc.asyncProperty(
        scheduler,
        fc.array(step, { minLength: 1, maxLength: 25 }),
        fc.option(fc.nat(20), { nil: undefined }),
        check,
      ),
      { numRuns: 40 },
    );
  } finally {
    for (const event of ['uncaughtException', 'unhandledRejection', 'warning']) process.off(event, listener);
  }
  expect(uncaught).toEqual([]);
}, 60_000);

async function check(
  options: { readonly maxWorkers: number },
  steps: readonly Step[],
  closeAfterMs: number | undefined,
): Promise<void> {
  const tested = new Scheduler(options);
  const controllers = [new AbortController(), new AbortController(), new AbortController()];
  const reasons = new Map<AbortController, Error>();
  const ends: Promise<void>[] = [];
  for (const { work, signal, timeoutMs, attempts, abort, turns } of steps) {
    const controller = controllers[signal];
    // What ends only when it is told must be told.
    const limit = endless.includes(work) ? (timeoutMs ?? 20) : timeoutMs;
    const end = start(tested, work, { signal: controller?.signal, timeoutMs: limit, retry: { attempts } });
    ends.push(
      end.catch((error: unknown) => {
        // After its abort nobody sees anything but its reason, unless it had ended otherwise before.
        if (error instanceof Error && error.message === 'aborted')
          expect(controller !== undefined && error === reasons.get(controller)).toBe(true);
      }),
    );
    for (let at = 0; at < turns; at += 1) await turn();
    const aborted = controllers[abort];
    if (aborted !== undefined && !aborted.signal.aborted) {
      reasons.set(aborted, new Error('aborted'));
      aborted.abort(reasons.get(aborted));
    }
  }
  const closed = closeAfterMs === undefined ? undefined : tested.close({ timeoutMs: closeAfterMs });
  await Promise.all(ends);
  await (closed ?? tested.close());
  expect(tested.stats()).toMatchObject({ running: 0, queued: 0, runningThreads: 0, backingOff: 0 });
  for (const { signal } of controllers) expect(getEventListeners(signal, 'abort')).toEqual([]);
}

function start(tested: Scheduler, work: string, options: SubmitOptions): Promise<void> {
  const thread = (name: string): Promise<unknown> =>
    tested.submit({ task: defineTask<unknown, unknown>({ module, export: name }), input: 2 }, options);
  const run = (): Promise<unknown> => {
    if (work === 'nested') return tested.submit(() => thread('double'), { ...options, timeoutMs: undefined });
    if (work === 'returns') return tested.submit(() => turn('value'), options);
    if (work === 'throws')
      return tested.submit(() => {
        throw new Error('thrown');
      }, options);
    return thread(work);
  };
  return run().then(() => undefined);
}
