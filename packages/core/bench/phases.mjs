import { createOrchestrator } from '../dist/index.js';
import { createScribe } from '../dist/ai/index.js';
import { chain, writing } from './pipelines.mjs';
import { median, spread } from './statistics.mjs';

const requests = Array.from({ length: 16 }, (_, index) => ({ text: `${index} `.padEnd(2048, 'space exploration '), seed: 1 }));

/** Microseconds per run, one value a round; the requests take turns. */
async function perRun(orchestrator, pipeline, { rounds, runs, options = {} }) {
  const values = [];
  for (let round = -1; round < rounds; round += 1) {
    const begun = performance.now();
    for (let run = 0; run < runs; run += 1) await orchestrator.run(pipeline, requests[run % requests.length], options).result;
    if (round >= 0) values.push(((performance.now() - begun) * 1000) / runs);
  }
  return values;
}

/** What one more phase costs: a run of a long chain less a run of a short one, by the phases between them. */
async function perPhase(make, orchestrator, { short, long, rounds, runs }) {
  const few = await perRun(orchestrator, make(short), { rounds, runs });
  const many = await perRun(orchestrator, make(long), { rounds, runs });
  return many.map((value, round) => (value - few[round]) / (long - short));
}

/** A phase that is served from memory, against the same phase executed with optimizations off. */
export async function runHits({ quick }) {
  const size = { short: 10, long: 60, rounds: quick ? 3 : 9, runs: quick ? 160 : 480 };
  const model = createScribe();
  const cached = createOrchestrator({ model, cache: { maxSize: 100_000 } });
  const hits = await perPhase(writing, cached, size);
  const wholeRuns = await perRun(cached, writing(10), size);
  await cached.close();
  const plain = createOrchestrator({ model, optimized: false });
  const executed = await perPhase(writing, plain, { ...size, long: 15, rounds: 3, runs: 32 });
  await plain.close();
  return { hitUs: spread(hits), runOfTenHitsUs: spread(wholeRuns), executedUs: spread(executed), below: 1 - median(hits) / median(executed) };
}

/** What the engine adds to a phase that does nothing, without a journal. */
export async function runOverhead({ quick }) {
  const size = { short: 10, long: 60, rounds: quick ? 3 : 9, runs: quick ? 64 : 320 };
  const standard = createOrchestrator({ optimized: false });
  const off = await perPhase(chain, standard, size);
  await standard.close();
  const missing = createOrchestrator({ cache: { maxSize: 100_000 } });
  // Everything anew and into the cache: key, lookup, execution, set.
  const few = await perRun(missing, chain(10), { ...size, options: { fresh: true } });
  const many = await perRun(missing, chain(60), { ...size, options: { fresh: true } });
  await missing.close();
  return { standardUs: spread(off), missUs: spread(many.map((value, round) => (value - few[round]) / 50)) };
}
