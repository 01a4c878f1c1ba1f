import { fileURLToPath } from 'node:url';

import { createOrchestrator, type Pipeline, type RunResult } from '@orc/core';
import { resolveModel, type ModelClient } from '@orc/core/ai';
import { distributedPhaseRunner } from '@orc/core/distributed';

import { BenchError, mustHold } from '../errors.ts';
import { hasRedis, startRedis } from '../processes/redis-server.ts';
import { endGroup, spawnTracked, type Tracked } from '../processes/tracked.ts';
import type { Row } from '../results.ts';
import { Samples } from '../samples.ts';
import type { Scenario } from '../scenario.ts';
import { fictionPipeline, novel, reportOf } from './fiction-pipeline.ts';

const modelId = 'offline/scribe?latencyMs=50';
const slotsPerWorker = 2;
const sizes = {
  full: { words: 20_000, workers: [1, 2, 4], rounds: 3 },
  short: { words: 4000, workers: [1, 2], rounds: 1 },
  smoke: { words: 2000, workers: [2], rounds: 1 },
};

async function startWorker(url: string): Promise<Tracked> {
  const script = fileURLToPath(new URL('../children/worker.js', import.meta.url));
  const child = spawnTracked(process.execPath, [script, url, modelId, String(slotsPerWorker)]);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (said += chunk));
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new BenchError(`a worker ended with ${code}: ${said.trim().slice(-300)}`)));
    child.stdout.once('data', () => resolve());
  });
  return child;
}

/** Asks a worker to end, and ends it where it does not. */
async function stopWorker(child: Tracked): Promise<void> {
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.removeAllListeners('error');
  child.kill('SIGTERM');
  const timer = setTimeout(() => endGroup(child), 10_000);
  await exited;
  clearTimeout(timer);
}

/** Fails where a run was not spread over all workers. */
export function checkShare(result: RunResult, words: number, workers: number): void {
  const { tasks } = reportOf(result, words);
  const { strategy, degradations } = result;
  mustHold(strategy.name === 'distributed', `it ran as ${strategy.name}`);
  mustHold(degradations.length === 0, `it ran without ${degradations.map(({ what }) => what).join(', ')}`);
  const seen = new Set(tasks.flatMap((task) => task.worker ?? []));
  mustHold(seen.size === workers, `${seen.size} of ${workers} workers did something`);
}

async function alone(pipeline: Pipeline, model: ModelClient, words: number, slots: number): Promise<[number, string]> {
  const orchestrator = createOrchestrator({ model, cache: false, maxWorkers: slots });
  const result = await orchestrator.run(pipeline, { ...novel, words }).result;
  await orchestrator.close();
  reportOf(result, words);
  return [result.timing.totalMs, result.text];
}

/** One run over worker processes that are up: each does its share, and nothing falls back to this process. */
async function overWorkers(
  pipeline: Pipeline,
  model: ModelClient,
  url: string,
  size: number,
  words: number,
  round: string,
): Promise<[number, string]> {
  const processes = await Promise.all(Array.from({ length: size }, () => startWorker(url)));
  const remote = distributedPhaseRunner({ connection: url, preset: 'fast' });
  const orchestrator = createOrchestrator({ model, cache: false, maxWorkers: size * slotsPerWorker, remote });
  // The same job ids would bring the same results back: each run is another request by its options.
  const result = await orchestrator.run(pipeline, { ...novel, words, options: { round } }).result;
  await orchestrator.close();
  await Promise.all(processes.map(stopWorker));
  checkShare(result, words, size);
  return [result.timing.totalMs, result.text];
}

/** Scenario 5: the same run over 1, 2 and 4 worker processes. */
export const distributed: Scenario = {
  id: 'distributed',
  title: 'A distributed run',
  question: `The fiction pipeline of 20,000 words over 1, 2 and 4 worker processes of ${slotsPerWorker} slots, on loopback Redis, beside the same slots in one process.`,
  async run({ profile, progress }) {
    if (!hasRedis())
      return { rows: [], ratios: [], notes: [], absent: [{ subject: 'redis-server', reason: 'not installed' }] };
    const { words, workers: counts, rounds } = sizes[profile];
    const pipeline = await fictionPipeline();
    const model = await resolveModel(modelId, { env: {} });
    const samples = new Samples();
    const texts = new Set<string>();
    const redis = await startRedis();
    let done = 0;
    try {
      for (let round = 0; round < rounds; round += 1) {
        for (const size of counts) {
          const one = await alone(pipeline, model, words, size * slotsPerWorker);
          const many = await overWorkers(pipeline, model, redis.url, size, words, `${round}/${size}`);
          samples.add(`local-${size}`, one[0]);
          samples.add(`remote-${size}`, many[0]);
          texts.add(one[1]).add(many[1]);
          done += 1;
          progress(done / (rounds * counts.length), `${size} workers`);
        }
      }
    } finally {
      await redis.stop();
    }
    mustHold(texts.size === 1, 'the manuscript differs between one machine and many');
    const title = `${words.toLocaleString('en-US')} words over worker processes`;
    const most = counts.at(-1) as number;
    return {
      rows: counts.flatMap((size): Row[] => [
        {
          id: `remote-${size}`,
          label: `${size} worker${size === 1 ? '' : 's'} of ${slotsPerWorker}`,
          subject: 'orc',
          unit: 'ms',
          summary: samples.summary(`remote-${size}`),
          chart: title,
        },
        {
          id: `local-${size}`,
          label: `one process, ${size * slotsPerWorker} slots`,
          subject: 'orc, one process',
          unit: 'ms',
          summary: samples.summary(`local-${size}`),
          chart: title,
        },
      ]),
      ratios: counts.flatMap((size) => [
        ...(size === counts[0]
          ? []
          : [
              {
                id: `scale-${size}`,
                label: `${size} workers against ${counts[0]}`,
                ratio: samples.paired(`remote-${size}`, `remote-${counts[0]}`),
              },
            ]),
        {
          id: `against-local-${size}`,
          label: `${size} worker${size === 1 ? '' : 's'} against the same slots in one process`,
          ratio: samples.paired(`remote-${size}`, `local-${size}`),
        },
      ]),
      notes: [
        `All processes share this machine’s cores: the waits for the model scale, the CPU work of ${most} workers, Redis and the coordinator does not.`,
        'The manuscript is the same everywhere, byte for byte; every worker did something, or the scenario fails. Workers are up before the clock starts.',
      ],
      absent: [],
    };
  },
};
