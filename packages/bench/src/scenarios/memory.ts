import { runChild } from '../child.ts';
import { mustHold } from '../errors.ts';
import { shuffled } from '../random.ts';
import type { Row } from '../results.ts';
import type { Scenario } from '../scenario.ts';
import { ratioOf, summarize, type Summary } from '../statistics.ts';

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

/** Scenario 4: what 10,000 requests allocate and keep. */
export const memory: Scenario = {
  id: 'memory',
  title: 'Memory',
  question: '10,000 requests, Zipf 0.99 over 2,000 distinct: how much is allocated, and how much stays?',
  async run({ profile, random, progress }) {
    const requests = profile === 'full' ? 10_000 : 2500;
    // What is allocated hardly varies from process to process; what is retained, and the time of collections, does.
    const rounds = profile === 'full' ? 3 : 2;
    const plain = new Map<Variant, MemorySample[]>(variants.map((variant) => [variant, []]));
    const profiled = new Map<Variant, MemorySample[]>(variants.map((variant) => [variant, []]));
    let done = 0;
    for (let round = 0; round < rounds; round += 1) {
      for (const variant of shuffled(variants, random)) {
        for (const mode of round === 0 ? (['profile', 'plain'] as const) : (['plain'] as const)) {
          const sample = await runChild<MemorySample>(new URL('../children/memory.js', import.meta.url), {
            args: [variant, String(requests), mode],
            nodeArgs: ['--expose-gc'],
            timeoutMs: 600_000,
          });
          mustHold(
            variant === 'standard' ? sample.hits === 0 : sample.hits > requests * 0.4,
            `${variant}: ${sample.hits} hits in ${requests} requests`,
          );
          (mode === 'profile' ? profiled : plain).get(variant)?.push(sample);
          done += 1;
          progress(done / ((rounds + 1) * variants.length), variant);
        }
      }
    }
    const of = (
      samples: ReadonlyMap<Variant, readonly MemorySample[]>,
      variant: Variant,
      member: (sample: MemorySample) => number,
    ): Summary => summarize((samples.get(variant) as readonly MemorySample[]).map(member));
    const allocated = (variant: Variant): Summary => of(profiled, variant, (sample) => sample.allocatedPerRequest);
    const rows: Row[] = [];
    const names: Record<Variant, string> = {
      standard: 'standard',
      optimized: 'optimized',
      'keep-everything': 'keep everything (not counted)',
    };
    for (const variant of variants) {
      const row = (id: string, label: string, unit: Row['unit'], summary: Summary, extra: Partial<Row> = {}): void => {
        rows.push({
          id: `${variant}-${id}`,
          label: `${names[variant]}: ${label}`,
          subject: 'orc',
          unit,
          summary,
          ...extra,
        });
      };
      row('allocated', 'allocated per request', 'B', allocated(variant), {
        chart: 'allocated',
        ...(variant === 'optimized' ? { documented: '−60 %' } : {}),
      });
      row(
        'retained-fifth',
        `retained after ${requests / 5}`,
        'B',
        of(plain, variant, (sample) => sample.retainedAtFifth),
      );
      row(
        'retained',
        `retained after ${requests}`,
        'B',
        of(plain, variant, (sample) => sample.retainedAtEnd),
        { chart: 'retained' },
      );
      row(
        'peak',
        'peak heap',
        'B',
        of(plain, variant, (sample) => sample.peakHeap),
      );
      row(
        'gc',
        'garbage collection',
        'ms',
        of(plain, variant, (sample) => sample.gcMs),
      );
    }
    return {
      rows,
      ratios: [
        {
          id: 'allocated',
          label: 'allocated, optimized against standard',
          ratio: ratioOf(allocated('optimized'), allocated('standard')),
        },
        {
          id: 'growth',
          label: 'retained at the end against a fifth of the way, optimized',
          ratio: ratioOf(
            of(plain, 'optimized', (sample) => sample.retainedAtEnd),
            of(plain, 'optimized', (sample) => sample.retainedAtFifth),
          ),
        },
      ],
      notes: [
        'Allocated bytes come from V8’s sampling heap profiler, what was collected included; retained heap is read after a full collection. Each sample is a fresh process.',
      ],
      absent: [],
    };
  },
};
