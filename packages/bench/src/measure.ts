import { Bench } from 'tinybench';

import { BenchError } from './errors.ts';
import { shuffled } from './random.ts';
import { summarize, type Summary } from './statistics.ts';

/** Something that is timed. */
export interface Case {
  readonly id: string;
  /** Runs before each round, outside the measurement. */
  readonly before?: (() => void | Promise<void>) | undefined;
  /** The work. What it returns is kept alive, so that nothing of it can be optimised away. */
  readonly run: () => unknown;
}

/** How cases are measured. */
export interface MeasureOptions {
  /** Rounds; every case is measured once in each, in an order that is shuffled anew. */
  readonly rounds: number;
  /** Milliseconds for which a case runs in a round. */
  readonly roundMs: number;
  readonly random: () => number;
  /** Told after each round. */
  readonly onRound?: ((done: number, of: number) => void) | undefined;
}

let sink: unknown;

const impossible = Symbol('impossible');

/** Reads what the last case returned: a result that is never read could be optimised away with the work that made it. */
function keepResults(): void {
  if (sink === impossible) throw new BenchError('Expected a result');
}

/** Times cases with tinybench, in interleaved rounds; a sample is the median latency of one round, in milliseconds. */
export async function measureInterleaved(
  cases: readonly Case[],
  options: MeasureOptions,
): Promise<Map<string, Summary>> {
  const samples = new Map<string, number[]>(cases.map((item) => [item.id, []]));
  // One unrecorded round warms every case up before any is counted.
  for (let round = -1; round < options.rounds; round += 1) {
    for (const item of shuffled(cases, options.random)) {
      await item.before?.();
      const bench = new Bench({
        time: options.roundMs,
        iterations: 1,
        warmup: round < 0,
        warmupTime: options.roundMs,
        throws: true,
      });
      bench.add(item.id, async () => {
        sink = item.run();
        if (sink instanceof Promise) sink = await sink;
      });
      await bench.run();
      const result = bench.tasks[0]?.result;
      if (round >= 0 && result?.state === 'completed') samples.get(item.id)?.push(result.latency.p50);
    }
    if (round >= 0) options.onRound?.(round + 1, options.rounds);
  }
  keepResults();
  return new Map([...samples].map(([id, values]) => [id, summarize(values)]));
}

/** Times whole runs (10 ms and more) one by one in interleaved rounds; a sample is one run, in milliseconds. */
export async function timeInterleaved(
  cases: readonly Case[],
  options: Omit<MeasureOptions, 'roundMs'>,
): Promise<Map<string, Summary>> {
  const samples = new Map<string, number[]>(cases.map((item) => [item.id, []]));
  for (let round = -1; round < options.rounds; round += 1) {
    for (const item of shuffled(cases, options.random)) {
      await item.before?.();
      const started = performance.now();
      sink = await item.run();
      if (round >= 0) samples.get(item.id)?.push(performance.now() - started);
    }
    if (round >= 0) options.onRound?.(round + 1, options.rounds);
  }
  keepResults();
  return new Map([...samples].map(([id, values]) => [id, summarize(values)]));
}
