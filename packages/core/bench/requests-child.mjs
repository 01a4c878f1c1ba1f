/** Many requests in a process of its own, started with --expose-gc: bytes allocated per request, and what stays. Prints JSON. */
import { createOrchestrator } from '../dist/index.js';
import { createScribe } from '../dist/ai/index.js';
import { scene } from './pipelines.mjs';

const { optimized, requests, distinct, maxSize } = JSON.parse(process.argv[2]);

/** Zipf 0.99 over `distinct`, from a generator of its own. */
function zipf() {
  const weights = Array.from({ length: distinct }, (_, index) => 1 / (index + 1) ** 0.99);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const upTo = [];
  let sum = 0;
  for (const weight of weights) upTo.push((sum += weight / total));
  let state = 20261123;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const at = state / 4294967296;
    let low = 0;
    let high = distinct - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (upTo[middle] < at) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

const next = zipf();
const pipeline = scene();
const orchestrator = createOrchestrator({ model: createScribe(), optimized, cache: { maxSize } });
const retained = () => {
  globalThis.gc();
  globalThis.gc();
  return process.memoryUsage().heapUsed;
};

let allocated = 0;
let counted = 0;
let hits = 0;
let misses = 0;
let early = 0;
for (let index = 0; index < requests; index += 1) {
  const request = { text: `request ${next()} `.padEnd(2048, 'x'), seed: 1 };
  const before = process.memoryUsage().heapUsed;
  const { cache, status, error } = await orchestrator.run(pipeline, request).result;
  if (status !== 'succeeded') throw new Error(error?.message);
  const grown = process.memoryUsage().heapUsed - before;
  // A collection in between hides what this request allocated: such requests are left out, in both ways alike.
  if (grown > 0) {
    allocated += grown;
    counted += 1;
  }
  hits += cache.hits;
  misses += cache.misses;
  if (index + 1 === requests / 5) early = retained();
}
const late = retained();
await orchestrator.close();
process.stdout.write(
  JSON.stringify({
    bytesPerRequest: allocated / counted,
    counted,
    early,
    late,
    hitRatio: hits / Math.max(1, hits + misses),
  }),
);
