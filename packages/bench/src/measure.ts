import { Bench } from 'tinybench';

import { BenchError } from './errors.ts';
import { shuffled } from './random.ts';
import { Samples } from './samples.ts';

/** Something that is timed. */
export interface Case {
  readonly id: string;
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
  /** Milliseconds after which no further round is begun, once there are five: a slow machine gets fewer rounds, not a longer run. */
  readonly timeBoxMs?: number | undefined;
  /** Told after each round. */
  readonly onRound?: ((done: number, of: number) => void) | undefined;
}

/** Rounds that the time box never cuts. */
const enoughRounds = 5;

let sink: unknown;

const impossible = Symbol('impossible');

/** Reads what the last case returned: a result that is never read could be optimised away with the work that made it. */
function keepResults(): void {
  if (sink === impossible) throw new BenchError('Expected a result');
}

/** Runs every case once per round, in an order that is shuffled anew; one unrecorded round warms them up. */
async function interleave(
  cases: readonly Case[],
  options: Omit<MeasureOptions, 'roundMs'>,
  sample: (item: Case, warmUp: boolean) => Promise<number>,
): Promise<Samples> {
  const { rounds, random, timeBoxMs = Number.POSITIVE_INFINITY, onRound } = options;
  const samples = new Samples();
  const started = performance.now();
  for (let round = -1; round < rounds; round += 1) {
    if (round >= enoughRounds && performance.now() - started > timeBoxMs) break;
    for (const item of shuffled(cases, random)) {
      const value = await sample(item, round < 0);
      if (round >= 0) samples.add(item.id, value);
    }
    if (round >= 0) onRound?.(round + 1, rounds);
  }
  keepResults();
  return samples;
}

/** Times cases with tinybench, in interleaved rounds; a sample is the median latency of one round, in milliseconds. */
export function measureInterleaved(cases: readonly Case[], options: MeasureOptions): Promise<Samples> {
  return interleave(cases, options, async (item, warmUp) => {
    const bench = new Bench({
      time: options.roundMs,
      iterations: 1,
      warmup: warmUp,
      warmupTime: options.roundMs,
      throws: true,
    });
    bench.add(item.id, async () => {
      sink = item.run();
      if (sink instanceof Promise) sink = await sink;
    });
    await bench.run();
    const result = bench.tasks[0]?.result;
    if (result?.state !== 'completed') throw new BenchError(`Expected ${item.id} to be measured, got ${result?.state}`);
    return result.latency.p50;
  });
}

/** Times whole runs (10 ms and more) one by one in interleaved rounds; a sample is one run, in milliseconds. */
export function timeInterleaved(cases: readonly Case[], options: Omit<MeasureOptions, 'roundMs'>): Promise<Samples> {
  return interleave(cases, options, async (item) => {
    const started = performance.now();
    sink = await item.run();
    return performance.now() - started;
  });
}
