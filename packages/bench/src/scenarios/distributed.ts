import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { createOrchestrator, type Pipeline } from '@orc/core';
import { resolveModel } from '@orc/core/ai';
import { distributedPhaseRunner } from '@orc/core/distributed';
import { builtInPipelines } from '@orc/core/pipelines';

import { mustHold } from '../errors.ts';
import { hasRedis, startRedis } from '../redis-server.ts';
import type { Row } from '../results.ts';
import type { Scenario } from '../scenario.ts';
import { ratioOf, summarize, type Summary } from '../statistics.ts';

const modelId = 'offline/scribe?latencyMs=50';
const slotsPerWorker = 4;

function startWorker(url: string): Promise<ChildProcess> {
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('../children/worker.js', import.meta.url)), url, modelId, String(slotsPerWorker)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`a worker ended with ${code}`)));
    child.stdout?.once('data', () => resolve(child));
  });
}

function stopWorker(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.removeAllListeners('exit');
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}

/** Scenario 5: the same run over 1, 2 and 4 worker processes. */
export const distributed: Scenario = {
  id: 'distributed',
  title: 'A distributed run',
  question: `The fiction pipeline of 4,000 words over 1, 2 and 4 worker processes of ${slotsPerWorker} slots, on loopback Redis, beside the same slots in one process.`,
  async run({ profile, progress }) {
    if (!hasRedis())
      return { rows: [], ratios: [], notes: [], absent: [{ subject: 'redis-server', reason: 'not installed' }] };
    const rounds = profile === 'full' ? 3 : 1;
    const sizes = [1, 2, 4];
    const pipeline = await (
      builtInPipelines.find((item) => item.id === 'fiction') as { load(): Promise<Pipeline> }
    ).load();
    const model = await resolveModel(modelId, { env: {} });
    const request = { text: 'A novel about the keepers of a lighthouse', seed: 1, words: 4000 };
    const samples = new Map<string, number[]>();
    const add = (id: string, value: number): void => void samples.set(id, [...(samples.get(id) ?? []), value]);
    const texts = new Set<string>();
    const redis = await startRedis();
    let done = 0;
    try {
      for (let round = 0; round < rounds; round += 1) {
        for (const size of sizes) {
          const local = createOrchestrator({ model, cache: false, maxWorkers: size * slotsPerWorker });
          const alone = await local.run(pipeline, request).result;
          await local.close();
          add(`local-${size}`, alone.timing.totalMs);
          texts.add(alone.text);
          const workers = await Promise.all(Array.from({ length: size }, () => startWorker(redis.url)));
          const remote = distributedPhaseRunner({ connection: redis.url, preset: 'fast' });
          const orchestrator = createOrchestrator({ model, cache: false, maxWorkers: size * slotsPerWorker, remote });
          // The same job ids would bring the same results back: each run is another request by its seed's option.
          const result = await orchestrator.run(pipeline, { ...request, options: { round: `${round}/${size}` } })
            .result;
          await orchestrator.close();
          await Promise.all(workers.map(stopWorker));
          mustHold(result.status === 'succeeded', `${result.status}: ${result.error?.message ?? ''}`);
          mustHold(
            result.strategy.name === 'distributed' && result.degradations.length === 0,
            `ran as ${result.strategy.name}`,
          );
          const { tasks } = result.report as unknown as { readonly tasks: readonly { readonly worker?: string }[] };
          mustHold(
            tasks.some((task) => task.worker !== undefined),
            'no task ran on a worker',
          );
          texts.add(result.text);
          add(`remote-${size}`, result.timing.totalMs);
          done += 1;
          progress(done / (rounds * sizes.length), `${size} workers`);
        }
      }
    } finally {
      await redis.stop();
    }
    mustHold(texts.size === 1, 'the manuscript differs between one machine and many');
    const summary = (id: string): Summary => summarize(samples.get(id) as number[]);
    return {
      rows: sizes.flatMap((size): Row[] => [
        {
          id: `remote-${size}`,
          label: `${size} worker${size === 1 ? '' : 's'} of ${slotsPerWorker}`,
          subject: 'orc',
          unit: 'ms',
          summary: summary(`remote-${size}`),
          chart: 'distributed',
        },
        {
          id: `local-${size}`,
          label: `one process, ${size * slotsPerWorker} slots`,
          subject: 'orc, one process',
          unit: 'ms',
          summary: summary(`local-${size}`),
          chart: 'distributed',
        },
      ]),
      ratios: [{ id: 'scale', label: '4 workers against 1', ratio: ratioOf(summary('remote-4'), summary('remote-1')) }],
      notes: [
        'All workers share this machine’s cores: the waits for the model scale, the CPU work does not. The manuscript is the same everywhere, byte for byte.',
      ],
      absent: [],
    };
  },
};
