/** Iterating the events of a run. */
import { expect, test } from 'vitest';

import { createOrchestrator, definePhase, type OrcEvent } from '../src/index.ts';
import { EventStream } from '../src/run/event-stream.ts';
import { Fifo } from '../src/run/fifo.ts';
import { pipelineOf, request } from './support/one-phase.ts';

const phase = definePhase({ id: 'phase', kind: 'compute', run: () => 1 });

test('any number of requests at once are answered, in the order they were made, and the rest with the end', async () => {
  await using orchestrator = createOrchestrator();
  const seen: OrcEvent['type'][] = [];
  const run = orchestrator.run(pipelineOf(phase), request);
  run.subscribe(({ type }) => seen.push(type));
  const iterator = run[Symbol.asyncIterator]();
  const all = await Promise.all(Array.from({ length: 40 }, () => iterator.next()));
  const given = all.filter(({ done }) => done !== true).map(({ value }) => (value as OrcEvent).type);
  expect(given).toEqual(seen);
  expect(all.slice(given.length).every(({ done }) => done)).toBe(true);
});

test('leaving answers what still waits', async () => {
  const stream = new EventStream(() => undefined);
  const waiting = stream.next();
  await stream.return();
  expect(await waiting).toEqual({ done: true, value: undefined });
});

test('taking everything costs in proportion to what there is', () => {
  const drained = (count: number): number => {
    const queue = new Fifo<number>();
    for (let item = 0; item < count; item += 1) queue.push(item);
    const started = performance.now();
    for (let item = 0; item < count; item += 1) if (queue.shift() !== item) throw new Error('out of order');
    return performance.now() - started;
  };
  drained(10_000);
  // Eight times as many: in proportion it is 8 times as long, with each one moving all behind it 64 times and more.
  expect(drained(100_000)).toBeLessThan(30 * drained(12_500) + 50);
});

test('a queue gives what was put in, in order, however the two are mixed', () => {
  const queue = new Fifo<number>();
  const model: number[] = [];
  for (let step = 0; step < 1000; step += 1) {
    if ((step * 7919) % 5 < 3) {
      queue.push(step);
      model.push(step);
    } else expect(queue.shift()).toBe(model.shift());
    expect(queue.size).toBe(model.length);
  }
});
