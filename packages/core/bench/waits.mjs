import { createOrchestrator, definePhase, definePipeline } from '../dist/index.js';
import { waiting } from './pipelines.mjs';
import { median, spread } from './statistics.mjs';

async function times(rounds, work) {
  const values = [];
  for (let round = -1; round < rounds; round += 1) {
    const begun = performance.now();
    await work(round);
    if (round >= 0) values.push(performance.now() - begun);
  }
  return values;
}

async function succeed(run) {
  const { status, error } = await run.result;
  if (status !== 'succeeded') throw new Error(error?.message);
}

const bare = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Four phases of 100 ms at once, ten of 10 ms in a row, each beside a bare loop of the same timers in the same round. */
export async function runWaits({ quick }) {
  const rounds = quick ? 5 : 21;
  const orchestrator = createOrchestrator({ maxWorkers: 4, cache: false });
  const request = { text: 'wait', seed: 1 };
  const four = waiting(4, 100, false);
  const ten = waiting(10, 10, true);
  const parallel = await times(rounds, () => succeed(orchestrator.run(four, request)));
  const parallelBare = await times(rounds, () => Promise.all([1, 2, 3, 4].map(() => bare(100))));
  const chains = [];
  const bareChains = [];
  // In turns, so that what else the machine does falls on both.
  for (let round = 0; round < rounds; round += 1) {
    chains.push(...(await times(1, () => succeed(orchestrator.run(ten, request)))));
    bareChains.push(
      ...(await times(1, async () => {
        for (let index = 0; index < 10; index += 1) await bare(10);
      })),
    );
  }
  await orchestrator.close();
  return {
    fourAtOnceMs: spread(parallel),
    fourBareMs: spread(parallelBare),
    tenInARowMs: spread(chains),
    tenBareMs: spread(bareChains),
    overBare: median(chains.map((value, round) => value / bareChains[round])),
  };
}

/** A phase that is re-run and gives the same, with a dependant that takes as long: with and without speculation. */
export async function runSpeculation({ quick }) {
  const scan = definePhase({ id: 'scan', kind: 'io', cache: false, run: () => bare(50).then(() => 'files') });
  const study = definePhase({
    id: 'study',
    kind: 'compute',
    needs: { scan },
    run: ({ inputs }) => bare(50).then(() => inputs.scan),
  });
  const more = definePhase({
    id: 'more',
    kind: 'compute',
    needs: { scan },
    run: ({ inputs }) => bare(50).then(() => `${inputs.scan}!`),
  });
  const end = definePhase({ id: 'end', kind: 'compute', needs: { study, more }, run: () => 'end' });
  const pipeline = definePipeline({
    id: 'speculation',
    version: '1',
    description: '',
    phases: [scan, study, more, end],
    result: { phase: end, text: (output) => output },
  });
  const ways = {};
  for (const prefetch of ['known', 'speculative']) {
    const orchestrator = createOrchestrator({ prefetch, maxWorkers: 4 });
    const request = { text: 'scan', seed: 1 };
    await succeed(orchestrator.run(pipeline, request));
    ways[prefetch] = await times(quick ? 5 : 15, () => succeed(orchestrator.run(pipeline, request, { fresh: true })));
    await orchestrator.close();
  }
  return {
    withoutMs: spread(ways.known),
    withMs: spread(ways.speculative),
    saved: 1 - median(ways.speculative) / median(ways.known),
  };
}
