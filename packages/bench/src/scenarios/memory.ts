import { mustHold } from '../errors.ts';
import { formatFigure } from '../format.ts';
import { runChild } from '../processes/child.ts';
import { shuffled } from '../random.ts';
import type { Row } from '../results.ts';
import { Samples } from '../samples.ts';
import type { Scenario } from '../scenario.ts';
import type { Summary } from '../statistics.ts';

/** What a child measured. */
export interface MemorySample {
  readonly requests: number;
  readonly hits: number;
  readonly allocatedPerRequest: number;
  readonly retainedAtFifth: number;
  readonly retainedAtEnd: number;
  readonly peakHeap: number;
  readonly gcMs: number;
}

const variants = ['standard', 'optimized', 'keep-everything'] as const;
type Variant = (typeof variants)[number];
const names: Readonly<Record<Variant, string>> = {
  standard: 'standard',
  optimized: 'optimized',
  'keep-everything': 'keep everything (not counted)',
};
const sizes = {
  full: { requests: 10_000, rounds: 3 },
  short: { requests: 2500, rounds: 2 },
  smoke: { requests: 250, rounds: 1 },
};

/** Fails where a variant did not do what its name says. */
function checkSample(variant: Variant, sample: MemorySample, requests: number): void {
  mustHold(sample.requests === requests, `${variant}: ${sample.requests} of ${requests} requests`);
  if (variant === 'standard') mustHold(sample.hits === 0, `standard: ${sample.hits} hits with optimizations off`);
  else mustHold(sample.hits > requests * 0.4, `${variant}: ${sample.hits} hits in ${requests} requests`);
}

const measures = [
  ['allocated', 'allocated per request', 'B', (sample: MemorySample) => sample.allocatedPerRequest],
  ['retained-fifth', 'retained after a fifth', 'B', (sample: MemorySample) => sample.retainedAtFifth],
  ['retained', 'retained at the end', 'B', (sample: MemorySample) => sample.retainedAtEnd],
  ['peak', 'peak heap', 'B', (sample: MemorySample) => sample.peakHeap],
  ['gc', 'garbage collection', 'ms', (sample: MemorySample) => sample.gcMs],
] as const;

const charts: Readonly<Record<string, string>> = {
  allocated: 'Allocated per request',
  retained: 'Retained heap after 10,000 requests',
  peak: 'Peak heap',
  gc: 'Time of garbage collection',
};

/** Scenario 4: what 10,000 requests allocate and keep. */
export const memory: Scenario = {
  id: 'memory',
  title: 'Memory',
  question: '10,000 requests, Zipf 0.99 over 2,000 distinct: how much is allocated, and how much stays?',
  async run({ profile, random, progress }) {
    const { requests, rounds } = sizes[profile];
    const samples = new Samples();
    const hits = new Map<Variant, number>();
    let done = 0;
    for (let round = 0; round < rounds; round += 1) {
      for (const variant of shuffled(variants, random)) {
        for (const mode of ['profile', 'plain'] as const) {
          const sample = await runChild<MemorySample>(new URL('../children/memory.js', import.meta.url), {
            args: [variant, String(requests), mode],
            nodeArgs: ['--expose-gc'],
          });
          checkSample(variant, sample, requests);
          hits.set(variant, sample.hits);
          // The profiler keeps records of its own: what is allocated comes from its process, all else from one without it.
          for (const [id, , , read] of measures)
            if ((id === 'allocated') === (mode === 'profile')) samples.add(`${variant}-${id}`, read(sample));
          done += 1;
          progress(done / (rounds * variants.length * 2), variant);
        }
      }
    }
    const summary = (variant: Variant, id: string): Summary => samples.summary(`${variant}-${id}`);
    const missed = 1 - (hits.get('optimized') as number) / requests;
    const limit = `${formatFigure(summary('standard', 'allocated').median * missed, 'B')}, if hits were free`;
    const rows = variants.flatMap((variant) =>
      measures.map(([id, label, unit]): Row => ({
        id: `${variant}-${id}`,
        label: `${names[variant]}: ${label}`,
        subject: 'orc',
        unit,
        summary: summary(variant, id),
        chart: charts[id],
        bar: names[variant],
        ...(variant === 'optimized' && id === 'allocated' ? { documented: '−60 %', limit } : {}),
      })),
    );
    return {
      rows,
      ratios: [
        {
          id: 'allocated',
          label: 'allocated, optimized against standard',
          ratio: samples.paired('optimized-allocated', 'standard-allocated'),
        },
        {
          id: 'peak',
          label: 'peak heap, optimized against standard',
          ratio: samples.paired('optimized-peak', 'standard-peak'),
        },
        {
          id: 'gc',
          label: 'time of garbage collection, optimized against standard',
          ratio: samples.paired('optimized-gc', 'standard-gc'),
        },
        {
          id: 'growth',
          label: 'retained at the end against a fifth of the way, optimized',
          ratio: samples.paired('optimized-retained', 'optimized-retained-fifth'),
        },
      ],
      counts: [
        { id: 'requests', label: 'requests', value: requests },
        { id: 'hits', label: 'of them served whole from the cache, optimized', value: hits.get('optimized') as number },
        {
          id: 'hits-everything',
          label: 'of them served whole from the cache, keep everything',
          value: hits.get('keep-everything') as number,
        },
      ],
      notes: [
        'Allocated bytes come from V8’s sampling heap profiler, what was collected included; retained heap is read after a full collection; the peak is the largest heap seen after each hundred requests. Each sample is a fresh process.',
        'Retained heap is larger with a cache: its entries are what is kept. It is full by then (1,000 results), and grows no further than its bound.',
      ],
      absent: [],
    };
  },
};
