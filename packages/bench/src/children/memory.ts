// Runs many requests in one process and measures its memory: node --expose-gc memory.js VARIANT REQUESTS profile|plain
// The sampling profiler keeps records of its own on the heap, so what is retained is read in another process than what is allocated.
import { Session } from 'node:inspector/promises';
import { PerformanceObserver } from 'node:perf_hooks';

import { createOrchestrator, type OrchestratorOptions } from '@orc/core';
import { resolveModel } from '@orc/core/ai';

import { realisticPipeline, realisticRequest } from '../pipelines/realistic.ts';
import { seededRandom, zipf } from '../random.ts';
import type { MemorySample } from '../scenarios/memory.ts';

const [variant, count, mode] = process.argv.slice(2) as [string, string, string];
const requests = Number(count);
const model = await resolveModel('offline/scribe', { env: {} });
const options: Record<string, OrchestratorOptions> = {
  standard: { optimized: false },
  optimized: {},
  'keep-everything': { cache: { maxSize: 1_000_000, ttl: Number.POSITIVE_INFINITY } },
};
const orchestrator = createOrchestrator({ ...options[variant], model });
// As many requests per distinct one in the short profile as in the full one, where it is 10,000 over 2,000.
const draw = zipf(requests / 5, 0.99, seededRandom(11));
const collect = (globalThis as { gc?: () => void }).gc as () => void;
const retained = (): number => {
  collect();
  return process.memoryUsage().heapUsed;
};

// Warm up with requests that are not counted, so that code and shapes are there before the profiler starts.
for (let index = 0; index < 50; index += 1)
  await orchestrator.run(realisticPipeline, { text: realisticRequest(100_000 + index), seed: 1 }).result;

let gcMs = 0;
const observer = new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) gcMs += entry.duration;
});
observer.observe({ entryTypes: ['gc'] });
const session = mode === 'profile' ? new Session() : undefined;
session?.connect();
await session?.post('HeapProfiler.startSampling', {
  samplingInterval: 32_768,
  includeObjectsCollectedByMajorGC: true,
  includeObjectsCollectedByMinorGC: true,
} as never);

let hits = 0;
let peakHeap = 0;
let retainedAtFifth = 0;
for (let index = 1; index <= requests; index += 1) {
  const result = await orchestrator.run(realisticPipeline, { text: realisticRequest(draw()), seed: 1 }).result;
  hits += result.cache.hits === 3 ? 1 : 0;
  if (index % 100 === 0) peakHeap = Math.max(peakHeap, process.memoryUsage().heapUsed);
  if (index === requests / 5) retainedAtFifth = retained();
}

interface Node {
  readonly selfSize: number;
  readonly children: readonly Node[];
}
const total = (node: Node): number => node.children.reduce((sum, child) => sum + total(child), node.selfSize);
let allocated = Number.NaN;
if (session !== undefined) {
  const { profile } = (await session.post('HeapProfiler.stopSampling')) as unknown as { profile: { head: Node } };
  allocated = total(profile.head);
  session.disconnect();
}
// The entries of the last collections are handed over in a turn of their own.
await new Promise((resolve) => setImmediate(resolve));
for (const entry of observer.takeRecords()) gcMs += entry.duration;
observer.disconnect();
const sample: MemorySample = {
  requests,
  hits,
  allocatedPerRequest: allocated / requests,
  retainedAtFifth,
  retainedAtEnd: retained(),
  peakHeap,
  gcMs,
};
process.stdout.write(JSON.stringify(sample));
await orchestrator.close();
