import { createOrchestrator } from '../dist/index.js';
import { createScribe } from '../dist/ai/index.js';
import { chain, writing } from './pipelines.mjs';
import { median, spread } from './statistics.mjs';

const requests = Array.from({ length: 16 }, (_, index) => ({
  text: `${index} `.padEnd(2048, 'space exploration '),
  seed: 1,
}));

/** Microseconds per run of a pipeline, once; the requests take turns. */
async function perRun(orchestrator, pipeline, runs, options = {}) {
  const begun = performance.now();
  for (let run = 0; run < runs; run += 1) {
    const { status, error } = await orchestrator.run(pipeline, requests[run % requests.length], options).result;
    if (status !== 'succeeded') throw new Error(error?.message);
  }
  return ((performance.now() - begun) * 1000) / runs;
}

/** What one more phase costs: a run of a long chain less a run of a short one, by the phases between them. In turns, a value a round. */
async function perPhase(make, orchestrator, { short, long, rounds, runs, options }) {
  const few = make(short);
  const many = make(long);
  const phase = [];
  const whole = [];
  for (let round = -1; round < rounds; round += 1) {
    const less = await perRun(orchestrator, few, runs, options);
    const more = await perRun(orchestrator, many, runs, options);
    if (round < 0) continue;
    phase.push((more - less) / (long - short));
    whole.push(less);
  }
  return { phase, whole };
}

/** A phase that is served from memory, against the same phase executed with optimizations off. */
export async function runHits({ quick }) {
  const size = { short: 10, long: 60, rounds: quick ? 5 : 15, runs: quick ? 80 : 160 };
  const model = createScribe();
  const cached = createOrchestrator({ model, cache: { maxSize: 100_000 } });
  const hits = await perPhase(writing, cached, size);
  await cached.close();
  const plain = createOrchestrator({ model, optimized: false });
  const executed = await perPhase(writing, plain, { short: 2, long: 22, rounds: quick ? 3 : 7, runs: 16 });
  await plain.close();
  return {
    hitUs: spread(hits.phase),
    runOfTenHitsUs: spread(hits.whole),
    executedUs: spread(executed.phase),
    below: 1 - median(hits.phase) / median(executed.phase),
  };
}

/** What the engine adds to a phase that does nothing, without a journal. */
export async function runOverhead({ quick }) {
  const size = { short: 10, long: 60, rounds: quick ? 5 : 15, runs: quick ? 48 : 96 };
  const standard = createOrchestrator({ optimized: false });
  const off = await perPhase(chain, standard, size);
  await standard.close();
  const missing = createOrchestrator({ cache: { maxSize: 100_000 } });
  // Everything anew and into the cache: key, lookup, execution, set.
  const missed = await perPhase(chain, missing, { ...size, options: { fresh: true } });
  await missing.close();
  return { standardUs: spread(off.phase), missUs: spread(missed.phase) };
}
